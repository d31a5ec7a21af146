import {KadmError} from '../../domain/errors.ts'
import * as paths from '../state/lab-state.ts'
import {readState, stateNames, type LabState, type MachineState} from '../state/lab-state.ts'
import {leaderOf} from '../state/machine.ts'
import {LOGIN_USER} from '../image/rootfs.ts'

/** A lab as the rest of kadm sees it: hosts with an address and a key, like any other. */
export interface Lab {
  readonly name: string
  readonly dir: string
  readonly subnet: string
  readonly kubernetesVersion: string
  /** Undefined until its artifacts are ready. */
  readonly bundleDir: string | undefined
  readonly keyFile: string
  readonly knownHostsFile: string
  readonly machines: readonly LabMachine[]
}

export interface LabMachine {
  readonly name: string
  readonly address: string
  readonly user: string
  readonly keyFile: string
  /** `SHA256:…`, as ssh-keygen prints it. */
  readonly hostKey: string
  readonly driver: 'nspawn' | 'qemu'
  /** Of the machine's PID 1 as seen from outside, or of the VM; undefined while it is down. */
  readonly leader: number | undefined
}

/** Labs by name, running or not. */
export async function labList(): Promise<readonly Lab[]> {
  const states = await Promise.all((await stateNames()).map(readState))
  return Promise.all(states.filter(state => state !== undefined).map(describe))
}

/** The lab of this name, if there is one. */
export async function labGet(name: string): Promise<Lab | undefined> {
  const state = await readState(name)
  return state === undefined ? undefined : describe(state)
}

/** What is written down of a lab and one of its machines; refuses names that are not there. */
export async function findMachine(lab: string, machine: string): Promise<readonly [LabState, MachineState]> {
  const state = await readState(lab)
  if (state === undefined) {
    throw new KadmError('usage', `lab '${lab}' does not exist`, {
      hint: `labs: ${(await stateNames()).join(', ') || 'none'}`,
    })
  }
  const found = state.machines.find(one => one.name === machine)
  if (found !== undefined) return [state, found]
  throw new KadmError('usage', `lab '${lab}' does not have a machine '${machine}'`, {
    hint: `its machines: ${state.machines.map(one => one.name).join(', ')}`,
  })
}

/** The lab as its users see it. */
export async function describe(state: LabState): Promise<Lab> {
  const machines = state.machines.map(async (machine): Promise<LabMachine> => ({
    name: machine.name,
    address: machine.address,
    user: LOGIN_USER,
    keyFile: paths.keyFile(state.name),
    hostKey: machine.hostKey,
    driver: machine.driver ?? 'nspawn',
    leader: (await leaderOf(state, machine))?.pid,
  }))
  return {
    name: state.name,
    dir: paths.labDir(state.name),
    subnet: state.subnet,
    kubernetesVersion: state.kubernetesVersion,
    bundleDir: state.bundleDir,
    keyFile: paths.keyFile(state.name),
    knownHostsFile: paths.knownHostsFile(state.name),
    machines: await Promise.all(machines),
  }
}
