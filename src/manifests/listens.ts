import {type Arg, type Cluster, type Node} from '../domain/cluster.ts'
import {PORTS} from '../domain/ports.ts'
import {userFlag} from './flags.ts'
import type {Pod} from './kube-object.ts'
import {ownContainer} from './patched-pod.ts'
import {kubeletConfig, type KubeletHost} from './kubelet-config.ts'

/** Where a component answers on its own host. */
export interface Listens {
  readonly address: string
  readonly port: number
}

/** An address of all interfaces is reached at the loopback address of its family. */
const reachable = (address: string): string =>
  address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address

/** What the command of a static pod says of its server, as kubeadm reads it (util/apiclient/wait.go). */
export function podListens(pod: Pod, addressFlag: 'bind-address' | 'advertise-address', usual: Listens): Listens {
  const container = ownContainer(pod)
  const args = [...(container?.command ?? []), ...(container?.args ?? [])].flatMap((text): readonly Arg[] => {
    const [, name, value] = /^--([\w-]+)=(.*)$/s.exec(text) ?? []
    return name === undefined || value === undefined ? [] : [{name: name.replaceAll('_', '-'), value}]
  })
  const port = Number(userFlag(args, 'secure-port') ?? usual.port)
  return {
    address: reachable(userFlag(args, addressFlag) ?? usual.address),
    port: Number.isInteger(port) && port > 0 ? port : usual.port,
  }
}

/** Where the kubelet of a node answers for its health, by its flags and its configuration. */
export function kubeletListens(cluster: Cluster, node: Node, host: KubeletHost): Listens {
  const config = kubeletConfig(cluster, host)
  const flag = (name: string): string | undefined => userFlag(node.host.kubeletExtraArgs, name)
  const address = flag('healthz-bind-address') ?? config['healthzBindAddress']
  const port = Number(flag('healthz-port') ?? config['healthzPort'])
  return {
    address: reachable(typeof address === 'string' && address !== '' ? address : '127.0.0.1'),
    port: Number.isInteger(port) ? port : PORTS.kubeletHealth,
  }
}
