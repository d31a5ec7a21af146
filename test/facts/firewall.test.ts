import {describe, expect, test} from 'vitest'
import {firewallSection} from '../../src/facts/gather/firewall.ts'

const closed = (text: string): readonly string[] =>
  firewallSection
    .parse(`ufw no\n${text}`)
    .closed.map(({tool, family, table, chain, hook, because}) =>
      [tool, family, table, chain, hook, `(${because})`].join(' '),
    )

const input = (rules: readonly string[], policy = 'accept'): string => `table inet filter {
	chain input {
		type filter hook input priority filter; policy ${policy};
${rules.map(rule => `\t\t${rule}\n`).join('')}	}

	chain others {
		counter packets 2 bytes 120 reject with icmpx admin-prohibited
	}
}
`

test('a chain of nftables is closed by its policy', () => {
  expect(closed(input(['tcp dport 22 accept'], 'drop'))).toEqual(['nft inet filter input input (policy drop)'])
})

describe('a chain of nftables with policy accept is closed by a rule', () => {
  test.each([
    ['drop', 'drop'],
    ['counter packets 12 bytes 800 log prefix "in: " level warn reject comment "the end"', 'reject'],
    ['ct state new drop', 'ct state new drop'],
    ['iifname "enp0s3" reject with icmpx admin-prohibited', 'iifname "enp0s3" reject with icmpx admin-prohibited'],
    ['meta l4proto { tcp, udp } drop', 'meta l4proto { tcp, udp } drop'],
    ['jump others', 'reject with icmpx admin-prohibited'],
  ])('%s', (rule, because) => {
    expect(closed(input(['ct state established,related accept', rule]))).toEqual([
      `nft inet filter input input (${because})`,
    ])
  })
})

test.each([
  'ct state invalid drop',
  'ct state { invalid } counter packets 0 bytes 0 drop',
  'tcp dport 22 ip saddr @addr-set-sshd reject with icmp port-unreachable',
  'iifname "virbr0" drop',
  'tcp dport 23 jump others',
  'tcp flags & (fin | syn) == fin | syn drop',
])('a chain is not closed by %s', rule => {
  expect(closed(input([rule]))).toEqual([])
})

test('a chain that jumps in a circle is read to its end', () => {
  expect(
    closed('table ip a {\n\tchain f {\n\t\ttype filter hook forward priority 0; policy accept;\n\t\tjump f\n\t}\n}\n'),
  ).toEqual([])
})

test('a chain of another kind or hook is none of ours', () => {
  expect(
    closed('table ip nat {\n\tchain pre {\n\t\ttype nat hook prerouting priority dstnat; policy drop;\n\t}\n}\n'),
  ).toEqual([])
})

test('the built-in chains of iptables are closed by policy or by a last rule for all', () => {
  const text = `iptables -P INPUT ACCEPT
iptables -A INPUT -p tcp -m tcp --dport 22 -j ACCEPT
iptables -A INPUT -m conntrack --ctstate INVALID -j DROP
iptables -A INPUT -m comment --comment "the end" -j REJECT --reject-with icmp-host-prohibited
iptables -P FORWARD DROP
iptables -P OUTPUT ACCEPT
ip6tables -P INPUT ACCEPT
ip6tables -A INPUT -p tcp -m tcp --dport 25 -j DROP
`

  expect(closed(text)).toEqual([
    'iptables ip filter INPUT input (-A INPUT -m comment --comment "the end" -j REJECT --reject-with icmp-host-prohibited)',
    'iptables ip filter FORWARD forward (policy drop)',
  ])
})

test('ufw says of itself whether it is on, and whether it lets nothing out', () => {
  expect(firewallSection.parse('ufw yes\n')).toEqual({ufw: true, closed: []})
  expect(firewallSection.parse('ufw yes\nufw-output DROP\n').closed).toMatchObject([{hook: 'output'}])
})
