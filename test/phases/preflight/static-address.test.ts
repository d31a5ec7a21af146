import {describe, expect, test} from 'vitest'
import type {HostSpec} from '../../../src/domain/cluster.ts'
import type {Facts} from '../../../src/domain/facts.ts'
import {judge} from '../../../src/phases/preflight/judge.ts'
import {input, judged, link, sampleFacts, tell} from './sample.ts'

const bare = sampleFacts(10)
const ASKED = {addresses: ['192.168.56.10/24'], gateway: undefined, nameservers: ['192.168.56.1']}
const HERE = {
  address: '192.168.56.10',
  port: undefined,
  user: undefined,
  keyFile: undefined,
  hostKey: undefined,
  jump: undefined,
}

/** What is said of static addresses on a machine with netplan where the file asks for one. */
function said(
  facts: Partial<Facts> = {},
  interfaces: Readonly<Record<string, object>> = {enp0s8: {}},
  ssh: HostSpec['ssh'] = HERE,
) {
  const commands = facts.commands ?? [...bare.commands, 'netplan']
  const host = judged('master', 10, {...facts, commands, role: 'control-plane'})
  const netplan = {
    interfaces: Object.fromEntries(Object.entries(interfaces).map(([name, card]) => [name, {...ASKED, ...card}])),
  }
  const spec = {...host.node.host, netplan, ssh}
  const findings = judge(input([{...host, node: {...host.node, host: spec}}]))
  return tell(findings.filter(({name}) => name === 'StaticAddress'))
}

const unit = {active: 'active', enabled: 'enabled'}
const without = {commands: bare.commands.filter(name => name !== 'netplan')}

describe('a static address', () => {
  test('that is there already is fine', () => {
    expect(said()).toEqual([])
  })

  test('that is leased, or another, is still to come', () => {
    const leased = link('enp0s8', ['192.168.56.10/24'])
    const addresses = leased.addresses.map(address => ({...address, dynamic: true}))
    const later =
      'info master: kadm will set 192.168.56.10/24 on enp0s8 -> kadm applies it, and the host reverts it unless a new login works'

    expect(said({network: {...bare.network, interfaces: [{...leased, addresses}]}})).toEqual([later])
    expect(said({network: {...bare.network, interfaces: [link('enp0s8', [])]}})).toEqual([later])
  })

  test.each([
    ['nothing that is known', {}, 'has no netplan', 'by hand'],
    [
      'ifupdown',
      {'networking.service': unit},
      'has no netplan; ifupdown gives it its addresses',
      'with /etc/network/interfaces',
    ],
    [
      'networkd alone',
      {'systemd-networkd.service': unit, 'networking.service': unit},
      'has no netplan; systemd-networkd gives it its addresses',
      'with files in /etc/systemd/network',
    ],
    [
      'NetworkManager',
      {'NetworkManager.service': unit},
      'has no netplan; NetworkManager gives it its addresses',
      'with nmcli',
    ],
  ])('where %s gives addresses is refused with what to do there', (_, units, message, how) => {
    expect(said({...without, units: {...bare.units, ...units}})).toEqual([
      `error master: ${message} -> give enp0s8 the address ${how} and remove network of this host from the file, or install netplan.io`,
    ])
  })

  test('on a card that does not exist names those that are', () => {
    expect(said({}, {enp0s9: {}})).toEqual([
      'error master: has no enp0s9 -> under network, use an interface of this host: enp0s8',
    ])
  })

  test('on a card of ifupdown is refused, since both would set it', () => {
    expect(said({network: {...bare.network, ifupdown: ['enp0s8']}})).toEqual([
      'error master: enp0s8 belongs to ifupdown, which conflicts with netplan -> remove enp0s8 from /etc/network/interfaces (and interfaces.d), or remove network of this host from the file',
    ])
  })

  test('that takes away the address by which a person is logged in is refused on the machine itself only', () => {
    const moved = {enp0s8: {addresses: ['192.168.56.20/24']}}

    expect(said({}, moved, 'local')).toEqual([
      'error master: enp0s8 would lose 192.168.56.10, over which you are logged in -> run kadm from another machine over SSH, or keep 192.168.56.10 among the addresses of enp0s8',
    ])
    expect(said({}, moved)).toEqual([expect.stringContaining('kadm will set')])
    expect(said({network: {...bare.network, connectedAddress: undefined}}, moved, 'local')).toEqual([
      expect.stringContaining('kadm will set'),
    ])
  })

  test('with a gateway and no nameservers says which are lost', () => {
    const card = {enp0s8: {gateway: '192.168.56.1', nameservers: []}}
    const resolv = {...bare.resolv, upstreams: ['10.0.2.3']}

    expect(said({resolv}, card)).toEqual([
      'warning master: enp0s8 gets a gateway but no nameservers; those it may have now (10.0.2.3) are lost -> add nameservers to enp0s8 under network',
    ])
    expect(said({resolv, ledgerEntries: 1}, card)).toEqual([])
  })

  test('with nameservers that nobody takes says so', () => {
    expect(said({resolv: {...bare.resolv, resolvedActive: false}})).toEqual([
      'warning master: no systemd-resolved takes the nameservers from netplan -> put them into /etc/resolv.conf by hand, or install systemd-resolved',
    ])
  })

  test('by which it is reached, where the file still has the one before, says what to write', () => {
    const ssh = {...HERE, address: '192.168.56.77'}

    expect(said({}, {enp0s8: {}}, ssh)).toEqual([
      'warning master: is now at 192.168.56.10, no longer at 192.168.56.77 -> write 192.168.56.10 in place of 192.168.56.77 under ssh in the file',
    ])
    expect(said({}, {enp0s8: {}}, {...ssh, address: '127.0.0.1', port: 2222})).toEqual([])
  })
})
