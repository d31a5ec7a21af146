import type {KubeClient} from '../../kube/client.ts'
import {isUnreachable, isWithoutAnswer, KadmError} from '../../domain/errors.ts'

/**
 * The result of the first control plane that gives one, in this order. Calls `passOver` for each one before it that
 * does not. Throws the first failure when every one fails.
 */
export async function firstAnswering<C, T>(
  controlPlanes: readonly C[],
  attempt: (controlPlane: C) => Promise<T>,
  passOver: (controlPlane: C, error: KadmError) => void,
): Promise<T> {
  const failures: KadmError[] = []
  for (const [i, controlPlane] of controlPlanes.entries()) {
    try {
      return await attempt(controlPlane)
    } catch (error) {
      // Another control plane may not have what is wrong with one machine or the API server on it.
      if (!isUnreachable(error) && !isWithoutAnswer(error)) throw error
      failures.push(error)
      if (i < controlPlanes.length - 1) passOver(controlPlane, error)
    }
  }
  throw failures[0] ?? new KadmError('usage', 'no control plane given')
}

/** Rejects when the API server of a control plane is not ready now; another one is asked then. */
export const requireReady = (api: Pick<KubeClient, 'getText'>): Promise<string> =>
  api.getText('/readyz', {retryForMs: 0, timeoutMs: 5000})
