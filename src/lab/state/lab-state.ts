import {createHash} from 'node:crypto'
import {readdir, readFile, rename, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {KadmError} from '../../domain/errors.ts'
import {stateDir} from '../image/cache.ts'
import type {DebianRelease} from '../image/debian-release.ts'
import type {CgroupPlan} from '../drivers/cgroups.ts'

/** What is written down before anything is made, so that whatever a run leaves behind can be found and removed. */
export interface LabState {
  readonly name: string
  /** Interface, unit and group names begin with it; no two labs of one machine share it. */
  readonly tag: string
  readonly subnet: string
  readonly rootfs: string
  readonly kubernetesVersion: string
  /** Undefined until the artifacts are ready. */
  readonly bundleDir: string | undefined
  readonly machines: readonly MachineState[]
}

export type MachineState = NspawnState | VmState

interface AnyMachine {
  readonly name: string
  readonly address: string
  /** `SHA256:…` and the public key line of its ssh host key. */
  readonly hostKey: string
  readonly hostKeyLine: string
}

/** A container with an init of its own. */
export interface NspawnState extends AnyMachine {
  /** Not written down by labs from before there were VMs. */
  readonly driver?: 'nspawn'
  readonly cgroups: CgroupPlan
}

/** A virtual machine. */
export interface VmState extends AnyMachine {
  readonly driver: 'qemu'
  readonly vm: VmShape
}

/** What a VM is made of. */
export interface VmShape {
  /** Not written down by labs from before there was more than one. */
  readonly release?: DebianRelease | undefined
  readonly cpus: number
  readonly memoryMib: number
  /** One card in the lab's network, or two as VirtualBox gives them: NAT with 10.0.2.15 on every machine, and host-only. */
  readonly cards: Cards
  /** Of its board, which a copied machine shares with the first. */
  readonly productUuid: string
  readonly machineId: string
  /** Its name on its disk: a copy calls itself like the machine it was made from. */
  readonly hostname: string
  /** Last byte of the MAC addresses of its cards. */
  readonly macs: {readonly nat: number; readonly lab: number}
}

export type Cards = 'lab' | 'virtualbox'

export const labsDir = (): string => join(stateDir(), 'labs')
export const labDir = (name: string): string => join(labsDir(), name)
export const machineDir = (lab: string, machine: string): string => join(labDir(lab), 'machines', machine)
/** Where a machine's console is written, whatever drives it. */
export const consoleFile = (dir: string): string => join(dir, 'console.log')
export const lockFile = (lab: string): string => join(labsDir(), `.${lab}.lock`)
export const scriptLockFile = (lab: string): string => join(labsDir(), `.${lab}.scripts.lock`)
export const keyFile = (lab: string): string => join(labDir(lab), 'id_ed25519')
export const knownHostsFile = (lab: string): string => join(labDir(lab), 'known_hosts')

/** `kadm-` and eight letters: fits an interface's fifteen with one to spare. */
export const labTag = (name: string): string =>
  `kadm-${createHash('sha256').update(labDir(name)).digest('hex').slice(0, 8)}`

/** Refuses names that would not do as a folder, a hostname or part of a unit's name. */
export function checkName(kind: 'lab' | 'machine', name: string): void {
  if (/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/.test(name)) return
  throw new KadmError('usage', `'${name}' is not a valid ${kind} name`, {
    hint: 'use up to 40 lower-case letters, digits and inner dashes',
  })
}

export async function readState(name: string): Promise<LabState | undefined> {
  const text = await readFile(join(labDir(name), 'lab.json'), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const state: unknown = JSON.parse(text)
  return isState(state) ? state : undefined
}

export async function writeState(state: LabState): Promise<void> {
  const path = join(labDir(state.name), 'lab.json')
  await writeFile(`${path}.new`, `${JSON.stringify(state, undefined, 2)}\n`)
  await rename(`${path}.new`, path)
}

export async function stateNames(): Promise<readonly string[]> {
  const entries = await readdir(labsDir(), {withFileTypes: true}).catch(() => [])
  return entries.filter(entry => entry.isDirectory() && !entry.name.startsWith('.')).map(entry => entry.name)
}

/** Only kadm writes this file, in one rename: its shape is not doubted, only its age. */
function isState(value: unknown): value is LabState {
  return typeof value === 'object' && value !== null && 'tag' in value && 'machines' in value && 'subnet' in value
}
