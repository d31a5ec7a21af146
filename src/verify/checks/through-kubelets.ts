import {PORTS} from '../../domain/ports.ts'
import {hostPort} from '../../domain/endpoint.ts'
import {KadmError} from '../../domain/errors.ts'
import {ApiError} from '../../kube/api-error.ts'
import type {Probe, CheckContext} from '../check-context.ts'

const MOST_TOLD = 3

/** Does the same on every node's kubelet, which the API server asks for us; tells of all that fail, and of the kubelet where that is why. */
export async function throughKubelets(
  context: CheckContext,
  probes: readonly Probe[],
  work: (probe: Probe) => Promise<void>,
): Promise<void> {
  const failures: KadmError[] = []
  await Promise.all(
    probes.map(async probe => {
      try {
        await work(probe)
      } catch (error) {
        if (!(error instanceof KadmError) || error.code === 'cancelled') throw error
        failures.push(await named(error, probe, context))
      }
    }),
  )
  const [first] = failures
  if (first === undefined) return
  if (failures.length === 1) throw first
  const evidence = failures.flatMap(one => one.evidence ?? [])
  const more = failures.length - MOST_TOLD
  const told = failures.slice(0, MOST_TOLD).map(({message}) => message)
  throw new KadmError(
    'verify',
    [...told, ...(more > 0 ? [`the same for ${String(more)} more nodes`] : [])].join('; '),
    {
      evidence: [...new Set(evidence)].slice(0, MOST_TOLD).join('\n'),
      hint: first.hint,
      cause: first,
    },
  )
}

/** No answer, or one that says that the API server got none from the kubelet, is the kubelet's, as long as the API server answers others. */
async function named(error: KadmError, {node, nodeAddress}: Probe, {api, signal}: CheckContext): Promise<KadmError> {
  const isUnanswered = ['timeout', 'connect'].includes(error.code) || (error instanceof ApiError && error.status >= 500)
  if (!isUnanswered) return error
  const isUp = await api.getText('/readyz', {signal, timeoutMs: 3_000, retryForMs: 0}).then(
    () => true,
    () => false,
  )
  if (!isUp) return error
  const kubelet = nodeAddress === undefined ? `port ${String(PORTS.kubelet)}` : hostPort(nodeAddress, PORTS.kubelet)
  return new KadmError('verify', `the API server cannot reach the kubelet of ${node} (${kubelet})`, {
    evidence: error.message,
    hint: `check that the control plane can reach TCP port ${String(PORTS.kubelet)} of ${node} and that its kubelet runs: kadm doctor`,
    cause: error,
  })
}
