import {isWithoutAnswer} from '../../domain/errors.ts'
import type {KubeClient} from '../../kube/client.ts'
import {at, isObject, listAt, nameOf, textAt, type ApiObject} from '../../kube/json.ts'
import {apiPath, query} from '../../kube/kinds.ts'
import type {ResourceBase} from '../core/kind.ts'
import type {Operation} from '../core/operation.ts'

/**
 * Pods of a DaemonSet that work by the present content of a ConfigMap. Their program reads it only at its start, so pods that are older than
 * the content start again.
 */
export interface PodsInForceResource extends ResourceBase {
  readonly kind: 'pods-in-force'
  readonly namespace: string
  readonly configMap: string
  /** The labels of the pods: `k8s-app=kube-proxy`. */
  readonly selector: string
}

export const podsInForce = (wanted: Omit<PodsInForceResource, 'kind' | 'id'>): PodsInForceResource => ({
  kind: 'pods-in-force',
  id: `pods-in-force:${wanted.namespace}/${wanted.configMap}`,
  ...wanted,
})

/** When the content of a ConfigMap last changed, by the clock of the API server; undefined when the API does not say. */
export function contentChangedAt(configMap: ApiObject | undefined): number | undefined {
  const times = listAt(configMap, 'metadata', 'managedFields')
    .filter(isObject)
    .filter(field => at(field, 'fieldsV1', 'f:data') !== undefined)
    .map(field => Date.parse(textAt(field, 'time') ?? ''))
    .filter(time => !Number.isNaN(time))
  return times.length === 0 ? undefined : Math.max(...times)
}

/** The names of pods that were created before the content changed. */
export function olderPods(pods: readonly ApiObject[], changedAt: number | undefined): readonly string[] {
  if (changedAt === undefined) return []
  return pods
    .filter(pod => textAt(pod, 'metadata', 'deletionTimestamp') === undefined)
    .filter(pod => Date.parse(textAt(pod, 'metadata', 'creationTimestamp') ?? '') < changedAt)
    .map(nameOf)
}

async function older(
  {namespace, configMap, selector}: PodsInForceResource,
  api: KubeClient,
): Promise<readonly string[]> {
  const [config, pods] = await Promise.all([
    api.get(apiPath.configMaps(configMap, namespace)),
    api.list(apiPath.pods(undefined, namespace) + query({labelSelector: selector})),
  ])
  return olderPods(pods, contentChangedAt(config))
}

export const podsInForceOperation: Operation<PodsInForceResource> = {
  look: async (resource, {api}) => {
    try {
      const pods = await older(resource, await api())
      return pods.length === 0 ? undefined : `started before ${resource.configMap} was changed: ${pods.join(', ')}`
    } catch (error) {
      // A cluster that does not exist yet has no pods.
      if (isWithoutAnswer(error)) return undefined
      throw error
    }
  },
  act: async (resource, context) => {
    const api = await context.api()
    const pods = await older(resource, api)
    for (const name of pods) {
      await api.delete(apiPath.pods(name, resource.namespace), {signal: context.signal})
    }
    return pods.length === 0 ? 'unchanged' : 'changed'
  },
}
