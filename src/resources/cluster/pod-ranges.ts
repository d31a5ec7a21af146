import {ApiError} from '../../kube/api-error.ts'
import type {KubeClient} from '../../kube/client.ts'
import {listAt, textAt, type ApiObject} from '../../kube/json.ts'
import {apiPath} from '../../kube/kinds.ts'
import type {Host} from '../../remote/host.ts'
import {sh} from '../../remote/shell/shell.ts'
import {AT_ONCE} from './api-look.ts'

const CONFIG = '/etc/cni/net.d/10-containerd-net.conflist'

/**
 * The ranges that pods of this host get their addresses from, as containerd wrote them for the kubelet when the node was first registered
 * (`conf_template`); it keeps that file when the node registers again and gets another range. Empty when the cluster uses another pod network.
 */
export async function rangesOn(host: Host, signal: AbortSignal): Promise<readonly string[]> {
  const text = await host.read(sh`cat ${CONFIG} 2>/dev/null || :`.text, {signal})
  return text.includes('"kadm-pods"')
    ? [...text.matchAll(/"subnet":\s*"([^"]+)"/g)].flatMap(([, range]) => range ?? [])
    : []
}

/** The ranges that the cluster assigned to a node; empty when it assigns none. */
export function rangesOf(node: ApiObject | undefined): readonly string[] {
  const all = listAt(node ?? {}, 'spec', 'podCIDRs').filter(range => typeof range === 'string')
  const only = textAt(node ?? {}, 'spec', 'podCIDR')
  return all.length > 0 || only === undefined ? all : [only]
}

export const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every(range => other.includes(range))

/** Whether another node has one of the ranges now. */
export const areTaken = async (api: KubeClient, name: string, ranges: readonly string[]): Promise<boolean> =>
  (await api.list(apiPath.nodes(), AT_ONCE)).some(
    node => textAt(node, 'metadata', 'name') !== name && rangesOf(node).some(range => ranges.includes(range)),
  )

/**
 * Makes the Node object of a machine whose pods run on, with the ranges that they have their addresses from: the kubelet would get new
 * ranges, and no other node would find its pods. Does nothing where there are none, or another node has one by now.
 */
export async function giveRangesBack(api: KubeClient, name: string, ranges: readonly string[]): Promise<void> {
  const [podCIDR] = ranges
  if (podCIDR === undefined || (await areTaken(api, name, ranges))) return
  const node = {apiVersion: 'v1', kind: 'Node', metadata: {name}, spec: {podCIDR, podCIDRs: ranges}}
  await api.create(node).catch((error: unknown) => {
    // The kubelet registered first; the next look shows with which range.
    if (!(error instanceof ApiError) || error.reason !== 'AlreadyExists') throw error
  })
}
