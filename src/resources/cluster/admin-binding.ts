import {ApiError, isAlreadyThere} from '../../kube/api-error.ts'
import type {KubeClient} from '../../kube/client.ts'
import type {ObjectLike} from '../../kube/kinds.ts'
import type {ResourceBase} from '../core/kind.ts'
import type {Acted, Operation} from '../core/operation.ts'
import {apiLook, AT_ONCE} from './api-look.ts'

/** The binding that gives the administrator its rights; created with the emergency credentials when no other user has the right (kubeadm kubeconfig.EnsureAdminClusterRoleBinding). */
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
    const create = async (as: KubeClient): Promise<Acted> => {
      try {
        await as.create(object, {signal, retryForMs: 60_000})
        return 'changed'
      } catch (error) {
        if (isAlreadyThere(error)) return 'unchanged'
        throw error
      }
    }
    try {
      return await create(await api())
    } catch (error) {
      if (!(error instanceof ApiError) || error.reason !== 'Forbidden') throw error
      return create(await superApi())
    }
  },
}
