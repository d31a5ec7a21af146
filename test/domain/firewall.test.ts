import {expect, test} from 'vitest'
import {
  ruleComment,
  firewallRulesOf,
  ruleText,
  type FirewallInput,
  type FirewallRule,
} from '../../src/domain/firewall.ts'
import {sampleCluster} from '../phases/preflight/sample.ts'

const cluster = sampleCluster()
const MASTER = {address: '192.168.56.10', role: 'control-plane'} as const
const WORKER = {address: '192.168.56.11', role: 'worker'} as const

const opened = (changes: Partial<FirewallInput>, hook: FirewallRule['hook']): readonly string[] =>
  firewallRulesOf({cluster, role: 'worker', peers: [], nat: undefined, ...changes})
    .filter(opening => opening.hook === hook)
    .map(ruleText)

test('a worker lets the other nodes to its kubelet and its pod network, and its pods to itself', () => {
  expect(opened({peers: [MASTER]}, 'input')).toEqual([
    'TCP 10250 from 192.168.56.10',
    'UDP 8472 from 192.168.56.10',
    'pods to this node from 10.244.0.0/16 on cni0',
  ])
})

test('a control plane lets everybody to the API, and only other control planes to etcd', () => {
  const second = {address: '192.168.56.12', role: 'control-plane'} as const

  expect(opened({role: 'control-plane', peers: [WORKER, second]}, 'input')).toEqual([
    'TCP 6443 from everywhere',
    'TCP 10250 from 192.168.56.11',
    'UDP 8472 from 192.168.56.11',
    'TCP 10250 from 192.168.56.12',
    'TCP 2379-2380 from 192.168.56.12',
    'UDP 8472 from 192.168.56.12',
    'pods to this node from 10.244.0.0/16 on cni0',
  ])
})

test('control planes that share an address by keepalived hear one another, and workers do not', () => {
  const second = {address: '192.168.56.12', role: 'control-plane'} as const
  const sharing = (provider: 'keepalived' | 'kube-vip') => ({
    ...cluster,
    virtualAddress: {address: '192.168.56.100', provider, networkInterface: undefined},
  })
  const vrrp = (changes: Partial<FirewallInput>) => opened(changes, 'input').filter(text => text.includes('VRRP'))

  expect(vrrp({cluster: sharing('keepalived'), role: 'control-plane', peers: [WORKER, second]})).toEqual([
    'VRRP from 192.168.56.12',
  ])
  expect(vrrp({cluster: sharing('keepalived'), role: 'worker', peers: [second]})).toEqual([])
  expect(vrrp({cluster: sharing('kube-vip'), role: 'control-plane', peers: [second]})).toEqual([])
})

test('only what comes from pods, or answers them, passes through a node', () => {
  expect(opened({}, 'forward')).toEqual([
    'pods of this node from 10.244.0.0/16 on cni0',
    'pods of other nodes from 10.244.0.0/16 on flannel.1 to 10.244.0.0/16',
    'replies to 10.244.0.0/16',
  ])
})

test('a pod network of the user is known by its range only', () => {
  const network = {...cluster.network, plugin: {kind: 'none'} as const}

  expect(opened({cluster: {...cluster, network}, peers: [MASTER]}, 'input')).toEqual([
    'TCP 10250 from 192.168.56.10',
    'pods to this node from 10.244.0.0/16',
  ])
})

test('a gateway lets its ranges out by the interface that leads out, and the answers back in', () => {
  const nat = {ranges: ['192.168.57.0/24'], outside: 'enp0s3'}

  expect(opened({nat}, 'forward').slice(-2)).toEqual([
    'NAT from 192.168.57.0/24 out by enp0s3',
    'replies to 192.168.57.0/24',
  ])
})

test('IPv6 has rules of its own, in one spelling for each address', () => {
  const network = {...cluster.network, podSubnets: ['10.244.0.0/16', 'fd00:10:244::/56']}
  const peers = [
    {address: 'fd00:0::1', role: 'worker'},
    {address: 'fd00::1', role: 'worker'},
  ] as const

  expect(opened({cluster: {...cluster, network}, peers}, 'input')).toEqual([
    'TCP 10250 from fd00::1',
    'UDP 8472 from fd00::1',
    'pods to this node from 10.244.0.0/16 on cni0',
    'pods to this node from fd00:10:244::/56 on cni0',
  ])
})

test('no rule is about ssh, and each is known by a comment of its own that nft can keep', () => {
  const all = firewallRulesOf({
    cluster,
    role: 'control-plane',
    peers: [WORKER, {address: '2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff', role: 'control-plane'}],
    nat: {ranges: ['192.168.57.0/24', 'fd00:1::/64'], outside: 'enp0s3'},
  })
  const comments = all.map(ruleComment)

  expect(all.some(({ports}) => ports === '22')).toBe(false)
  expect(new Set(comments).size).toBe(comments.length)
  expect(comments.filter(comment => Buffer.byteLength(comment) > 128)).toEqual([])
})
