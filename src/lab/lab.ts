import {mkdir, readFile, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {DEFAULT_VERSION} from '../domain/releases.ts'
import {supportedVersion} from '../domain/version.ts'
import {KadmError} from '../domain/errors.ts'
import {type BuildPlace} from './go-build.ts'
import {cacheDir, exists} from './cache.ts'
import {planCgroups} from './cgroups.ts'
import {labBundle} from './lab-bundle.ts'
import {makeHostKey, makeKey} from './keys.ts'
import * as paths from './lab-state.ts'
import {checkName, readState, stateNames, writeState, type LabState, type MachineState} from './lab-state.ts'
import {withLock} from './lock.ts'
import {leaderOf, startMachine, stopMachine, supervisorOf, wipeMachine} from './machine.ts'
import {makeNetwork, removeNetwork} from './network.ts'
import {asRoot} from './privileged.ts'
import {mustRun} from './program.ts'
import type {LabSink} from './progress.ts'
import {waitForLogin, type Door} from './ready.ts'
import {LOGIN_USER, machineRoot} from './rootfs.ts'
import {architecture, requireMachinePrograms} from './requirements.ts'
import {addressIn, chooseSubnet, routedRanges} from './subnet.ts'
import {sh} from '../remote/shell.ts'

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
  /** Of the machine's PID 1 as seen from outside; undefined while it is down. */
  readonly leader: number | undefined
}

export interface LabUpOptions {
  readonly name: string
  readonly machines: readonly string[]
  readonly kubernetesVersion?: string
  readonly signal?: AbortSignal
  readonly report?: LabSink
}

const LOGIN_MS = 90_000
const FIRST_ADDRESS = 11
/** On the way to being thrown away a machine gets this long to end by itself. */
const DOWN_GRACE_MS = 3_000
const POWER_OFF_MS = 90_000

/** Boots the machines of a lab and prepares what they are to run; what is there already is left as it is. */
export async function labUp(options: LabUpOptions): Promise<Lab> {
  checkName('lab', options.name)
  for (const machine of options.machines) checkName('machine', machine)
  const version = supportedVersion(options.kubernetesVersion ?? DEFAULT_VERSION)
  const running = await readState(options.name)
  if (running !== undefined && (await isUp(running, options.machines, version.text))) return describe(running)
  const report = options.report ?? (() => undefined)
  await requireMachinePrograms(report, options.signal)
  const place: BuildPlace = {cache: cacheDir(), architecture: await architecture(), signal: options.signal}
  return withLock(lockFile(options.name), async () => {
    const booted = bootAll(place, options, version.text)
    const bundle = labBundle(place, version, report)
    const [state, bundleDir] = await bothOrNeither(booted, bundle)
    const complete: LabState = {...state, bundleDir}
    await writeState(complete)
    return describe(complete)
  }, {signal: options.signal})
}

/** Both, or the first failure once both have ended: nothing goes on behind an error. */
async function bothOrNeither<A, B>(first: Promise<A>, second: Promise<B>): Promise<readonly [A, B]> {
  await Promise.allSettled([first, second])
  return [await first, await second]
}

async function isUp(state: LabState, machines: readonly string[], version: string): Promise<boolean> {
  if (state.kubernetesVersion !== version || state.bundleDir === undefined || !(await exists(state.bundleDir))) return false
  const known = state.machines.filter(machine => machines.includes(machine.name))
  const leaders = await Promise.all(known.map(machine => leaderOf(state.name, machine.name)))
  return known.length === machines.length && leaders.every(leader => leader !== undefined)
}

async function bootAll(place: BuildPlace, options: LabUpOptions, version: string): Promise<LabState> {
  const rootfs = await machineRoot(place)
  const state = await withLock(join(paths.labsDir(), '.subnet.lock'), () => plan(options, rootfs, version), place)
  await asRoot(`making the network of lab ${state.name}`, makeNetwork(state))
  const wanted = state.machines.filter(machine => options.machines.includes(machine.name))
  await Promise.all(wanted.map(machine => boot(state, machine, options.signal)))
  return state
}

/** Chooses what the lab lacks and writes it down before anything of it is made. */
async function plan(options: LabUpOptions, rootfs: string, version: string): Promise<LabState> {
  const {name} = options
  await mkdir(paths.labDir(name), {recursive: true, mode: 0o700})
  await makeKey(paths.keyFile(name), `kadm lab ${name}`)
  const before = await readState(name)
  const tag = paths.labTag(name)
  const subnet = before?.subnet ?? (await freeSubnet())
  const machines: MachineState[] = [...(before?.machines ?? [])]
  const facts = await cgroupFacts()
  for (const machine of options.machines.filter(wanted => !machines.some(one => one.name === wanted))) {
    const key = await makeHostKey(paths.machineDir(name, machine))
    machines.push({
      name: machine,
      address: addressIn(subnet, FIRST_ADDRESS + machines.length),
      hostKey: key.fingerprint,
      hostKeyLine: key.line,
      cgroups: planCgroups(facts, tag, machine),
    })
  }
  const state: LabState = {name, tag, subnet, rootfs, kubernetesVersion: version, bundleDir: undefined, machines}
  await writeState(state)
  await writeFile(paths.knownHostsFile(name), machines.map(one => `${one.address} ${one.hostKeyLine}\n`).join(''))
  return state
}

async function freeSubnet(): Promise<string> {
  const routes = await mustRun('reading the routes of this machine', 'ip', ['-4', 'route', 'show', 'table', 'all'])
  const others = await Promise.all((await stateNames()).map(readState))
  const subnet = chooseSubnet([...routedRanges(routes), ...others.flatMap(state => state?.subnet ?? [])])
  if (subnet !== undefined) return subnet
  throw new KadmError('preflight', 'no private /24 is free for the lab on this machine', {
    hint: "look at 'ip route'; something routes all of 10.77.0.0/16 and 192.168.0.0/16",
  })
}

const cgroupFacts = async (): Promise<Parameters<typeof planCgroups>[0]> => ({
  mountinfo: await readFile('/proc/self/mountinfo', 'utf8'),
  selfCgroup: await readFile('/proc/self/cgroup', 'utf8'),
  systemd: await exists('/run/systemd/system'),
})

async function boot(state: LabState, machine: MachineState, signal: AbortSignal | undefined): Promise<void> {
  await startMachine(state, machine)
  await waitForLogin(door(state, machine), LOGIN_MS, signal)
}

const door = (state: LabState, machine: MachineState): Door => ({
  name: machine.name,
  address: machine.address,
  keyFile: paths.keyFile(state.name),
  knownHostsFile: paths.knownHostsFile(state.name),
})

/** Powers the lab's machines off and removes everything that was made for it; what is not there any more is no error. */
export async function labDown(name: string): Promise<void> {
  checkName('lab', name)
  if (!(await exists(paths.labDir(name)))) return
  await withLock(lockFile(name), async () => {
    const state = await readState(name)
    if (state !== undefined) {
      await Promise.all(state.machines.map(machine => stopMachine(state, machine, DOWN_GRACE_MS)))
      await asRoot(`removing the network of lab ${name}`, removeNetwork(state))
    }
    await asRoot(`removing the files of lab ${name}`, sh`rm -rf --one-file-system ${paths.labDir(name)}`)
  })
  await rm(lockFile(name), {force: true})
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

async function describe(state: LabState): Promise<Lab> {
  const machines = state.machines.map(async (machine): Promise<LabMachine> => ({
    name: machine.name,
    address: machine.address,
    user: LOGIN_USER,
    keyFile: paths.keyFile(state.name),
    hostKey: machine.hostKey,
    leader: (await leaderOf(state.name, machine.name))?.pid,
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

const lockFile = (name: string): string => join(paths.labsDir(), `.${name}.lock`)
