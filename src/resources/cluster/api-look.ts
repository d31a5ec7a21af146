import {KadmError} from '../../domain/errors.ts'
import {ApiError} from '../../kube/api-error.ts'
import type {KubeClient} from '../../kube/client.ts'
import type {Look} from '../../kube/wait.ts'
import type {OperationContext} from '../core/operation.ts'

/** Looks through the API; an API that does not answer yet is a difference, not a failure. A lost machine, a refusal or a bug is a failure. */
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

/** A look does not retry its calls: a later look finds what is missing now. */
export const AT_ONCE = {retryForMs: 0} as const
