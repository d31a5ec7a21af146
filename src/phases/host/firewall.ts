import {canonicalAddress} from '../../domain/cidr.ts'
import type {ClosedChain} from '../../domain/closed-chain.ts'
import type {Cluster, Node} from '../../domain/cluster.ts'
import type {Facts} from '../../domain/facts.ts'
import {RULE_MARK, ruleComment, firewallRulesOf, type FirewallRule, type Peer} from '../../domain/firewall.ts'
import {
  FIREWALL_PROGRAM,
  FIREWALL_UNIT,
  firewallProgram,
  firewallUnit,
  rulesIn,
  ufwRule,
} from '../../manifests/firewall.ts'
import {sh} from '../../remote/shell/shell.ts'
import type {AnyHostResource} from '../../resources/any-resource.ts'
import {file} from '../../resources/files/file.ts'
import {loadedRules} from '../../resources/network/loaded-rules.ts'
import {ufwRules} from '../../resources/network/ufw-rules.ts'
import {unit} from '../../resources/systemd/unit.ts'
import type {Phase, PhaseContext} from '../phase.ts'

export interface Firewalled {
  readonly cluster: Cluster
  readonly node: Node
  readonly facts: Facts
  readonly peers: readonly Peer[]
}

/** The traffic that this node must allow; the same for a plan, a preflight and the act. */
export const rulesFor = ({cluster, node, facts, peers}: Firewalled): readonly FirewallRule[] =>
  firewallRulesOf({
    cluster,
    role: node.role,
    peers: peers.filter(({address}) => canonicalAddress(address) !== canonicalAddress(node.address)),
    nat: facts.network.defaultRoute && {ranges: node.host.nat ?? [], outside: facts.network.defaultRoute.device},
  })

/** Chains of other programs that kadm adds its rules to. */
export const chainsToOpen = (facts: Facts, rules: readonly FirewallRule[]): readonly ClosedChain[] =>
  facts.firewall.closed.filter(chain => rulesIn(chain, rules).length > 0)

/** Whether the host accepts no connections until kadm has added its rules. */
export const isOpenedByKadm = ({firewall}: Facts): boolean =>
  firewall.ufw || firewall.closed.some(({hook}) => hook === 'input')

/** Whether other hosts reach outside networks through this one. */
export const isGateway = ({host}: Node): boolean => (host.nat ?? []).length > 0

export const FIREWALL_PHASE = 'prepare/firewall'

export const firewallPhase: Phase = {
  name: 'firewall',
  title: 'Open the firewall for the cluster',
  why: 'an active firewall stays on; kadm opens only what the role and the pod network need',
  neededOn: isGateway,
  when: ({facts}) => {
    if (facts.firewall.ufw || facts.firewall.closed.some(({hook}) => hook !== 'output')) return true
    return facts.firewall.firewalld ? 'you manage firewalld yourself' : 'no firewall is active'
  },
  resources: context => {
    const {nodes, existingNodes = [], facts} = context
    const rules = rulesFor({...context, peers: [...nodes, ...existingNodes]})
    const chains = chainsToOpen(facts, rules)
    return [...(facts.firewall.ufw ? [inUfw(context, rules)] : []), ...inChains(context, {rules, chains})]
  },
}

/** ufw knows VRRP since 0.36.2; preflight says what to do with an older one. */
export function isOldUfw({packages}: Pick<Facts, 'packages'>): boolean {
  const [major = 0, minor = 0, patch = 0] = (packages['ufw']?.version ?? '').split(/[.-]/).map(Number)
  return packages['ufw'] !== undefined && major === 0 && (minor < 36 || (minor === 36 && !(patch >= 2)))
}

const inUfw = ({existingNodes, facts}: PhaseContext, rules: readonly FirewallRule[]): AnyHostResource =>
  ufwRules({
    rules: rules.flatMap(rule => {
      const line = rule.protocol === 'vrrp' && isOldUfw(facts) ? undefined : ufwRule(rule)
      return line === undefined ? [] : [{rule: line, comment: ruleComment(rule)}]
    }),
    mark: RULE_MARK,
    prune: existingNodes !== undefined,
    why: 'ufw allows the traffic that this role needs from other nodes and from pods',
  })

interface InChains {
  readonly rules: readonly FirewallRule[]
  readonly chains: readonly ClosedChain[]
}

const inChains = ({templates}: PhaseContext, options: InChains): readonly AnyHostResource[] =>
  options.chains.length === 0
    ? []
    : [
        file({
          path: FIREWALL_PROGRAM,
          mode: '0755',
          content: firewallProgram(templates, options),
          why: `adds the rules of the cluster before the closing rule of ${options.chains.map(nameOf).join(', ')}`,
        }),
        file({path: FIREWALL_UNIT, content: firewallUnit(templates), why: 'adds the rules at every boot'}),
        unit({
          name: 'kadm-firewall.service',
          restartWhenNewer: [FIREWALL_PROGRAM, FIREWALL_UNIT],
          why: 'the rules apply now and after a reboot',
        }),
        loadedRules({
          name: 'kadm-firewall',
          why: 'reloading your own rule set removes the rules of kadm',
          missing: sh`if [ -x ${FIREWALL_PROGRAM} ]; then ${FIREWALL_PROGRAM} missing; else echo 'the rules of kadm'; fi`,
          load: sh`systemctl reload-or-restart kadm-firewall.service`,
          unload: sh`if [ -x ${FIREWALL_PROGRAM} ]; then ${FIREWALL_PROGRAM} stop; fi`,
        }),
      ]

/** The name that its own tool uses. */
export const nameOf = ({tool, family, table, chain}: ClosedChain): string =>
  tool === 'nft' ? `nftables' ${family} ${table} ${chain}` : `${tool}' ${chain}`
