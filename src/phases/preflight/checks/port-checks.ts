import {loopback} from '../../../domain/endpoint.ts'
import {balancerOf} from '../../../domain/load-balancer.ts'
import {PORTS} from '../../../domain/ports.ts'
import type {Arg, Cluster} from '../../../domain/cluster.ts'
import type {Facts} from '../../../domain/facts.ts'
import type {Finding} from '../finding.ts'
import {error, info, ok, type HostCheck, type HostView} from '../input.ts'

/** One port that a component of a node listens on, and where. */
interface NeededPort {
  readonly port: number
  /** The name of the process; ss cuts names to fifteen letters. */
  readonly owner: string
  /** The address that the component binds; undefined means every address. */
  readonly address: string | undefined
}

type Socket = Facts['listening'][number]

const LOOPBACK = '127.0.0.1'

const argOf = (args: readonly Arg[], name: string): string | undefined => args.findLast(arg => arg.name === name)?.value

const numberOf = (value: unknown, otherwise: number): number => {
  const port = typeof value === 'string' ? Number(value) : value
  return typeof port === 'number' && Number.isInteger(port) && port >= 0 ? port : otherwise
}

/** `host:port` and `[host]:port` as KubeProxyConfiguration writes them. */
function placeOf(text: unknown, address: string | undefined, port: number): Omit<NeededPort, 'owner'> {
  const match = typeof text === 'string' ? /^\[?(.*?)\]?:(\d+)$/.exec(text) : null
  const found = {address: match?.[1] ?? address, port: match === null ? port : Number(match[2])}
  return {...found, address: isEvery(found.address) ? undefined : found.address}
}

const isEvery = (address: string | undefined): boolean =>
  address === undefined || ['', '0.0.0.0', '::', '*'].includes(address)

const named = (text: unknown): string | undefined => (typeof text === 'string' && !isEvery(text) ? text : undefined)

/** The listeners on every node; the cluster's own documents may set other ports and addresses. */
function ofEveryNode({extra: {kubelet, kubeProxy}}: Cluster): readonly NeededPort[] {
  return [
    {owner: 'kubelet', port: numberOf(kubelet['port'], PORTS.kubelet), address: named(kubelet['address'])},
    {
      owner: 'kubelet',
      port: numberOf(kubelet['healthzPort'], PORTS.kubeletHealth),
      address: kubelet['healthzBindAddress'] === undefined ? LOOPBACK : named(kubelet['healthzBindAddress']),
    },
    {owner: 'kube-proxy', ...placeOf(kubeProxy['metricsBindAddress'], LOOPBACK, PORTS.kubeProxyMetrics)},
    {owner: 'kube-proxy', ...placeOf(kubeProxy['healthzBindAddress'], undefined, PORTS.kubeProxyHealth)},
  ]
}

function ofControlPlane({apiPort, extra}: Cluster): readonly NeededPort[] {
  const component = (owner: string, args: readonly Arg[], port: number): NeededPort => {
    const bound = argOf(args, 'bind-address')
    return {
      owner,
      port: numberOf(argOf(args, 'secure-port'), port),
      address: bound === undefined ? LOOPBACK : named(bound),
    }
  }
  const metrics = argOf(extra.etcd.args, 'listen-metrics-urls')
    ?.split(',')[0]
    ?.replace(/^https?:\/\//, '')
  return [
    {owner: 'kube-apiserver', port: apiPort, address: named(argOf(extra.apiServer.args, 'bind-address'))},
    component('kube-scheduler', extra.scheduler.args, PORTS.scheduler),
    component('kube-controller-manager', extra.controllerManager.args, PORTS.controllerManager),
    {owner: 'etcd', port: PORTS.etcdClient, address: undefined},
    {owner: 'etcd', port: PORTS.etcdPeer, address: undefined},
    {owner: 'etcd', ...placeOf(metrics, LOOPBACK, PORTS.etcdMetrics)},
  ]
}

function ofBalancer({node}: HostView, cluster: Cluster): readonly NeededPort[] {
  const balancer = balancerOf(cluster)
  const ports = balancer === undefined ? [] : [balancer.port, balancer.healthPort]
  return ports.map(port => ({owner: 'haproxy', port, address: loopback(node)}))
}

/** Port 0 means that the component does not listen. */
const portsOf = (view: HostView, cluster: Cluster): readonly NeededPort[] =>
  [
    ...(view.isControlPlane ? ofControlPlane(cluster) : []),
    ...ofEveryNode(cluster),
    ...ofBalancer(view, cluster),
  ].filter(({port}) => port > 0)

/** Two sockets with the same port conflict when one binds every address, or both bind the same address. */
const collides = (needed: NeededPort, {address}: Socket): boolean =>
  needed.address === undefined || isEvery(address) || address === needed.address

export const portChecks: HostCheck = (view, {cluster}) =>
  portsOf(view, cluster).flatMap((needed): readonly Finding[] => {
    const users = view.facts.listening.filter(socket => socket.port === needed.port && collides(needed, socket))
    const [user] = users
    const name = `Port-${needed.port}`
    return [user === undefined ? ok(name, view, 'free') : judgeUser(view, needed, user)]
  })

/** Networks that route Services themselves also answer on kube-proxy's health port. */
const INSTEAD_OF_PROXY = /^(?:cilium|kube-router|antrea|calico|ovnkube)/

function judgeUser(view: HostView, {port, owner}: NeededPort, user: Socket): Finding {
  const name = `Port-${port}`
  const isOwner = user.process === '' || owner.startsWith(user.process)
  if (isOwner && (view.isMember || view.isBegun)) return ok(name, view, `${owner} of this cluster`)
  if (owner === 'kube-proxy' && view.isMember && INSTEAD_OF_PROXY.test(user.process))
    return ok(name, view, `${user.process} replaces kube-proxy in this cluster`)
  if (owner === 'kubelet' && isOwnKubelet(view, user)) {
    return info(name, view, 'a kubelet without a cluster runs', 'kadm starts it again with its own configuration')
  }
  const unit = user.unit === undefined ? '' : ` (${user.unit})`
  if (user.process === 'kubelet') {
    const whose = view.facts.apiServer === undefined ? 'another product' : `the cluster at ${view.facts.apiServer}`
    const message = `the kubelet of ${whose}${unit} listens on it at ${user.address}`
    return error(name, view, message, wayOut(user))
  }
  const process = user.process || 'an unknown process'
  const ofBalancer = owner === 'haproxy'
  return error(
    name,
    view,
    `${process}${unit} listens on it at ${user.address}; the ${ofBalancer ? 'local load balancer' : owner} of this node needs it`,
    ofBalancer ? `${wayOut(user)}, or choose another port: loadBalancer: {kind: local, port: PORT}` : wayOut(user),
  )
}

/**
 * kadm starts kubelet.service again; a kubelet that another unit runs, or that belongs to a cluster of another tool,
 * keeps the port.
 */
function isOwnKubelet({facts}: HostView, {process, unit}: Socket): boolean {
  const isOfUnit = unit === undefined ? facts.units['kubelet.service']?.active === 'active' : unit === 'kubelet.service'
  return process === 'kubelet' && isOfUnit && facts.clusterCaHash === undefined && facts.apiServer === undefined
}

function wayOut({process, unit}: Socket): string {
  if (process === 'kubelet') {
    return `uninstall the product that runs this kubelet${unit === undefined ? '' : ` (sudo systemctl status ${unit})`}, or use another machine`
  }
  if (unit?.endsWith('.service') === true) {
    return `stop it permanently: sudo systemctl disable --now ${unit}, or use another machine`
  }
  return process === ''
    ? 'find it with sudo ss -ltnp and stop it, or use another machine'
    : `stop ${process}, or use another machine`
}
