import {setTimeout as sleep} from 'node:timers/promises'
import {KadmError} from '../domain/errors.ts'
import {findMachine} from './lab.ts'
import {bootMachine, leaderOf, rebootMachine, stopMachine, waitForMachine, wipeMachine} from './machine.ts'

/** What a machine may take to end its services when it is asked to. */
const POWER_OFF_MS = 90_000
const POLL_MS = 50

/** Boots a machine again and waits until it takes a login. */
export async function labReboot(lab: string, name: string, signal?: AbortSignal): Promise<void> {
  const [state, machine] = await findMachine(lab, name)
  const before = await leaderOf(lab, name)
  if (before === undefined) return bootMachine(state, machine, signal)
  await rebootMachine(state, machine)
  for (let waited = 0; (await leaderOf(lab, name))?.pid === before.pid; waited += POLL_MS) {
    if (waited > POWER_OFF_MS) throw new KadmError('timeout', `machine ${name} did not go down to reboot`, {host: name})
    await sleep(POLL_MS, undefined, {signal})
  }
  await waitForMachine(state, machine, signal)
}

/** Powers a machine off as its init does it; its disk stays. */
export async function labPowerOff(lab: string, name: string): Promise<void> {
  const [state, machine] = await findMachine(lab, name)
  await stopMachine(state, machine, POWER_OFF_MS)
}

/** Pulls the plug: nothing in the machine is asked or told; its disk stays as it is at that moment. */
export async function labKill(lab: string, name: string): Promise<void> {
  const [state, machine] = await findMachine(lab, name)
  await stopMachine(state, machine, 0)
}

/** Boots a machine that is off and waits until it takes a login. */
export async function labPowerOn(lab: string, name: string, signal?: AbortSignal): Promise<void> {
  const [state, machine] = await findMachine(lab, name)
  await bootMachine(state, machine, signal)
}

/** Puts a machine back to its first boot: a pristine disk, a new machine-id, the same address and ssh host key. */
export async function labFresh(lab: string, name: string, signal?: AbortSignal): Promise<void> {
  const [state, machine] = await findMachine(lab, name)
  await wipeMachine(state, machine)
  await bootMachine(state, machine, signal)
}
