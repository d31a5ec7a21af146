import {PORTS} from '../domain/ports.ts'
import type {Arg, Node} from '../domain/cluster.ts'
import type {EtcdPeer} from '../domain/etcd.ts'
import {hostPort, loopback} from '../domain/endpoint.ts'
import {imagesOf} from '../domain/images.ts'
import {etcdDataDir, pkiDir} from '../domain/kubeadm-places.ts'
import {type Flags, mergeFlags, userFlag} from './flags.ts'
import type {Pod} from './kube-object.ts'
import {envsOf, type ProbeTarget, samePath, staticPod, type StaticPodInput} from './static-pod.ts'

const etcdClientUrl = (node: Node): string => `https://${hostPort(node.address, PORTS.etcdClient)}`
export const etcdPeerUrl = (node: Node): string => `https://${hostPort(node.address, PORTS.etcdPeer)}`

/** The static pod of etcd. `members`: everyone including this node when it joins a running etcd; undefined for the first. */
export function etcdPod(input: StaticPodInput, members?: readonly EtcdPeer[]): Pod {
  const {cluster, node} = input
  const extra = cluster.extra.etcd
  return staticPod({
    name: 'etcd',
    image: imagesOf(cluster).etcd,
    annotations: {'kubeadm.kubernetes.io/etcd.advertise-client-urls': etcdClientUrl(node)},
    flags: mergeFlags(ownFlags(input, members), extra.args),
    env: envsOf(extra),
    probe: probeTarget(node, extra.args),
    startupSeconds: cluster.startupSeconds,
    requests: {cpu: '100m', memory: '100Mi'},
    mounts: [
      samePath('etcd-data', etcdDataDir(cluster), 'DirectoryOrCreate', false),
      samePath('etcd-certs', `${pkiDir(cluster)}/etcd`, 'DirectoryOrCreate', false),
    ],
  })
}

function ownFlags({cluster, node}: StaticPodInput, members: readonly EtcdPeer[] | undefined): Flags {
  const pki = pkiDir(cluster)
  const peers = members ?? [{name: node.name, peerUrl: etcdPeerUrl(node)}]
  return {
    'advertise-client-urls': etcdClientUrl(node),
    'cert-file': `${pki}/etcd/server.crt`,
    'client-cert-auth': 'true',
    'data-dir': etcdDataDir(cluster),
    'feature-gates': 'InitialCorruptCheck=true',
    'initial-advertise-peer-urls': etcdPeerUrl(node),
    'initial-cluster': peers.map(({name, peerUrl}) => `${name}=${peerUrl}`).join(','),
    'initial-cluster-state': members === undefined ? undefined : 'existing',
    'key-file': `${pki}/etcd/server.key`,
    'listen-client-urls': `https://${hostPort(loopback(node), PORTS.etcdClient)},${etcdClientUrl(node)}`,
    'listen-metrics-urls': `http://${hostPort(loopback(node), PORTS.etcdMetrics)}`,
    'listen-peer-urls': etcdPeerUrl(node),
    name: node.name,
    'peer-cert-file': `${pki}/etcd/peer.crt`,
    'peer-client-cert-auth': 'true',
    'peer-key-file': `${pki}/etcd/peer.key`,
    'peer-trusted-ca-file': `${pki}/etcd/ca.crt`,
    'snapshot-count': '10000',
    'trusted-ca-file': `${pki}/etcd/ca.crt`,
    'watch-progress-notify-interval': '5s',
  }
}

/** Where etcd says how it is: the first of the user's metrics URLs, else the default. */
function probeTarget(node: Node, users: readonly Arg[]): ProbeTarget {
  const paths = {livez: '/livez', readyz: '/readyz', startup: '/readyz'}
  const [first = ''] = (userFlag(users, 'listen-metrics-urls') ?? '').split(',')
  const match = /^(https?):\/\/(?:\[([^\]]+)\]|([^:/]*))(?::(\d+))?/.exec(first)
  if (match === null) return {host: loopback(node), port: PORTS.etcdMetrics, scheme: 'HTTP', ...paths}
  const [, scheme, bracketed, plain = '', port] = match
  const host = bracketed ?? (plain === '' ? loopback(node) : plain)
  return {
    host,
    port: port === undefined ? PORTS.etcdMetrics : Number(port),
    scheme: scheme === 'https' ? 'HTTPS' : 'HTTP',
    ...paths,
  }
}
