import {KadmError} from '../../domain/errors.ts'
import type {KubeClient} from '../../kube/client.ts'
import {textsAt} from '../../kube/json.ts'
import {apiPath} from '../../kube/kinds.ts'
import {clusterOfKubeconfig} from '../../kube/kubeconfig.ts'
import type {CallOptions} from '../../kube/requester.ts'
import {clusterInfoConfigMap} from '../../manifests/cluster-info.ts'
import type {ResourceBase} from '../core/kind.ts'
import type {Operation} from '../core/operation.ts'
import {apiLook, AT_ONCE} from './api-look.ts'

/** The data that an anonymous machine may read: the address of the API and its CA (kubeadm clusterinfo). */
export interface ClusterInfoResource extends ResourceBase {
  readonly kind: 'cluster-info'
  readonly server: string
  /** Others that may stay if one of them is there already. */
  readonly alternatives: readonly string[]
}

export const clusterInfo = (server: string, alternatives: readonly string[] = []): ClusterInfoResource => ({
  kind: 'cluster-info',
  id: 'ConfigMap:kube-public/cluster-info',
  why: 'joining machines read it first; a signature with their token proves that it is genuine',
  server,
  alternatives,
})

const serverIn = (text: string): string | undefined => {
  try {
    return clusterOfKubeconfig(text).server
  } catch (error) {
    if (error instanceof KadmError) return undefined
    throw error
  }
}

type Wanted = Pick<ClusterInfoResource, 'server' | 'alternatives'>

async function difference(
  api: KubeClient,
  {server, alternatives}: Wanted,
  options: CallOptions,
): Promise<string | undefined> {
  const live = await api.get(apiPath.configMaps('cluster-info', 'kube-public'), options)
  const text = textsAt(live, 'data')['kubeconfig']
  if (text === undefined) return 'is missing'
  const found = serverIn(text)
  if (found === undefined) return 'cannot be read'
  return found === server || alternatives.includes(found)
    ? undefined
    : `contains the server ${found} instead of ${server}`
}

export const clusterInfoOperation: Operation<ClusterInfoResource> = {
  look: (wanted, context) => apiLook(context, api => difference(api, wanted, AT_ONCE)),
  act: async (wanted, context) => {
    const {server} = wanted
    const api = await context.api()
    const patient = {signal: context.signal, retryForMs: 60_000}
    if ((await difference(api, wanted, patient)) === undefined) return 'unchanged'
    await api.apply(clusterInfoConfigMap({server, caPem: await context.values.clusterCa()}), patient)
    return 'changed'
  },
}
