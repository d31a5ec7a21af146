import type {ObjectLike} from '../../kube/kinds.ts'
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

export const kubeObjectOperation: Operation<KubeObjectResource> = {
  look: ({object, createOnly}, context) =>
    apiLook(context, async api => {
      const live = await api.get(await api.pathOf(object, AT_ONCE), AT_ONCE)
      if (live === undefined) return 'is missing'
      if (createOnly === true) return undefined
      const difference = firstDifference(object, live)
      return difference === undefined ? undefined : `${difference} differs`
    }),
  act: async ({object}, context) => {
    const api = await context.api()
    await api.apply(object, {signal: context.signal, retryForMs: 60_000})
  },
}
