import {isUnreachable, KadmError} from '../../domain/errors.ts'
import {podsOfNode} from '../../kube/drain/drain.ts'
import {textAt} from '../../kube/json.ts'
import {apiPath} from '../../kube/kinds.ts'
import {nodeStatus} from '../../kube/nodes.ts'
import {waitFor, type Look} from '../../kube/wait.ts'
import {REBOOT, bootIdOf} from '../../remote/reboot.ts'
import type {Script} from '../../remote/shell/shell.ts'
import {notBack, podsBefore, type PodsBefore} from './pods-back.ts'
import {rebootStep, type OneReboot, type ReturnTimes, type RebootTarget} from './rolling-reboot.ts'

const INTERVAL_MS = 1000
const AT_ONCE = {retryForMs: 0} as const

/** Reboots one machine, by `how`, and waits until it is back in all its parts. */
export async function rebootOne(rolling: OneReboot, target: RebootTarget, how = REBOOT): Promise<ReturnTimes> {
  const {node, host} = target
  const pods = podsBefore(await podsOfNode(rolling.api, node, rolling.signal))
  const bootId = await bootIdOf(host, {signal: rolling.signal})
  await rebootStep(rolling, node, {name: 'reboot', title: 'Reboot'}, () => askForReboot(rolling, target, how))
  const started = rolling.clock.now()
  return rebootStep(rolling, node, {name: 'return', title: 'Wait until it is back'}, async progress => {
    const way: Way = {rolling, target, started, progress}
    const since = (): number => rolling.clock.now() - started
    const newId = await waitOn(way, SSH, () => bootedAgain(target, bootId))
    const sshMs = since()
    progress(`ssh answers after ${seconds(sshMs)}`)
    await waitOn(way, READY, () => nodeReady(way, newId))
    const readyMs = since()
    progress(`Ready after ${seconds(readyMs)}`)
    await waitOn(way, PODS, () => podsRun(way, pods))
    return {sshMs, readyMs, podsMs: since()}
  })
}

interface Way {
  readonly rolling: OneReboot
  readonly target: RebootTarget
  readonly started: number
  readonly progress: (message: string) => void
}

/** systemd continues the reboot after the connection ends, which may happen before the answer arrives. */
async function askForReboot({signal}: OneReboot, {host}: RebootTarget, how: Script): Promise<void> {
  try {
    await host.read(how.text, {signal, timeoutMs: 60_000})
  } catch (error) {
    if (!isUnreachable(error)) throw error
  }
}

interface Stage {
  readonly what: string
  readonly hint: string
  /** The host can be asked why. */
  readonly hasHost: boolean
}

const SSH: Stage = {
  what: 'ssh after a new boot',
  hint: 'check the console of the machine; when it is up again, run the same command again',
  hasHost: false,
}
const READY: Stage = {
  what: 'the node to be Ready again',
  hint: "run 'kadm doctor' to see why",
  hasHost: true,
}
const PODS: Stage = {
  what: 'the pods of the node to run again',
  hint: "check the pods above with 'kubectl describe pod'",
  hasHost: true,
}

/**
 * All waits for one reboot share its time limit. While a machine or the API is down, something that is missing
 * does not count as a failure.
 */
async function waitOn<T>(way: Way, stage: Stage, look: () => Promise<Look<T>>): Promise<T> {
  const {rolling, target, started, progress} = way
  const {clock, signal, timeoutMs} = rolling
  let last = 'nothing yet'
  const onSeen = (seen: string): void => {
    last = seen
    progress(`waiting for ${stage.what}: ${seen}`)
  }
  try {
    const deadlineMs = Math.max(0, started + timeoutMs - clock.now())
    const options = {what: stage.what, deadlineMs, intervalMs: INTERVAL_MS, clock, signal, onSeen}
    return await waitFor(options, () => tolerant(look))
  } catch (error) {
    if (!(error instanceof KadmError) || error.code !== 'timeout') throw error
    const message = `${target.node} is not back ${seconds(timeoutMs)} after its reboot: waited for ${stage.what}; last seen: ${last}`
    const late = new KadmError('timeout', message, {host: target.node, hint: stage.hint, cause: error})
    throw stage.hasHost ? await rolling.explain(target.host, late) : late
  }
}

async function tolerant<T>(look: () => Promise<Look<T>>): Promise<Look<T>> {
  try {
    return await look()
  } catch (error) {
    if (!(error instanceof KadmError) || error.code === 'cancelled') throw error
    return {seen: error.message.split('\n')[0] ?? ''}
  }
}

async function bootedAgain({host, addresses}: RebootTarget, before: string): Promise<Look<string>> {
  await host.renew?.(addresses)
  const id = await bootIdOf(host, {timeoutMs: 15_000})
  return id === '' || id === before ? {seen: 'the machine has not shut down yet'} : {value: id}
}

/** The API continues to call a node Ready for a while after it went down; the boot id it reports says whether it means this boot. */
async function nodeReady({rolling, target}: Way, bootId: string): Promise<Look<true>> {
  const found = await rolling.api.get(apiPath.nodes(target.node), {...AT_ONCE, signal: rolling.signal})
  if (found === undefined) return {seen: 'the node does not exist in the cluster'}
  if (textAt(found, 'status', 'nodeInfo', 'bootID') !== bootId) return {seen: 'its kubelet has not reported yet'}
  const {ready, reason} = nodeStatus(found)
  return ready ? {value: true} : {seen: reason ?? 'not ready'}
}

async function podsRun({rolling, target}: Way, before: PodsBefore): Promise<Look<true>> {
  const seen = notBack(before, await podsOfNode(rolling.api, target.node, rolling.signal))
  return seen === undefined ? {value: true} : {seen}
}

const seconds = (ms: number): string => `${String(Math.round(ms / 1000))} s`
