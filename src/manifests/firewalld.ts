import type {FirewallRule} from '../domain/firewall.ts'

/**
 * The commands to type when the host uses firewalld; they trust the links of the pod network, because firewalld
 * forwards by zone.
 */
export function firewalldCommands(rules: readonly FirewallRule[]): readonly string[] {
  const input = rules.filter(({hook}) => hook === 'input')
  const links = [...new Set(rules.flatMap(({in: inBy}) => inBy ?? []))]
  const ranges = rules.flatMap(({hook, from, in: inBy, repliesOnly}) =>
    hook === 'forward' && inBy === undefined && repliesOnly !== true ? (from ?? []) : [],
  )
  const add = 'sudo firewall-cmd --permanent'
  return [
    ...input.flatMap(({from, protocol, ports, family}) => {
      if (protocol === undefined) return []
      if (ports === undefined)
        return [
          `${add} --add-rich-rule='rule family="ipv${String(family ?? 4)}" source address="${from ?? ''}" protocol value="${protocol}" accept'`,
        ]
      if (from === undefined) return [`${add} --add-port=${ports}/${protocol}`]
      const source = `family="ipv${String(family ?? 4)}" source address="${from}"`
      return [`${add} --add-rich-rule='rule ${source} port port="${ports}" protocol="${protocol}" accept'`]
    }),
    ...links.map(link => `${add} --zone=trusted --add-interface=${link}`),
    ...ranges.map(range => `${add} --zone=trusted --add-source=${range}`),
    'sudo firewall-cmd --reload',
  ]
}
