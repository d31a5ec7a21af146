import type {ClosedChain} from '../../domain/closed-chain.ts'

interface Chain {
  readonly hook: string | undefined
  readonly policy: string | undefined
  readonly rules: readonly string[]
}

/** The closed chains in what `nft list table` printed, of any number of tables. */
export const nftChains = (text: string): readonly ClosedChain[] =>
  [...text.matchAll(/^table (\w+) (\S+) \{[^\n]*\n([\s\S]*?)^\}/gm)].flatMap(
    ([, family = '', table = '', body = '']) => {
      const chains = chainsOf(body)
      return [...chains].flatMap(([chain, {hook}]): readonly ClosedChain[] => {
        const because = closes(chains, chain, [])
        if (because === undefined || !isFamily(family) || !isHook(hook)) return []
        return [{tool: 'nft', family, table, chain, hook, because}]
      })
    },
  )

const isFamily = (text: string): text is ClosedChain['family'] => ['ip', 'ip6', 'inet'].includes(text)
const isHook = (text: string | undefined): text is ClosedChain['hook'] =>
  text !== undefined && ['input', 'forward', 'output'].includes(text)

const chainsOf = (body: string): ReadonlyMap<string, Chain> =>
  new Map(
    [...body.matchAll(/^\tchain (\S+) \{[^\n]*\n([\s\S]*?)^\t\}/gm)].map(([, name = '', text = '']) => {
      const [, hook, policy] = /^\s*type filter hook (\w+) .*policy (\w+);/m.exec(text) ?? []
      const rules = text.split('\n').map(line => line.trim())
      return [name, {hook, policy, rules: rules.filter(rule => rule !== '' && !rule.startsWith('type '))}]
    }),
  )

/** The policy, or the first rule here or in a chain it jumps to that ends traffic whatever it is. */
function closes(chains: ReadonlyMap<string, Chain>, name: string, seen: readonly string[]): string | undefined {
  const chain = chains.get(name)
  if (chain === undefined || seen.includes(name)) return undefined
  if (chain.policy === 'drop') return 'policy drop'
  return chain.rules
    .map(rule => {
      const end = /(?:^|\s)(?:drop|reject(?: with .*)?|(?:jump|goto) (\S+))$/.exec(bare(rule))
      if (end === null || !isBroad(bare(rule).slice(0, end.index))) return undefined
      const [, target] = end
      return target === undefined ? bare(rule) : closes(chains, target, [...seen, name])
    })
    .find(because => because !== undefined)
}

/** Without what does not narrow a rule. */
const bare = (rule: string): string =>
  rule
    .replace(/ comment "[^"]*"$/, '')
    .replaceAll(/\bcounter( packets \d+ bytes \d+)?/g, '')
    .replaceAll(/\blog( (prefix "[^"]*"|level \w+|flags \w+|group \d+|snaplen \d+|queue-threshold \d+))*/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()

/** Interfaces that are never a node's own. */
const OTHERS = /^"?(lo|docker|br-|virbr|lxc|vnet)/

/** Whether the conditions of a rule leave it to all traffic of a kind, and not to a port, a peer or a broken connection. */
function isBroad(conditions: string): boolean {
  const rest = conditions
    .replaceAll(/\bct state (?:!= )?(\{[^}]*\}|\S+)/g, (match, states: string) =>
      match.includes('!=') || states.includes('new') || states.includes('untracked') ? '' : 'narrow',
    )
    .replaceAll(/\b[io]if(?:name)? (!= )?(\S+)/g, (_, not: string | undefined, name: string) =>
      not === undefined && OTHERS.test(name) ? 'narrow' : '',
    )
    .replaceAll(/\b(meta l4proto|meta nfproto|ip protocol|ip6 nexthdr) (\{[^}]*\}|\S+)/g, '')
    .replaceAll(/\bfib \S+( \. \S+)* type \S+/g, '')
    .replaceAll(/\blimit rate \S+( burst \d+ packets)?/g, '')
  return rest.trim() === ''
}

/** Why a built-in chain of iptables is closed, by its lines of `iptables -S`. */
export function iptablesChain(chain: string, lines: readonly string[]): string | undefined {
  if (lines.includes(`-P ${chain} DROP`)) return 'policy drop'
  return lines.find(line => {
    const [, conditions] = new RegExp(`^-A ${chain} (.*?)-j (?:DROP|REJECT)(?: --reject-with \\S+)?$`).exec(line) ?? []
    if (conditions === undefined) return false
    const rest = conditions
      .replaceAll(/-m comment --comment ("[^"]*"|\S+)/g, '')
      .replaceAll(/-m (?:conntrack --ctstate|state --state) (\S+)/g, (_, states: string) =>
        states.includes('NEW') ? '' : 'narrow',
      )
      .replaceAll(/(! )?-[io] (\S+)/g, (_, not: string | undefined, name: string) =>
        not === undefined && OTHERS.test(name) ? 'narrow' : '',
      )
      .replaceAll(/-p \S+( -m (tcp|udp|icmp))?/g, '')
    return rest.trim() === ''
  })
}
