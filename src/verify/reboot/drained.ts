import {KadmError} from '../../domain/errors.ts'
import {drain} from '../../kube/drain/drain.ts'
import {apiPath} from '../../kube/kinds.ts'
import {nodeStatus, uncordon, type Annotations} from '../../kube/nodes.ts'
import {rebootStep, type RollingReboot} from './rolling-reboot.ts'

/** Marks a node that a reboot has cordoned, so that a later run can undo what a killed one left. */
export const REBOOT_CORDON_MARK = 'kadm/reboot-cordoned'

/** Does the work with the node's pods moved away, and uncordons it afterwards, unless it was cordoned before. */
export async function whileDrained<T>(rolling: RollingReboot, node: string, work: () => Promise<T>): Promise<T> {
  const {api, signal, drains} = rolling
  if (!drains) return work()
  const found = await api.get(apiPath.nodes(node), {signal})
  if (found === undefined) throw new KadmError('verify', `the node ${node} does not exist in the cluster`)
  const isTheirs = !nodeStatus(found).schedulable
  const mark = isTheirs ? undefined : {[REBOOT_CORDON_MARK]: String(rolling.clock.now())}
  try {
    await rebootStep(rolling, node, {name: 'drain', title: 'Move its pods away'}, progress =>
      empty({rolling, node, mark, progress}),
    )
    return await work()
  } finally {
    if (!isTheirs) await letPodsOn(rolling, node)
  }
}

interface Emptying {
  readonly rolling: RollingReboot
  readonly node: string
  readonly mark: Annotations | undefined
  readonly progress: (message: string) => void
}

async function empty({rolling, node, mark, progress}: Emptying): Promise<void> {
  const {api, clock, signal, drainMs} = rolling
  try {
    // A pod without a controller starts again with its node; evicted it would be lost.
    const moved = await drain(api, node, {
      clock,
      signal,
      annotations: mark,
      deadlineMs: drainMs,
      lost: 'stay',
      onSeen: progress,
    })
    progress(`moved ${moved.length === 1 ? '1 pod' : `${String(moved.length)} pods`} away`)
  } catch (error) {
    if (!(error instanceof KadmError) || error.code !== 'timeout') throw error
    throw new KadmError('timeout', `kadm did not reboot ${node}: ${error.message}`, {
      host: node,
      cause: error,
      hint: 'scale up the workload of the PodDisruptionBudget or change the budget, then run the same command again; or reboot without a drain: --drain never',
    })
  }
}

/** Whatever happened: a cordon of ours must not stay. The API may be away, with the control plane that was rebooted. */
async function letPodsOn({api, emit, clock}: RollingReboot, node: string): Promise<void> {
  try {
    await uncordon(api, node, {retryForMs: 30_000, annotations: {[REBOOT_CORDON_MARK]: undefined}})
  } catch (error) {
    if (!(error instanceof KadmError)) throw error
    const message = `is still cordoned (${error.message}); when the API server answers again, run: kubectl uncordon ${node}`
    emit({type: 'warning', host: node, message, at: clock.now()})
  }
}
