import type {Node} from '../domain/cluster.ts'
import {mergeFlags} from './flags.ts'
import {CRI_SOCKET_URL} from '../domain/paths.ts'
import {fill, type Templates} from './templates.ts'
import {toYaml} from './yaml.ts'

/** /var/lib/kubelet/instance-config.yaml: where kubeadm looks up a node's runtime. */
export const kubeletInstanceConfigYaml = (criSocket = CRI_SOCKET_URL): string =>
  toYaml({containerRuntimeEndpoint: criSocket})

export interface KubeletFlagsInput {
  readonly node: Node
  /** What the machine calls itself when the kubelet starts. */
  readonly hostname: string
}

/**
 * /var/lib/kubelet/kubeadm-flags.env. Unlike kubeadm, kadm always says which address is the node's: on a host with
 * several (a NAT card beside the real one) the kubelet would take that of the default route.
 */
export function kubeletFlagsText({node, hostname}: KubeletFlagsInput): string {
  const taints = node.role === 'worker' ? (node.host.taints ?? []) : []
  const own = {
    'hostname-override': node.name === hostname ? undefined : node.name,
    'node-ip': node.address,
    'register-with-taints':
      taints.length === 0
        ? undefined
        : taints.map(({key, value = '', effect}) => `${key}=${value}:${effect}`).join(','),
  }
  return `KUBELET_KUBEADM_ARGS=${JSON.stringify(mergeFlags(own, node.host.kubeletExtraArgs).join(' '))}\n`
}

/** /etc/systemd/system/kubelet.service, for hosts that have no package for it. */
export const kubeletUnit = (templates: Templates): string => fill(templates['kubelet.service'], {})

/** The drop-in 10-kubeadm.conf in kubelet.service.d. */
export const kubeletDropIn = (templates: Templates): string => fill(templates['10-kubeadm.conf'], {})
