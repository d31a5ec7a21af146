import {describe, expect, test} from 'vitest'
import type {Facts, InterfaceFacts} from '../../../src/domain/facts.ts'
import type {HostSpec} from '../../../src/domain/cluster.ts'
import {addressChoices, chooseAddresses} from '../../../src/phases/preflight/address-choice.ts'
import {link, sampleCluster, sampleFacts, sampleSpec, tell} from './sample.ts'

interface Machine {
  readonly links: readonly InterfaceFacts[]
  readonly login?: string
  readonly gateway?: string
  readonly facts?: Partial<Facts>
  readonly spec?: Partial<HostSpec>
}

/** A machine as VirtualBox makes it: the default route goes by the first card. */
function chooser({links, login, gateway, facts = {}, spec = {}}: Machine, i: number) {
  const [first] = links
  const source = first?.addresses[0]?.address
  return {
    spec: sampleSpec({ssh: 'local', ...spec}),
    facts: sampleFacts(i + 10, {
      network: {
        connectedAddress: login,
        interfaces: [link('lo', ['127.0.0.1/8', '::1/128'], {kind: 'loopback'}), ...links],
        routes: [{destination: 'default', device: first?.name ?? '', gateway: gateway ?? '192.0.2.1', table: 'main'}],
        defaultRoute: first && {device: first.name, source},
      },
      ...facts,
    }),
  }
}

const choose = (machines: readonly Machine[], existing: readonly string[] = []) =>
  chooseAddresses({
    cluster: sampleCluster(),
    hosts: machines.map(chooser),
    existing: existing.map(address => ({addresses: [address]})),
  })

const chosen = (machines: readonly Machine[], existing: readonly string[] = []) =>
  choose(machines, existing).nodes.map(node => `${node.address} ${node.networkInterface} ${node.reason}`)

const nat = link('enp0s3', ['10.0.2.15/24'])
const virtualBox = (last: number, login?: string): Machine => ({
  links: [nat, link('enp0s8', [`192.168.56.${last}/24`])],
  gateway: '10.0.2.2',
  ...(login === undefined ? {} : {login}),
})

describe('a node gets', () => {
  test('the address that the login came in by', () => {
    const links = [link('eth0', ['10.0.0.5/24']), link('eth1', ['172.16.0.5/24'])]

    expect(chosen([{links, login: '172.16.0.5'}])).toEqual(['172.16.0.5 eth1 login'])
  })

  test('the network that all hosts share, where two cards have NAT twins', () => {
    expect(chosen([virtualBox(10), virtualBox(11), virtualBox(12)])).toEqual([
      '192.168.56.10 enp0s8 shared network',
      '192.168.56.11 enp0s8 shared network',
      '192.168.56.12 enp0s8 shared network',
    ])
  })

  test('no NAT twin even when the login came in by a forwarded port of it', () => {
    expect(chosen([virtualBox(10, '10.0.2.15'), virtualBox(11, '10.0.2.15')])).toEqual([
      '192.168.56.10 enp0s8 shared network',
      '192.168.56.11 enp0s8 shared network',
    ])
  })

  test('no NAT address even when it is the first host of the cluster', () => {
    expect(chosen([virtualBox(10, '10.0.2.15')])).toEqual(['192.168.56.10 enp0s8 shared network'])
  })

  test('the default route and not the management network that some hosts lack', () => {
    const both = [link('eth0', ['10.0.0.5/24']), link('eth1', ['172.16.0.5/24'])]

    expect(chosen([{links: both}, {links: [link('eth0', ['10.0.0.6/24'])]}])).toEqual([
      '10.0.0.5 eth0 shared network',
      '10.0.0.6 eth0 shared network',
    ])
    expect(chosen([{links: both}, {links: [link('eth0', ['10.7.0.6/24'])]}])).toEqual([
      '10.0.0.5 eth0 default route',
      '10.7.0.6 eth0 default route',
    ])
  })

  test('the network of the nodes that the cluster has already', () => {
    const links = [link('eth0', ['10.0.0.5/24']), link('eth1', ['172.16.0.5/24'])]

    expect(chosen([{links}], ['172.16.0.2'])).toEqual(['172.16.0.5 eth1 shared network'])
  })

  test('the address it has as a node already, whatever the login is now', () => {
    const links = [link('eth0', ['10.0.0.5/24']), link('eth1', ['172.16.0.5/24'])]
    const kubelet = {version: 'v1.37.2', running: true, cgroupDriver: undefined, nodeIp: '10.0.0.5'}

    expect(chosen([{links, login: '172.16.0.5', facts: {kubelet}}])).toEqual(['10.0.0.5 eth0 already in use'])
    expect(chosen([{links, login: '172.16.0.5', facts: {advertiseAddress: '10.0.0.5'}}])).toEqual([
      '10.0.0.5 eth0 already in use',
    ])
  })

  test('the address that was named, on whatever interface it is', () => {
    const links = [link('eth0', ['10.0.0.5/24']), link('wg0', ['10.99.0.5/24'], {kind: 'other'})]

    expect(chosen([{links, spec: {address: '10.99.0.5'}}])).toEqual(['10.99.0.5 wg0 named'])
  })

  test('the address that its netplan will give it', () => {
    const netplan = {interfaces: {enp0s8: {addresses: ['192.168.56.10/24'], gateway: undefined, nameservers: []}}}
    const machine = {links: [nat, link('enp0s8', [])], gateway: '10.0.2.2', spec: {netplan}}

    expect(chosen([machine])).toEqual(['192.168.56.10 enp0s8 shared network'])
    expect(chosen([{...machine, spec: {netplan, address: '192.168.56.10'}}])).toEqual(['192.168.56.10 enp0s8 named'])
  })
})

describe('where a guess does not hold, the next choices are', () => {
  const listed = (machines: readonly Machine[]) =>
    addressChoices({cluster: sampleCluster(), hosts: machines.map(chooser), existing: []}).map(({nodes}) =>
      nodes.map(({address, reason}) => `${address} ${reason}`),
    )
  const two = (last: number, login?: string): Machine => ({
    links: [link('eth0', [`192.168.122.${last}/24`]), link('eth1', [`10.0.0.${last}/24`])],
    ...(login === undefined ? {} : {login}),
  })

  test('the other networks that all hosts are on, each once', () => {
    expect(listed([two(5), two(6)])).toEqual([
      ['192.168.122.5 shared network', '192.168.122.6 shared network'],
      ['10.0.0.5 shared network', '10.0.0.6 shared network'],
    ])
  })

  test('not where the logins came in by, when they came by different networks', () => {
    expect(listed([two(5, '10.0.0.5'), two(6, '192.168.122.6')])).toEqual([
      ['10.0.0.5 login', '192.168.122.6 login'],
      ['192.168.122.5 shared network', '192.168.122.6 shared network'],
      ['10.0.0.5 shared network', '10.0.0.6 shared network'],
    ])
  })

  test('none for a host whose address was named, or that is a node with one', () => {
    const named = {...two(5), spec: {address: '192.168.122.5'}}
    const node = {...two(6), facts: {advertiseAddress: '192.168.122.6'}}

    expect(listed([named, node])).toEqual([['192.168.122.5 named', '192.168.122.6 already in use']])
  })
})

test('a first control plane that could have another address says so, and how to name it', () => {
  const links = [link('eth0', ['10.0.0.5/24']), link('eth1', ['172.16.0.5/24'])]

  expect(tell(choose([{links, login: '10.0.0.5'}]).findings)).toEqual([
    'info vm-10: 10.0.0.5 on eth0 (login); it has 172.16.0.5 on eth1 too -> check that the other hosts reach it there; to use another one, set address in the file, or pass --apiserver-advertise-address to init',
  ])
  expect(tell(choose([virtualBox(10)]).findings)).toEqual([])
  expect(tell(choose([{links, spec: {address: '10.0.0.5'}}]).findings)).toEqual([])
})

test('an address that is leased as VirtualBox leases it is behind a NAT, also without a route', () => {
  const leased = {...nat, addresses: nat.addresses.map(address => ({...address, dynamic: true}))}
  const machine = {links: [leased, link('enp0s8', ['192.168.56.10/24'])], login: '10.0.2.15'}

  expect(chosen([machine])).toEqual(['192.168.56.10 enp0s8 shared network'])
})

test('an address that its netplan takes away is never chosen, also when the login came in by it', () => {
  const netplan = {interfaces: {eth1: {addresses: ['172.16.0.20/24'], gateway: undefined, nameservers: []}}}
  const links = [link('eth0', ['10.0.0.5/24']), link('eth1', ['172.16.0.5/24'])]

  expect(chosen([{links, login: '172.16.0.5', spec: {netplan}}])).toEqual(['172.16.0.20 eth1 login'])
})

describe('a node never gets the address', () => {
  const own = link('eth0', ['10.0.0.5/24'])

  test.each([
    ['of docker', link('docker0', ['172.17.0.1/16'], {kind: 'bridge'})],
    ['of a docker network', link('br-0123456789ab', ['172.18.0.1/16'], {kind: 'bridge'})],
    ['of a pod network', link('cni0', ['10.244.0.1/24'], {kind: 'bridge'})],
    ['of flannel', link('flannel.1', ['10.244.0.0/32'], {kind: 'vxlan'})],
    ['of libvirt', link('virbr0', ['192.168.122.1/24'], {kind: 'bridge'})],
    ['of a service', link('kube-ipvs0', ['10.96.0.1/32'], {kind: 'other'})],
    ['of a pod', link('vethabc', ['10.244.0.7/24'], {kind: 'veth'})],
    ['of a tunnel', link('tailscale0', ['100.64.0.7/32'], {kind: 'other'})],
    ['of a card that is down', link('eth9', ['10.9.0.5/24'], {up: false})],
    ['that is only link-local', link('eth9', ['169.254.7.7/16'])],
  ])('%s', (_, other) => {
    const address = other.addresses[0]?.address ?? ''

    expect(chosen([{links: [own, other], login: address}])).toEqual(['10.0.0.5 eth0 shared network'])
  })

  test('that moves between hosts (keepalived)', () => {
    const links = [link('eth0', ['10.0.0.5/24', '10.0.0.100/32'])]

    expect(chosen([{links, login: '10.0.0.100'}])).toEqual(['10.0.0.5 eth0 shared network'])
  })
})

test('a cloud that hands out a /32 as the only address is served', () => {
  expect(chosen([{links: [link('ens4', ['10.128.0.2/32'])]}])).toEqual(['10.128.0.2 ens4 shared network'])
})

test('a bridge that a person made for its card may carry the node', () => {
  expect(chosen([{links: [link('br0', ['10.0.0.5/24'], {kind: 'bridge'})]}])).toEqual(['10.0.0.5 br0 shared network'])
})

test('of several networks that all share, the one that the default routes go by is taken, and on a tie always the same', () => {
  const links = [link('eth0', ['10.0.0.5/24']), link('eth1', ['172.16.0.5/24'])]
  const others = [link('eth0', ['10.0.0.6/24']), link('eth1', ['172.16.0.6/24'])]
  const networks = (...machines: readonly (readonly InterfaceFacts[])[]) =>
    choose(machines.map(of => ({links: of}))).nodes.map(({networkInterface}) => networkInterface)

  expect(networks(links, others)).toEqual(['eth0', 'eth0'])
  expect(networks(links.toReversed(), others.toReversed())).toEqual(['eth1', 'eth1'])
  expect(networks(links, others.toReversed())).toEqual(['eth0', 'eth0'])
  expect(networks(links.toReversed(), others)).toEqual(['eth0', 'eth0'])
})

test('names come from the file, then from the node that is there, then from the host, in small letters', () => {
  const links = [link('eth0', ['10.0.0.5/24'])]
  const names = [{name: 'Master'}, {}, {}].map((spec, i) => {
    const facts = i === 1 ? {nodeName: 'as-joined', hostname: 'x'} : {hostname: 'Worker-2'}
    return choose([{links, spec, facts}]).nodes[0]?.name
  })

  expect(names).toEqual(['master', 'as-joined', 'worker-2'])
})

describe('what cannot be chosen is explained', () => {
  test('a named address that the host does not have', () => {
    const {findings} = choose([{links: [link('eth0', ['10.0.0.5/24'])], spec: {address: '10.0.0.9'}}])

    expect(tell(findings)).toEqual([
      'error vm-10: no interface has the address 10.0.0.9 that you set for it -> name one that it has: 10.0.0.5 (eth0); or give it to an interface under network in the file',
    ])
  })

  test('machines that have nothing but the NAT of their own', () => {
    const only = {links: [nat], gateway: '10.0.2.2'}

    expect(tell(choose([only, only]).findings)).toEqual([
      'error vm-10: its only address 10.0.2.15 is also on another host, as with a separate NAT for each machine -> connect the machine to a network that all hosts share (VirtualBox: a host-only adapter)',
      'error vm-11: its only address 10.0.2.15 is also on another host, as with a separate NAT for each machine -> connect the machine to a network that all hosts share (VirtualBox: a host-only adapter)',
    ])
    expect(tell(choose([only]).findings)).toEqual([
      'warning vm-10: 10.0.2.15 is behind a NAT of this machine; other machines cannot reach it -> add a network that all machines share before you join more (VirtualBox: a host-only adapter)',
    ])
  })

  test('a machine without any', () => {
    expect(tell(choose([{links: []}]).findings)).toEqual([
      'error vm-10: no interface has an address that other machines can reach -> connect the machine to a network that all hosts share (VirtualBox: a host-only adapter)',
    ])
  })
})

test('a cluster of IPv6 services gets IPv6 addresses', () => {
  const cluster = sampleCluster()
  const {nodes} = chooseAddresses({
    cluster: {...cluster, network: {...cluster.network, serviceSubnets: ['fd02::/112']}},
    hosts: [chooser({links: [link('eth0', ['10.0.0.5/24', 'fe80::5/64', 'fd00::5/64'])]}, 0)],
    existing: [],
  })

  expect(nodes[0]?.address).toBe('fd00::5')
})
