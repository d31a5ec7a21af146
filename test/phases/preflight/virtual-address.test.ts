import {describe, expect, test} from 'vitest'
import type {FileFacts} from '../../../src/domain/facts.ts'
import {KEEPALIVED_CHECK, KEEPALIVED_CONFIG, KUBE_VIP_MANIFEST} from '../../../src/domain/virtual-address.ts'
import type {EndpointAnswer, JudgedHost, PreflightInput} from '../../../src/phases/preflight/input.ts'
import {judge} from '../../../src/phases/preflight/judge.ts'
import {input, judged, link, sampleCluster, sampleFacts, tell} from './sample.ts'

const FILE: FileFacts = {type: 'file', mode: '0600', owner: 'root', size: 1, sha256: undefined}
const ADDRESS = '192.168.56.100'

interface Given {
  readonly address?: string
  readonly provider?: 'keepalived' | 'kube-vip'
  readonly networkInterface?: string
  readonly facts?: object
  readonly host?: Partial<JudgedHost>
  readonly more?: Partial<PreflightInput>
}

const told = ({address = ADDRESS, provider = 'keepalived', networkInterface, facts = {}, host, more}: Given) => {
  const virtualAddress = {address, provider, networkInterface}
  const cluster = sampleCluster({controlPlaneEndpoint: `${address}:6443`, virtualAddress})
  const one = {...judged('cp', 10, {role: 'control-plane', ...facts}), ...host}
  return tell(judge(input([one], {cluster, ...more})).filter(({name}) => name === 'VirtualAddress'))
}
const answered = (endpoint: EndpointAnswer, more: Given = {}) => told({...more, host: {...more.host, endpoint}})

describe('the place of a virtual address', () => {
  test('is the network of the control planes', () => {
    expect(told({})).toEqual([])
    expect(told({address: '192.168.57.100'})).toEqual([
      'error cp: 192.168.57.100 is outside the network of this control plane (192.168.56.0/24 on enp0s8), so other machines would not find it here -> write a free address of the network that all control planes are on; if they are on several networks, write loadBalancer: local',
    ])
    expect(told({address: 'fd00::1'})).toHaveLength(1)
  })

  test.each([
    ['192.168.56.0', 'network'],
    ['192.168.56.255', 'broadcast'],
  ])('is not %s, the %s address', (address, what) => {
    expect(told({address})).toEqual([
      `error cp: ${address} is the ${what} address of 192.168.56.0/24, which no machine can have -> write a free address of this network under loadBalancer in the file`,
    ])
  })

  test('is on the interface that the file names', () => {
    const {network} = sampleFacts(10)
    const facts = {network: {...network, interfaces: [...network.interfaces, link('bond0', ['10.9.0.10/24'])]}}

    expect(told({networkInterface: 'bond0', address: '10.9.0.100', facts})).toEqual([])
    expect(told({networkInterface: 'bond0', facts})[0]).toContain(
      'outside the network of this control plane (10.9.0.0/24 on bond0)',
    )
    expect(told({networkInterface: 'eth9'})[0]).toContain('has no interface eth9, which is to get 192.168.56.100')
  })

  test('is not the address of a node, of this run or of the cluster', () => {
    const existing = [{name: 'old', machineId: '', systemUuid: '', addresses: [ADDRESS]}]

    expect(told({address: '192.168.56.10'}).join('\n')).toContain('error cp: 192.168.56.10 is the address of this node')
    expect(told({more: {existing}})).toContainEqual(
      expect.stringContaining('error old: 192.168.56.100 is the address of this node of the cluster'),
    )
  })
})

describe('a virtual address before control planes share it', () => {
  const server = {kind: 'server', subject: 'CN=printer', isOfCluster: undefined} as const

  test.each<[EndpointAnswer, string]>([
    [server, 'answers there with a certificate for CN=printer'],
    [{...server, isOfCluster: false}, 'answers there with a certificate for CN=printer'],
    [{kind: 'closed'}, 'accepts connections there'],
    [{kind: 'refused'}, 'refuses connections there'],
  ])('that answers (%o) is refused', (answer, what) => {
    const {kind} = answer
    const facts = kind === 'server' && answer.isOfCluster === false ? {clusterCaHash: 'aa'} : {}

    expect(answered(answer, {facts, host: {neighbour: '52:54:00:00:00:01'}})).toEqual([
      `error cp: 192.168.56.100 is already in use: another machine (MAC address 52:54:00:00:00:01) ${what} -> write a free address under loadBalancer in the file, or take 192.168.56.100 from the machine that has it`,
    ])
  })

  test('that a machine has without an answer on the port is refused too', () => {
    expect(answered({kind: 'silent'}, {host: {neighbour: '52:54:00:00:00:01'}})[0]).toContain(
      'another machine (MAC address 52:54:00:00:00:01) has it',
    )
  })

  test('that nobody has is fine', () => {
    expect(answered({kind: 'silent'})).toEqual([])
    expect(told({})).toEqual([])
  })

  test('that the host itself has, not by kadm, is refused', () => {
    const {network} = sampleFacts(10)
    const interfaces = network.interfaces.map(one =>
      one.name === 'enp0s8' ? link('enp0s8', ['192.168.56.10/24', `${ADDRESS}/24`]) : one,
    )

    expect(told({facts: {network: {...network, interfaces}}})[0]).toContain(
      'already has 192.168.56.100 on enp0s8, and not by kadm',
    )
  })
})

describe('a virtual address of a cluster that has it', () => {
  const facts = {clusterCaHash: 'aa', files: {[KEEPALIVED_CHECK]: FILE, [KEEPALIVED_CONFIG]: FILE}}

  test('may answer: a second run does not refuse its own cluster', () => {
    const {network} = sampleFacts(10)
    const interfaces = network.interfaces.map(one =>
      one.name === 'enp0s8' ? link('enp0s8', ['192.168.56.10/24', `${ADDRESS}/32`]) : one,
    )

    expect(
      answered(
        {kind: 'server', subject: 'CN=kube-apiserver', isOfCluster: true},
        {facts, host: {neighbour: '52:54:00:00:00:01'}},
      ),
    ).toEqual([])
    expect(answered({kind: 'refused'}, {facts: {...facts, network: {...network, interfaces}}})).toEqual([
      'warning cp: no API server answers at 192.168.56.100 -> on the control planes, check systemctl status keepalived and journalctl -u keepalived, and that firewalls let VRRP (IP protocol 112) through between them',
    ])
  })

  test('must not lead elsewhere', () => {
    expect(answered({kind: 'server', subject: 'CN=printer', isOfCluster: false}, {facts})[0]).toContain(
      'another server answers at 192.168.56.100: its certificate is for CN=printer, and the CA of this cluster did not sign it',
    )
  })

  test('is not in the way of hosts that join', () => {
    expect(answered({kind: 'refused'}, {host: {neighbour: '52:54:00:00:00:01'}, more: {clusterCaHash: 'aa'}})).toEqual(
      [],
    )
  })

  test('stays with its program until a reset', () => {
    const byKubeVip = {clusterCaHash: 'aa', files: {[KUBE_VIP_MANIFEST]: FILE}}

    expect(told({facts: byKubeVip})[0]).toContain(
      'shares the address of the API by kube-vip, but this run sets keepalived',
    )
    expect(
      tell(
        judge(input([judged('cp', 10, {role: 'control-plane', ...facts})], {cluster: sampleCluster()})).filter(
          ({name}) => name === 'VirtualAddress',
        ),
      )[0],
    ).toContain('shares the address of the API by keepalived, but this run sets no virtual address')
  })
})

describe('keepalived on a host', () => {
  test('with a configuration of yours is not replaced', () => {
    expect(told({facts: {files: {[KEEPALIVED_CONFIG]: FILE}}})[0]).toContain(
      'keepalived already has a configuration that kadm did not write: /etc/keepalived/keepalived.conf',
    )
    expect(told({facts: {files: {[KEEPALIVED_CONFIG]: FILE, [KEEPALIVED_CHECK]: FILE}}})).toEqual([])
    expect(told({provider: 'kube-vip', facts: {files: {[KEEPALIVED_CONFIG]: FILE}}})).toEqual([])
  })

  test('must be installed already when a bundle is used', () => {
    const more = {bundleArchitecture: 'amd64'} as const
    const there = {version: '1', held: false}

    expect(told({more})[0]).toContain(
      'error cp: keepalived and curl are not installed, and a bundle has no Debian packages -> install them on cp: sudo apt-get install keepalived curl;',
    )
    expect(told({more, facts: {packages: {curl: there}}})[0]).toContain('keepalived is not installed')
    expect(told({more, facts: {packages: {curl: there, keepalived: there}}})).toEqual([])
    expect(told({more, provider: 'kube-vip'})).toEqual([])
  })

  test('behind an old ufw may not hear the others', () => {
    const {firewall} = sampleFacts(10)
    const withUfw = (version: string) =>
      told({facts: {firewall: {...firewall, ufw: true}, packages: {ufw: {version, held: false}}}})

    expect(withUfw('0.36.1-4ubuntu0.1')[0]).toContain('warning cp: ufw 0.36.1-4ubuntu0.1 has no rules for VRRP')
    for (const version of ['0.36.2-1', '0.37', '1.0']) expect(withUfw(version)).toEqual([])
  })
})
