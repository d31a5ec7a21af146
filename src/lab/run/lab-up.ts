import {writeFile} from 'node:fs/promises'
import {basename, join} from 'node:path'
import {KadmError} from '../../domain/errors.ts'
import {DEFAULT_VERSION} from '../../domain/releases.ts'
import {supportedVersion} from '../../domain/version.ts'
import {makeFolder} from '../../remote/local/local-files.ts'
import {cacheDir, exists} from '../image/cache.ts'
import type {BuildPlace} from '../image/go-build.ts'
import {makeKey} from '../state/keys.ts'
import {acceleration} from '../drivers/kvm.ts'
import {labBundleDirs, planBundle, type ArtifactSource} from '../image/lab-bundle.ts'
import {changeLab, labScript} from './lab-script.ts'
import * as paths from '../state/lab-state.ts'
import {checkName, readState, stateNames, writeState, type LabState, type MachineState} from '../state/lab-state.ts'
import {describe, type Lab} from './lab.ts'
import {withLock} from '../state/lock.ts'
import {bootMachine, isMachineOn, leaderOf} from '../state/machine.ts'
import {machineStates, type Driver, type VmOptions} from '../state/machine-states.ts'
import {makeNetwork} from '../network/network.ts'
import {mustRun} from '../drivers/program.ts'
import {tracker, type LabSink, type Step, type Tracker} from './progress.ts'
import {architecture, requireMachinePrograms, requireVmPrograms} from './requirements.ts'
import {DEFAULT_RELEASE, type DebianRelease} from '../image/debian-release.ts'
import {isRootMade, machineRoot} from '../image/rootfs.ts'
import {chooseSubnet, routedRanges} from '../network/subnet.ts'
import {isVmImageMade, vmImage} from '../image/vm-disk.ts'

export interface LabUpOptions {
  readonly name: string
  readonly machines: readonly string[]
  readonly kubernetesVersion?: string | undefined
  readonly signal?: AbortSignal | undefined
  readonly report?: LabSink | undefined
  /** `auto` when left out. */
  readonly source?: ArtifactSource | undefined
  /** Of the machines that are not there yet; nspawn when left out. */
  readonly driver?: Driver | undefined
  readonly vm?: VmOptions | undefined
  /** Of Debian, for containers; the first of `RELEASES` when left out. */
  readonly release?: DebianRelease | undefined
}

const DISK: Step = {name: 'disk', seconds: 65}
const VM_DISK: Step = {name: 'vm-disk', seconds: 80}
const BOOT: Step = {name: 'boot', seconds: 5}
const VM_BOOT: Step = {name: 'boot', seconds: 40}

/** Boots the machines of a lab and prepares what they are to run; what is there already is left as it is. */
export async function labUp(options: LabUpOptions): Promise<Lab> {
  checkName('lab', options.name)
  for (const machine of options.machines) checkName('machine', machine)
  const version = supportedVersion(options.kubernetesVersion ?? DEFAULT_VERSION)
  const place: BuildPlace = {cache: cacheDir(), architecture: await architecture(), signal: options.signal}
  const bundleDirs = labBundleDirs(place, version)
  const before = await readState(options.name)
  if (before !== undefined && (await isUp(before, options.machines, bundleDirs))) return describe(before)
  const report = options.report ?? (() => undefined)
  await requireMachinePrograms(report, options.signal)
  if (options.driver === 'qemu') await requireVmPrograms(report, options.signal)
  const onWait = (pid: number): void =>
    report({type: 'note', message: `waiting for process ${String(pid)}`, at: Date.now()})
  return changeLab(
    options.name,
    async () => {
      const bundle = await planBundle(place, version, report, options.source)
      const steps = await bootSteps(place, options)
      const tracked = tracker([...bundle.steps, ...steps], report)
      const [state, bundleDir] = await both(
        options.signal,
        signal => bootAll({...place, signal}, {...options, report}, version.text, tracked),
        signal => bundle.carryOut(tracked, signal),
      )
      const complete: LabState = {...state, bundleDir}
      await writeState(complete)
      return describe(complete)
    },
    {signal: options.signal, onWait},
  )
}

/** Both; when one fails the other is stopped, and no work continues after the error. */
async function both<A, B>(
  signal: AbortSignal | undefined,
  first: (signal: AbortSignal) => Promise<A>,
  second: (signal: AbortSignal) => Promise<B>,
): Promise<readonly [A, B]> {
  const stop = new AbortController()
  const signals = AbortSignal.any([stop.signal, ...(signal === undefined ? [] : [signal])])
  const failures: unknown[] = []
  const watched = async <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      failures.push(error)
      stop.abort()
      throw error
    })
  const works = [watched(first(signals)), watched(second(signals))] as const
  await Promise.allSettled(works)
  if (failures.length > 0) throw failures[0]
  return Promise.all(works)
}

async function isUp(state: LabState, machines: readonly string[], bundleDirs: readonly string[]): Promise<boolean> {
  const {bundleDir} = state
  if (bundleDir === undefined || !bundleDirs.includes(bundleDir) || !(await exists(bundleDir))) return false
  const known = state.machines.filter(machine => machines.includes(machine.name))
  const up = await Promise.all(
    known.map(async machine => (await isMachineOn(state, machine)) && (await leaderOf(state, machine)) !== undefined),
  )
  return known.length === machines.length && !up.includes(false)
}

async function bootSteps(
  place: BuildPlace,
  {driver, release = DEFAULT_RELEASE}: LabUpOptions,
): Promise<readonly Step[]> {
  if (driver === 'qemu') return [...((await isVmImageMade(place, release)) ? [] : [VM_DISK]), VM_BOOT]
  return [...((await isRootMade(place, release)) ? [] : [DISK]), BOOT]
}

async function bootAll(
  place: BuildPlace,
  options: LabUpOptions & {readonly report: LabSink},
  version: string,
  tracked: Tracker,
): Promise<LabState> {
  const release = options.release ?? DEFAULT_RELEASE
  const rootfs = options.driver === 'qemu' ? '' : await prepareRoot(place, release, tracked)
  if (options.driver === 'qemu') await prepareVms(place, release, {tracked, report: options.report})
  const state = await withLock(join(paths.labsDir(), '.subnet.lock'), () => plan(options, rootfs, version), place)
  await labScript(state.name, `creating the network of lab ${state.name}`, makeNetwork(state))
  const wanted = state.machines.filter(machine => options.machines.includes(machine.name))
  const boot = options.driver === 'qemu' ? VM_BOOT : BOOT
  const note = (message: string): void => options.report({type: 'note', message, at: Date.now()})
  await tracked.step(boot, `boot ${wanted.map(machine => machine.name).join(', ')}`, () =>
    Promise.all(wanted.map(machine => bootMachine(state, machine, place.signal, note))),
  )
  return state
}

const prepareRoot = async (place: BuildPlace, release: DebianRelease, tracked: Tracker): Promise<string> =>
  (await isRootMade(place, release))
    ? machineRoot(place, release)
    : tracked.step(DISK, 'create the disk of the machines', () => machineRoot(place, release))

async function prepareVms(
  place: BuildPlace,
  release: DebianRelease,
  {tracked, report}: {readonly tracked: Tracker; readonly report: LabSink},
): Promise<void> {
  const image = (await isVmImageMade(place, release))
    ? await vmImage(place, release)
    : await tracked.step(VM_DISK, 'create the disk of VMs', () => vmImage(place, release))
  await acceleration(place, image, report)
}

/** Chooses what the lab lacks and writes it down before anything of it is made. */
async function plan(options: LabUpOptions, rootfs: string, version: string): Promise<LabState> {
  const {name} = options
  await makeFolder(paths.labDir(name), 0o700)
  await makeKey(paths.keyFile(name), `kadm lab ${name}`)
  const before = await readState(name)
  if (before !== undefined) refuseOtherVms(before, options)
  const tag = paths.labTag(name)
  const subnet = before?.subnet ?? (await freeSubnet())
  const machines = await machineStates({lab: name, tag, subnet}, before?.machines ?? [], {
    names: options.machines,
    driver: options.driver ?? 'nspawn',
    vm: {...options.vm, release: options.release},
  })
  const state: LabState = {
    name,
    tag,
    subnet,
    rootfs: before !== undefined && (await exists(before.rootfs)) ? sameRelease(before, options) : rootfs,
    kubernetesVersion: version,
    bundleDir: undefined,
    machines,
  }
  await writeState(state)
  await writeFile(paths.knownHostsFile(name), machines.map(one => `${one.address} ${one.hostKeyLine}\n`).join(''))
  return state
}

/** All containers of a lab have the same disk below their own. */
function sameRelease({name, rootfs}: LabState, {driver, release}: LabUpOptions): string {
  if (release === undefined || driver === 'qemu' || basename(rootfs).startsWith(`${release}-`)) return rootfs
  throw otherRelease(name, release)
}

function refuseOtherVms({name, machines}: LabState, {release, machines: wanted}: LabUpOptions): void {
  const isOther = (one: MachineState): boolean =>
    one.driver === 'qemu' && wanted.includes(one.name) && (one.vm.release ?? DEFAULT_RELEASE) !== release
  if (release !== undefined && machines.some(isOther)) throw otherRelease(name, release)
}

const otherRelease = (lab: string, release: DebianRelease): KadmError =>
  new KadmError('usage', `the machines of lab ${lab} run another release than ${release}`, {
    hint: `delete them first: kadm lab down ${lab}`,
  })

async function freeSubnet(): Promise<string> {
  const routes = await mustRun('reading the routes of this machine', 'ip', ['-4', 'route', 'show', 'table', 'all'])
  const others = await Promise.all((await stateNames()).map(readState))
  const subnet = chooseSubnet([...routedRanges(routes), ...others.flatMap(state => state?.subnet ?? [])])
  if (subnet !== undefined) return subnet
  throw new KadmError('preflight', 'no private /24 is free for the lab on this machine', {
    hint: "check 'ip route': existing routes cover all of 10.77.0.0/16 and 192.168.0.0/16",
  })
}
