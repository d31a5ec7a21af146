import type {FirewallRule} from '../../../domain/firewall.ts'
import {ruleText} from '../../../domain/firewall.ts'
import {firewalldCommands} from '../../../manifests/firewalld.ts'
import {chainsToOpen, nameOf, rulesFor} from '../../host/firewall.ts'
import type {Finding} from '../finding.ts'
import {info, ok, warning, type HostCheck, type PreflightInput, type HostView} from '../input.ts'

/** An active firewall stays active. Lists each rule that kadm adds, and the steps that you must do yourself. */
export const firewallChecks: HostCheck = (view, input) => {
  const rules = openingsOfView(view, input)
  return [...ufwCheck(view, rules), ...chainChecks(view, rules), ...firewalldCheck(view, rules), ...outputCheck(view)]
}

function openingsOfView({node, facts}: HostView, {cluster, hosts, existing}: PreflightInput): readonly FirewallRule[] {
  const others = existing.flatMap(({addresses, role = 'worker'}) => addresses.map(address => ({address, role})))
  return rulesFor({cluster, node, facts, peers: [...hosts.map(host => host.node), ...others]})
}

const told = (rules: readonly FirewallRule[]): string => rules.map(ruleText).join('; ')

/** A node has the rules already, or this run adds them again. */
const adding = (name: string, view: HostView, message: string, rules: readonly FirewallRule[]): Finding =>
  view.isMember
    ? ok(name, view, `${message}; kadm keeps its rules in it`)
    : info(name, view, message, `kadm adds rules, which a reset removes: ${told(rules)}`)

const ufwCheck = (view: HostView, rules: readonly FirewallRule[]): readonly Finding[] =>
  view.facts.firewall.ufw
    ? [
        adding(
          'Ufw',
          view,
          'ufw is active',
          rules.filter(({repliesOnly}) => repliesOnly !== true),
        ),
      ]
    : []

const chainChecks = (view: HostView, rules: readonly FirewallRule[]): readonly Finding[] =>
  chainsToOpen(view.facts, rules).map(chain =>
    adding(
      'PacketFilter',
      view,
      `${nameOf(chain)} is closed (${chain.because})`,
      rules.filter(({hook}) => hook === chain.hook),
    ),
  )

const firewalldCheck = (view: HostView, rules: readonly FirewallRule[]): readonly Finding[] =>
  view.facts.firewall.firewalld
    ? [
        warning(
          'Firewalld',
          view,
          'firewalld is active, and kadm does not configure it',
          `open it for the cluster: ${firewalldCommands(rules).join('; ')}`,
        ),
      ]
    : [ok('Firewalld', view, 'not active')]

const outputCheck = (view: HostView): readonly Finding[] => {
  const closed = view.facts.firewall.closed.filter(({hook}) => hook === 'output')
  if (closed.length === 0) return []
  return [
    warning(
      'FirewallOutput',
      view,
      `outgoing traffic is filtered: ${closed.map(chain => `${nameOf(chain)} (${chain.because})`).join(', ')}`,
      'allow outgoing traffic to the other nodes, package sources and registries; kadm adds no rules for it',
    ),
  ]
}
