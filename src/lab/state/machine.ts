import type {MachineDriver} from '../drivers/driver.ts'
import {consoleFile, keyFile, knownHostsFile, machineDir, type LabState, type MachineState} from './lab-state.ts'
import {nspawnDriver} from '../drivers/nspawn.ts'
import type {ProcessIdentity} from '../drivers/process-identity.ts'
import {startUntilLogin, waitForLogin, type Door} from '../run/ready.ts'
import {vmDriver} from '../drivers/vm.ts'

/** One machine with the driver that fits it. */
interface Driven {
  readonly loginMs: number
  readonly isOn: () => Promise<boolean>
  readonly leader: () => Promise<ProcessIdentity | undefined>
  readonly start: () => Promise<void>
  readonly stop: (graceMs: number) => Promise<void>
  readonly reboot: (signal?: AbortSignal) => Promise<void>
  readonly wipe: () => Promise<void>
}

const bind = <M extends MachineState>(driver: MachineDriver<M>, lab: LabState, machine: M): Driven => ({
  loginMs: driver.loginMs,
  isOn: () => driver.isOn(lab.name, machine.name),
  leader: () => driver.leaderOf(lab.name, machine.name),
  start: () => driver.start(lab, machine),
  stop: graceMs => driver.stop(lab, machine, graceMs),
  reboot: signal => driver.reboot(lab, machine, signal),
  wipe: () => driver.wipe(lab, machine),
})

const driven = (lab: LabState, machine: MachineState): Driven =>
  machine.driver === 'qemu' ? bind(vmDriver, lab, machine) : bind(nspawnDriver, lab, machine)

/** Whether a machine is on, or will be in a moment. */
export const isMachineOn = async (lab: LabState, machine: MachineState): Promise<boolean> => driven(lab, machine).isOn()

/** The process on this system that is the machine: its PID 1, or the VM; undefined while it is down or just coming up. */
export const leaderOf = async (lab: LabState, machine: MachineState): Promise<ProcessIdentity | undefined> =>
  driven(lab, machine).leader()

/** Boots a machine and waits until it takes a login; a disk that is not there yet is made pristine. */
export async function bootMachine(
  lab: LabState,
  machine: MachineState,
  signal?: AbortSignal,
  note: (message: string) => void = () => undefined,
): Promise<void> {
  const {start} = driven(lab, machine)
  const wait = (): Promise<void> => waitForMachine(lab, machine, signal)
  if (machine.driver === 'qemu') return startUntilLogin(start, wait, note)
  await start()
  await wait()
}

/** Waits until a machine that was started takes a login. */
export async function waitForMachine(lab: LabState, machine: MachineState, signal?: AbortSignal): Promise<void> {
  const door: Door = {
    name: machine.name,
    address: machine.address,
    keyFile: keyFile(lab.name),
    knownHostsFile: knownHostsFile(lab.name),
    consoleFile: consoleFile(machineDir(lab.name, machine.name)),
    isAlive: () => isMachineOn(lab, machine),
  }
  await waitForLogin(door, driven(lab, machine).loginMs, signal)
}

/** Ends a machine: asks its init first when `graceMs` allows, then pulls the plug. */
export const stopMachine = async (lab: LabState, machine: MachineState, graceMs: number): Promise<void> =>
  driven(lab, machine).stop(graceMs)

/** Boots a machine again, as `reboot` inside would, and waits until it takes a login. */
export async function rebootMachine(lab: LabState, machine: MachineState, signal?: AbortSignal): Promise<void> {
  await driven(lab, machine).reboot(signal)
  await waitForMachine(lab, machine, signal)
}

/** Stops it at once and forgets its disk; its ssh host key stays the same. */
export async function wipeMachine(lab: LabState, machine: MachineState): Promise<void> {
  await driven(lab, machine).stop(0)
  await driven(lab, machine).wipe()
}
