import {ApiError} from '../../kube/api-error.ts'
import type {KubeClient} from '../../kube/client.ts'
import type {ObjectLike} from '../../kube/kinds.ts'
import type {CallOptions} from '../../kube/requester.ts'
import {waitFor} from '../../kube/wait.ts'
import type {ResourceBase} from '../core/kind.ts'
import type {Acted, Operation} from '../core/operation.ts'
import {apiLook, AT_ONCE} from './api-look.ts'
import {subsetDiff} from './subset-diff.ts'

/** An object in the API, by server-side apply; fields that other programs own stay unchanged. */
export interface KubeObjectResource extends ResourceBase {
  readonly kind: 'kube-object'
  readonly object: ObjectLike
}

export const kubeObject = (object: ObjectLike, why: string): KubeObjectResource => ({
  kind: 'kube-object',
  id: `${object.kind}:${object.metadata.namespace === undefined ? '' : `${object.metadata.namespace}/`}${object.metadata.name}`,
  why,
  object,
})

/** Objects of one phase are applied in parallel, and a namespace may appear a moment after the objects that belong in it. */
const PLACE_WITHIN_MS = 30_000

async function difference(
  api: KubeClient,
  {object}: KubeObjectResource,
  options: CallOptions,
): Promise<string | undefined> {
  const live = await api.get(await api.pathOf(object, options), options)
  if (live === undefined) return 'is missing'
  const place = subsetDiff(object, live)
  return place === undefined ? undefined : `${place} differs`
}

export const kubeObjectOperation: Operation<KubeObjectResource> = {
  look: (resource, context) => apiLook(context, api => difference(api, resource, AT_ONCE)),
  act: async (resource, context) => {
    const {object, id} = resource
    const {clock, signal, progress, host} = context
    const api = await context.api()
    const patient = {signal, retryForMs: 60_000}
    return waitFor<Acted>(
      {
        what: `the namespace of ${id} to exist`,
        deadlineMs: PLACE_WITHIN_MS,
        intervalMs: 250,
        clock,
        signal,
        host: host.name,
        hint: 'create the namespace that the object names',
        onSeen: progress,
      },
      async () => {
        try {
          if ((await difference(api, resource, patient)) === undefined) return {value: 'unchanged'}
          await api.apply(object, patient)
          return {value: 'changed'}
        } catch (error) {
          if (error instanceof ApiError && error.status === 404) return {seen: error.message}
          throw error
        }
      },
    )
  },
}
