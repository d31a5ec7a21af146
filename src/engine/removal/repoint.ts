import {canonicalAddress} from '../../domain/cidr.ts'
import {hostPort} from '../../domain/endpoint.ts'
import {KadmError} from '../../domain/errors.ts'
import type {Leaver, ListedNode} from '../../domain/removal.ts'
import type {KubeClient} from '../../kube/client.ts'
import {textsAt} from '../../kube/json.ts'
import {apiPath} from '../../kube/kinds.ts'
import {clusterOfKubeconfig, type ClusterEntry} from '../../kube/kubeconfig.ts'
import {clusterInfoConfigMap} from '../../manifests/cluster-info.ts'

export interface Repointing {
  readonly leavers: readonly Leaver[]
  readonly nodes: readonly ListedNode[]
  readonly signal: AbortSignal
}

/**
 * Lets cluster-info, which joining machines read, name a control plane that stays, where it names one that leaves. Returns whether it
 * changed.
 */
export async function repointClusterInfo(api: KubeClient, {leavers, nodes, signal}: Repointing): Promise<boolean> {
  const live = await api.get(apiPath.configMaps('cluster-info', 'kube-public'), {signal})
  const found = entryIn(textsAt(live, 'data')['kubeconfig'])
  if (found === undefined || !isOf(leavers, found.host)) return false
  const next = nodes.find(({role, name}) => role === 'control-plane' && !leavers.some(one => one.name === name))
  if (next?.address === undefined) return false
  const server = `https://${hostPort(next.address, found.port)}`
  await api.apply(clusterInfoConfigMap({server, caPem: found.ca}), {signal})
  return true
}

const isOf = (leavers: readonly Leaver[], host: string): boolean =>
  leavers.some(({address}) => address !== undefined && canonicalAddress(address) === canonicalAddress(host))

/** Undefined for one that kadm cannot read, which the next apply writes again. */
function entryIn(text: string | undefined): ClusterEntry | undefined {
  try {
    return text === undefined ? undefined : clusterOfKubeconfig(text)
  } catch (error) {
    if (error instanceof KadmError) return undefined
    throw error
  }
}
