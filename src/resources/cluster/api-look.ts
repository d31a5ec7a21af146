import {KadmError} from '../../domain/errors.ts'
import {ApiError} from '../../kube/api-error.ts'
import type {KubeClient} from '../../kube/client.ts'
import type {Look} from '../../kube/wait.ts'
import type {OperationContext} from '../core/operation.ts'

/** Looks through the API; an API that is not there yet is a difference, not a failure. A lost machine, a ban or a bug is one. */
export async function apiLook(
  context: OperationContext,
  look: (api: KubeClient) => Promise<string | undefined>,
): Promise<string | undefined> {
  try {
    return await look(await context.api())
  } catch (error) {
    if (error instanceof ApiError) return error.message
    if (error instanceof KadmError && (error.code === 'connect' || error.code === 'timeout'))
      return 'the API server does not answer yet'
    throw error
  }
}

/** For a wait: an API server that refuses for a moment, as one that starts or is overloaded does, is waited for too. */
export const untilAnswered =
  <T>(look: () => Promise<Look<T>>) =>
  async (): Promise<Look<T>> => {
    try {
      return await look()
    } catch (error) {
      if (error instanceof ApiError) return {seen: error.message}
      throw error
    }
  }

/** Calls of a look are not retried: what is not there yet is found out later. */
export const AT_ONCE = {retryForMs: 0} as const
