import {copyFile, mkdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {KadmError} from '../../domain/errors.ts'
import {exists} from '../image/cache.ts'
import type {DebianRelease} from '../image/debian-release.ts'
import {planCgroups, type CgroupFacts} from '../drivers/cgroups.ts'
import {hostKeyFile, makeHostKey} from './keys.ts'
import {machineDir, type Cards, type MachineState, type VmShape} from './lab-state.ts'
import {addressIn} from '../network/subnet.ts'

/** What a lab's machines are made with. */
export type Driver = 'nspawn' | 'qemu'

export interface VmSize {
  readonly cpus?: number | undefined
  readonly memoryMib?: number | undefined
}

/** How VMs are built; for the driver `qemu` only. */
export interface VmOptions extends VmSize {
  readonly release?: DebianRelease | undefined
  /** Of machines that are not like the rest, by name. */
  readonly sizes?: Readonly<Record<string, VmSize>> | undefined
  readonly cards?: Cards | undefined
  /** Machines that are copies of another, by its name: the same ids, host key, hostname, and MAC address of the first card. */
  readonly copies?: Readonly<Record<string, string>> | undefined
}

export interface MachinePlace {
  readonly lab: string
  readonly tag: string
  readonly subnet: string
}

interface Wanted {
  readonly names: readonly string[]
  /** Of those that are new. */
  readonly driver: Driver
  readonly vm: VmOptions
}

const FIRST_ADDRESS = 11
const CPUS = 2
/** What kubeadm asks of a control plane is 1700 MB; the rest is for what runs in it. */
const MEMORY_MIB = 3072

/** What is written down of machines a lab does not have yet, each with the next free address. */
export async function machineStates(
  place: MachinePlace,
  known: readonly MachineState[],
  {names, driver, vm}: Wanted,
): Promise<readonly MachineState[]> {
  const machines: MachineState[] = [...known]
  const facts = await cgroupFacts()
  for (const name of names.filter(wanted => !known.some(one => one.name === wanted))) {
    const number = FIRST_ADDRESS + machines.length
    const original = vm.copies?.[name]
    if (original !== undefined) await copyHostKey(place.lab, original, name)
    const key = await makeHostKey(machineDir(place.lab, name))
    const any = {name, address: addressIn(place.subnet, number), hostKey: key.fingerprint, hostKeyLine: key.line}
    machines.push(
      driver === 'nspawn'
        ? {...any, driver, cgroups: planCgroups(facts, place.tag, name)}
        : {
            ...any,
            driver,
            vm: shapeOf(name, number, vm, original === undefined ? undefined : find(machines, original)),
          },
    )
  }
  return machines
}

function shapeOf(name: string, number: number, options: VmOptions, original: VmShape | undefined): VmShape {
  return {
    release: options.release,
    cpus: options.sizes?.[name]?.cpus ?? options.cpus ?? CPUS,
    memoryMib: options.sizes?.[name]?.memoryMib ?? options.memoryMib ?? MEMORY_MIB,
    cards: options.cards ?? 'lab',
    productUuid: original?.productUuid ?? crypto.randomUUID(),
    machineId: original?.machineId ?? crypto.randomUUID().replaceAll('-', ''),
    hostname: original?.hostname ?? name,
    macs: {nat: original?.macs.nat ?? number, lab: number},
  }
}

function find(machines: readonly MachineState[], name: string): VmShape {
  const found = machines.find(machine => machine.name === name)
  if (found?.driver === 'qemu') return found.vm
  throw new KadmError('usage', `cannot copy VM '${name}': it does not exist`, {
    hint: 'list the original before its copies',
  })
}

async function copyHostKey(lab: string, from: string, to: string): Promise<void> {
  const [source, target] = [hostKeyFile(machineDir(lab, from)), hostKeyFile(machineDir(lab, to))]
  if (!(await exists(source))) return
  await mkdir(join(target, '..'), {recursive: true})
  await copyFile(source, target)
  await copyFile(`${source}.pub`, `${target}.pub`)
}

const cgroupFacts = async (): Promise<CgroupFacts> => ({
  mountinfo: await readFile('/proc/self/mountinfo', 'utf8'),
  selfCgroup: await readFile('/proc/self/cgroup', 'utf8'),
  systemd: await exists('/run/systemd/system'),
})
