import {isUnreachable, KadmError} from '../../domain/errors.ts'
import {podsOfNode} from '../../kube/drain.ts'
import {textAt} from '../../kube/json.ts'
import {PATHS} from '../../kube/kinds.ts'
import {nodeStatus} from '../../kube/nodes.ts'
import {waitFor, type Look} from '../../kube/wait.ts'
import {BOOT_AGAIN, bootIdOf} from '../../remote/reboot.ts'
import {notBack, podsBefore, type PodsBefore} from './pods-back.ts'
import {leg, type ReturnTimes, type Traveller, type Trip} from './trip.ts'

const INTERVAL_MS = 1000
const AT_ONCE = {retryForMs: 0} as const

/** Reboots one machine and waits until it is back in all its parts. */
export async function rebootOne(trip: Trip, traveller: Traveller): Promise<ReturnTimes> {
  const {node, host} = traveller
  const pods = podsBefore(await podsOfNode(trip.api, node, trip.signal))
  const bootId = await bootIdOf(host, {signal: trip.signal})
  await leg(trip, node, {name: 'reboot', title: 'Reboot'}, () => askForReboot(trip, traveller))
  const started = trip.clock.now()
  return leg(trip, node, {name: 'return', title: 'Wait until it is back'}, async progress => {
    const way: Way = {trip, traveller, started, progress}
    const since = (): number => trip.clock.now() - started
    const newId = await waitOn(way, SSH, () => bootedAgain(traveller, bootId))
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
  readonly trip: Trip
  readonly traveller: Traveller
  readonly started: number
  readonly progress: (message: string) => void
}

/** systemd goes on with it when the connection is gone, which may be before it was heard. */
async function askForReboot({signal}: Trip, {host}: Traveller): Promise<void> {
  try {
    await host.read(BOOT_AGAIN.text, {signal, timeoutMs: 60_000})
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
  hint: 'look at the console of the machine; when it is up again run the same command again',
  hasHost: false,
}
const READY: Stage = {
  what: 'the node to be Ready again',
  hint: 'ask the machine: kadm doctor',
  hasHost: true,
}
const PODS: Stage = {
  what: 'the pods of the node to run again',
  hint: 'look at what is named: kubectl describe pod',
  hasHost: true,
}

/** All waits of one return share its bound. What is not there yet while a machine or the API is away is no failure. */
async function waitOn<T>(way: Way, stage: Stage, look: () => Promise<Look<T>>): Promise<T> {
  const {trip, traveller, started, progress} = way
  const {clock, signal, timeoutMs} = trip
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
    const message = `${traveller.node} is not back ${seconds(timeoutMs)} after its reboot: waited for ${stage.what}; last seen: ${last}`
    const late = new KadmError('timeout', message, {host: traveller.node, hint: stage.hint, cause: error})
    throw stage.hasHost ? await trip.explain(traveller.host, late) : late
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

async function bootedAgain({host, addresses}: Traveller, before: string): Promise<Look<string>> {
  await host.renew?.(addresses)
  const id = await bootIdOf(host, {timeoutMs: 15_000})
  return id === '' || id === before ? {seen: 'it has not gone down yet'} : {value: id}
}

/** The API goes on calling a node Ready for a while that is down; the boot id it reports says whether it means this boot. */
async function nodeReady({trip, traveller}: Way, bootId: string): Promise<Look<true>> {
  const found = await trip.api.get(PATHS.nodes(traveller.node), {...AT_ONCE, signal: trip.signal})
  if (found === undefined) return {seen: 'the cluster has no such node'}
  if (textAt(found, 'status', 'nodeInfo', 'bootID') !== bootId) return {seen: 'its kubelet has not reported yet'}
  const {ready, reason} = nodeStatus(found)
  return ready ? {value: true} : {seen: reason ?? 'not ready'}
}

async function podsRun({trip, traveller}: Way, before: PodsBefore): Promise<Look<true>> {
  const seen = notBack(before, await podsOfNode(trip.api, traveller.node, trip.signal))
  return seen === undefined ? {value: true} : {seen}
}

const seconds = (ms: number): string => `${String(Math.round(ms / 1000))} s`
