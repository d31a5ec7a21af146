import {PORTS} from './ports.ts'
import {canonicalAddress, parseAddress, parseCidr} from './cidr.ts'
import type {Cluster, Role} from './cluster.ts'

/** One kind of traffic that a host must let through for the cluster; nothing that is not named is narrowed. */
export interface FirewallRule {
  /** `input` is for the host itself, `forward` passes through it. */
  readonly hook: 'input' | 'forward'
  /** Of all addresses in it; undefined is both. */
  readonly family: 4 | 6 | undefined
  /** For whom, in a few words. */
  readonly what: string
  readonly from?: string
  readonly to?: string
  readonly in?: string
  readonly out?: string
  /** VRRP has no ports. */
  readonly protocol?: 'tcp' | 'udp' | 'vrrp'
  /** `6443` or `2379-2380`. */
  readonly ports?: string
  /** Only answers to what went the other way. */
  readonly repliesOnly?: true
}

/** Another node of the cluster, as far as a firewall knows it. */
export interface Peer {
  readonly address: string
  readonly role: Role
}

export interface FirewallInput {
  readonly cluster: Pick<Cluster, 'apiPort' | 'network' | 'virtualAddress'>
  readonly role: Role
  readonly peers: readonly Peer[]
  /** Ranges that go out through this host by NAT, and the interface they leave by. */
  readonly nat: {readonly ranges: readonly string[]; readonly outside: string} | undefined
}

/** The bridge of the pods of one node, and the links that flannel's vxlan brings the pods of other nodes in by. */
export const POD_BRIDGE = 'cni0'
const POD_TUNNEL = {4: 'flannel.1', 6: 'flannel-v6.1'} as const

/** Exactly the traffic that a node of this role must accept and forward. ssh is never included: you keep your own rule for it. */
export const firewallRulesOf = (input: FirewallInput): readonly FirewallRule[] => [
  ...forTheRole(input),
  ...forNodes(input),
  ...forPods(input.cluster),
  ...forNat(input.nat),
]

/** From everywhere: users, joining machines and pods call it, and it refuses requests without a certificate or token. */
const forTheRole = ({cluster, role}: FirewallInput): readonly FirewallRule[] =>
  role === 'worker'
    ? []
    : [{hook: 'input', family: undefined, what: 'API server', protocol: 'tcp', ports: String(cluster.apiPort)}]

function forNodes({cluster, role, peers}: FirewallInput): readonly FirewallRule[] {
  const usesVxlan = cluster.network.plugin.kind === 'flannel'
  return [...new Map(peers.map(peer => [canonicalAddress(peer.address), peer])).entries()]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([from, peer]): readonly FirewallRule[] => {
      const family = parseAddress(from)?.family
      if (family === undefined) return []
      const base = {hook: 'input', family, from} as const
      const isEtcdPair = role === 'control-plane' && peer.role === 'control-plane'
      return [
        {...base, what: 'kubelet', protocol: 'tcp', ports: String(PORTS.kubelet)},
        ...(isEtcdPair
          ? [{...base, what: 'etcd', protocol: 'tcp', ports: `${PORTS.etcdClient}-${PORTS.etcdPeer}`} as const]
          : []),
        ...(isEtcdPair && cluster.virtualAddress?.provider === 'keepalived'
          ? [{...base, what: 'keepalived', protocol: 'vrrp'} as const]
          : []),
        ...(usesVxlan ? [{...base, what: 'pod network', protocol: 'udp', ports: String(PORTS.vxlan)} as const] : []),
      ]
    })
}

/** By interface where the pod network is ours, since an address alone could be anybody's on the wire. */
const forPods = ({network}: FirewallInput['cluster']): readonly FirewallRule[] =>
  network.podSubnets.flatMap((range): readonly FirewallRule[] => {
    const family = parseCidr(range)?.family
    if (family === undefined) return []
    const base = {family, from: range} as const
    const replies = {hook: 'forward', family, what: 'replies', to: range, repliesOnly: true} as const
    if (network.plugin.kind !== 'flannel') {
      return [{...base, hook: 'input', what: 'pods to this node'}, {...base, hook: 'forward', what: 'pods'}, replies]
    }
    return [
      {...base, hook: 'input', what: 'pods to this node', in: POD_BRIDGE},
      {...base, hook: 'forward', what: 'pods of this node', in: POD_BRIDGE},
      {...base, hook: 'forward', what: 'pods of other nodes', in: POD_TUNNEL[family], to: range},
      replies,
    ]
  })

const forNat = (nat: FirewallInput['nat']): readonly FirewallRule[] =>
  (nat?.ranges ?? []).flatMap((range): readonly FirewallRule[] => {
    const family = parseCidr(range)?.family
    if (family === undefined || nat === undefined) return []
    return [
      {hook: 'forward', family, what: 'NAT', from: range, out: nat.outside},
      {hook: 'forward', family, what: 'replies', to: range, repliesOnly: true},
    ]
  })

/** Begins the comment of every rule of ours, so that they are found again. */
export const RULE_MARK = 'kadm: '

/** Says what a rule is for; also what it is known by, so it is different for each. Fits nft's 128 bytes. */
export const ruleComment = ({what, from, to}: FirewallRule): string =>
  [
    `${RULE_MARK}${what}`,
    ...(from === undefined ? [] : [`from ${from}`]),
    ...(to === undefined ? [] : [`to ${to}`]),
  ].join(' ')

/** For people: `TCP 10250 from 192.168.56.11`. */
export function ruleText({what, from, to, in: inBy, out, protocol, ports, repliesOnly}: FirewallRule): string {
  const head = protocol === undefined ? what : [protocol.toUpperCase(), ports].filter(Boolean).join(' ')
  const parts = [
    repliesOnly === true && protocol !== undefined ? 'replies' : undefined,
    from === undefined ? (protocol === undefined ? undefined : 'from everywhere') : `from ${from}`,
    inBy === undefined ? undefined : `on ${inBy}`,
    to === undefined ? undefined : `to ${to}`,
    out === undefined ? undefined : `out by ${out}`,
  ]
  return [head, ...parts.filter(part => part !== undefined)].join(' ')
}
