import type {ClosedChain} from '../domain/closed-chain.ts'
import {ruleComment, type FirewallRule} from '../domain/firewall.ts'
import {fill, type Templates} from './templates.ts'

export const FIREWALL_PROGRAM = '/usr/local/sbin/kadm-firewall'
export const FIREWALL_UNIT = '/etc/systemd/system/kadm-firewall.service'

/** As `ufw show added` prints it, without the comment. Undefined for what ufw lets through by itself. */
export function ufwRule({
  hook,
  from,
  to,
  in: inBy,
  out,
  protocol,
  ports,
  repliesOnly,
}: FirewallRule): string | undefined {
  if (repliesOnly === true) return undefined
  const head = `${hook === 'forward' ? 'route ' : ''}allow`
  const port = ports?.replace('-', ':')
  if (from === undefined && to === undefined && inBy === undefined && out === undefined && port !== undefined)
    return `${head} ${port}${protocol === undefined ? '' : `/${protocol}`}`
  return words(
    head,
    inBy && `in on ${inBy}`,
    out && `out on ${out}`,
    from && `from ${from}`,
    (to ?? port) ? `to ${to ?? 'any'}` : undefined,
    port && `port ${port}`,
    protocol && `proto ${protocol}`,
  )
}

/** The number of its protocol, since not every host has /etc/protocols. */
const VRRP = '112'

/** A rule of nftables, as it follows the name of its chain. */
export function nftRule(rule: FirewallRule): string {
  const {family, from, to, in: inBy, out, protocol, ports, repliesOnly} = rule
  const ip = family === 6 ? 'ip6' : 'ip'
  return words(
    inBy && `iifname "${inBy}"`,
    out && `oifname "${out}"`,
    from && `${ip} saddr ${from}`,
    to && `${ip} daddr ${to}`,
    protocol && ports && `${protocol} dport ${ports}`,
    protocol === 'vrrp' && `meta l4proto ${VRRP}`,
    repliesOnly && 'ct state established,related',
    `accept comment "${ruleComment(rule)}"`,
  )
}

/** A rule of iptables, as it follows the name of its chain. */
export function iptablesRule(rule: FirewallRule): string {
  const {from, to, in: inBy, out, protocol, ports, repliesOnly} = rule
  return words(
    from && `-s ${from}`,
    to && `-d ${to}`,
    inBy && `-i ${inBy}`,
    out && `-o ${out}`,
    protocol && `-p ${protocol === 'vrrp' ? VRRP : protocol}`,
    protocol && ports && `--dport ${ports.replace('-', ':')}`,
    repliesOnly && '-m conntrack --ctstate ESTABLISHED,RELATED',
    `-m comment --comment "${ruleComment(rule)}" -j ACCEPT`,
  )
}

const words = (...parts: readonly (string | false | undefined)[]): string =>
  parts.filter(part => part !== undefined && part !== false && part !== '').join(' ')

const FAMILIES = {ip: [4], ip6: [6], inet: [4, 6]} as const

/** What a chain must let through, by its hook and family; nothing for one that the cluster has no business with. */
export const rulesIn = (chain: ClosedChain, rules: readonly FirewallRule[]): readonly FirewallRule[] =>
  rules.filter(
    ({hook, family}) =>
      hook === chain.hook && (family === undefined || FAMILIES[chain.family].some(known => known === family)),
  )

export interface ProgramOptions {
  readonly chains: readonly ClosedChain[]
  readonly rules: readonly FirewallRule[]
}

/** The program that adds the rules of kadm to chains of other programs, and removes only those rules. */
export const firewallProgram = (templates: Templates, {chains, rules}: ProgramOptions): string =>
  fill(templates['kadm-firewall.sh'], {
    chains: chains
      .map(chain => {
        const lines = rulesIn(chain, rules).map(chain.tool === 'nft' ? nftRule : iptablesRule)
        const call =
          chain.tool === 'nft'
            ? `nft_chain ${chain.family} ${chain.table} ${chain.chain}`
            : `iptables_chain ${chain.tool} ${chain.chain}`
        return `${call} <<'RULES'\n${lines.join('\n')}\nRULES`
      })
      .join('\n\n'),
  })

/** Adds the rules at every boot, and again whenever the host's firewall reloads its own rules. */
export const firewallUnit = (templates: Templates): string =>
  fill(templates['kadm-firewall.service'], {program: FIREWALL_PROGRAM})
