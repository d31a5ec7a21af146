import {ApiError} from '../../kube/api-error.ts'
import type {ObjectLike} from '../../kube/kinds.ts'
import {waitFor} from '../../kube/wait.ts'
import type {ResourceBase} from '../kind.ts'
import type {Operation} from '../operation.ts'
import {apiLook, AT_ONCE} from './api-look.ts'
import {firstDifference} from './covers.ts'

/** An object in the API, by server-side apply; fields that others own are left to them. */
export interface KubeObjectResource extends ResourceBase {
  readonly kind: 'kube-object'
  readonly object: ObjectLike
  /** Fields that are compared only when the object is made, such as a token's expiry: paths like `data.expiration`. */
  readonly createOnly?: boolean
}

export const kubeObject = (
  object: ObjectLike,
  why: string,
  more: {readonly createOnly?: boolean} = {},
): KubeObjectResource => ({
  kind: 'kube-object',
  id: `${object.kind}:${object.metadata.namespace === undefined ? '' : `${object.metadata.namespace}/`}${object.metadata.name}`,
  why,
  object,
  ...more,
})

/** Objects of one phase are applied side by side, and a namespace may come a moment after what is to be in it. */
const PLACE_WITHIN_MS = 30_000

export const kubeObjectOperation: Operation<KubeObjectResource> = {
  look: ({object, createOnly}, context) =>
    apiLook(context, async api => {
      const live = await api.get(await api.pathOf(object, AT_ONCE), AT_ONCE)
      if (live === undefined) return 'is missing'
      if (createOnly === true) return undefined
      const difference = firstDifference(object, live)
      return difference === undefined ? undefined : `${difference} differs`
    }),
  act: async ({object, id}, context) => {
    const {clock, signal, progress, host} = context
    const api = await context.api()
    await waitFor(
      {
        what: `the place of ${id} to be there`,
        deadlineMs: PLACE_WITHIN_MS,
        intervalMs: 250,
        clock,
        signal,
        host: host.name,
        hint: 'see that the namespace it names is made, by kadm or by hand',
        onSeen: progress,
      },
      async () => {
        try {
          return {value: await api.apply(object, {signal, retryForMs: 60_000})}
        } catch (error) {
          if (error instanceof ApiError && error.status === 404) return {seen: error.message}
          throw error
        }
      },
    )
  },
}
