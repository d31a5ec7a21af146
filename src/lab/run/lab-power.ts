import {changeLab} from './lab-script.ts'
import type {LabState, MachineState} from '../state/lab-state.ts'
import {findMachine} from './lab.ts'
import {bootMachine, rebootMachine, stopMachine, wipeMachine} from '../state/machine.ts'

/** One machine of a lab, or several that are done at the same time. */
export type Which = string | readonly string[]

/** What a machine may take to end its services when it is asked to. */
const POWER_OFF_MS = 90_000

/** Boots machines again and waits until they take a login. */
export const labReboot = (lab: string, which: Which, signal?: AbortSignal): Promise<void> =>
  forEach(lab, which, signal, (state, machine) => rebootMachine(state, machine, signal))

/** Powers machines off as their init does it; their disks stay. */
export const labPowerOff = (lab: string, which: Which): Promise<void> =>
  forEach(lab, which, undefined, (state, machine) => stopMachine(state, machine, POWER_OFF_MS))

/** Pulls the plug: nothing in the machine is asked or told; its disk stays as it is at that moment. */
export const labKill = (lab: string, which: Which): Promise<void> =>
  forEach(lab, which, undefined, (state, machine) => stopMachine(state, machine, 0))

/** Boots machines that are off and waits until they take a login. */
export const labPowerOn = (lab: string, which: Which, signal?: AbortSignal): Promise<void> =>
  forEach(lab, which, signal, (state, machine) => bootMachine(state, machine, signal))

/** Puts machines back to their first boot: a pristine disk, a new machine-id, the same address and ssh host key. */
export const labFresh = (lab: string, which: Which, signal?: AbortSignal): Promise<void> =>
  forEach(lab, which, signal, async (state, machine) => {
    await wipeMachine(state, machine)
    await bootMachine(state, machine, signal)
  })

async function forEach(
  lab: string,
  which: Which,
  signal: AbortSignal | undefined,
  work: (state: LabState, machine: MachineState) => Promise<void>,
): Promise<void> {
  const names = typeof which === 'string' ? [which] : which
  const found = await Promise.all(names.map(name => findMachine(lab, name)))
  await changeLab(
    lab,
    async () => {
      const done = await Promise.allSettled(found.map(([state, machine]) => work(state, machine)))
      for (const result of done) if (result.status === 'rejected') throw result.reason
    },
    {signal},
  )
}
