import {ApiError, isAlreadyThere} from '../../kube/api-error.ts'
import type {ObjectLike} from '../../kube/kinds.ts'
import type {ResourceBase} from '../kind.ts'
import type {Operation} from '../operation.ts'
import {apiLook, AT_ONCE} from './api-look.ts'

/** The binding that gives the administrator its rights; made by the emergency administrator when nobody else may (kubeadm kubeconfig.EnsureAdminClusterRoleBinding). */
export interface AdminBindingResource extends ResourceBase {
  readonly kind: 'admin-binding'
  readonly object: ObjectLike
}

export const adminBinding = (object: ObjectLike, why: string): AdminBindingResource => ({
  kind: 'admin-binding',
  id: `admin-binding:${object.metadata.name}`,
  why,
  object,
})

export const adminBindingOperation: Operation<AdminBindingResource> = {
  look: ({object}, context) =>
    apiLook(context, async api =>
      (await api.get(await api.pathOf(object), AT_ONCE)) === undefined ? 'is missing' : undefined,
    ),
  act: async ({object}, {api, superApi, signal}) => {
    try {
      await (await api()).create(object, {signal, retryForMs: 60_000})
    } catch (error) {
      if (isAlreadyThere(error)) return 'held'
      if (!(error instanceof ApiError) || error.reason !== 'Forbidden') throw error
      await (await superApi()).create(object, {signal, retryForMs: 60_000}).catch((refused: unknown) => {
        if (!isAlreadyThere(refused)) throw refused
      })
    }
    return 'changed'
  },
}
