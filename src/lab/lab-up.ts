import {mkdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {KadmError} from '../domain/errors.ts'
import {DEFAULT_VERSION} from '../domain/releases.ts'
import {supportedVersion} from '../domain/version.ts'
import {cacheDir, exists} from './cache.ts'
import {planCgroups, type CgroupFacts} from './cgroups.ts'
import type {BuildPlace} from './go-build.ts'
import {makeHostKey, makeKey} from './keys.ts'
import {labBundleDirs, planBundle, type ArtifactSource} from './lab-bundle.ts'
import {changeLab, labScript} from './lab-script.ts'
import * as paths from './lab-state.ts'
import {checkName, readState, stateNames, writeState, type LabState, type MachineState} from './lab-state.ts'
import {describe, type Lab} from './lab.ts'
import {withLock} from './lock.ts'
import {bootMachine, isSupervised, leaderOf} from './machine.ts'
import {makeNetwork} from './network.ts'
import {mustRun} from './program.ts'
import {tracker, type LabSink, type Step, type Tracker} from './progress.ts'
import {architecture, requireMachinePrograms} from './requirements.ts'
import {isRootMade, machineRoot} from './rootfs.ts'
import {addressIn, chooseSubnet, routedRanges} from './subnet.ts'

export interface LabUpOptions {
  readonly name: string
  readonly machines: readonly string[]
  readonly kubernetesVersion?: string | undefined
  readonly signal?: AbortSignal | undefined
  readonly report?: LabSink | undefined
  /** `auto` when left out. */
  readonly source?: ArtifactSource | undefined
}

const FIRST_ADDRESS = 11
const DISK: Step = {name: 'disk', seconds: 65}
const BOOT: Step = {name: 'boot', seconds: 5}

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
  const onWait = (pid: number): void =>
    report({type: 'note', message: `waiting for process ${String(pid)}`, at: Date.now()})
  return changeLab(
    options.name,
    async () => {
      const bundle = await planBundle(place, version, report, options.source)
      const disk = (await isRootMade(place)) ? [] : [DISK]
      const tracked = tracker([...bundle.steps, ...disk, BOOT], report)
      const [state, bundleDir] = await both(
        options.signal,
        signal => bootAll({...place, signal}, options, version.text, tracked),
        signal => bundle.carryOut(tracked, signal),
      )
      const complete: LabState = {...state, bundleDir}
      await writeState(complete)
      return describe(complete)
    },
    {signal: options.signal, onWait},
  )
}

/** Both; when one fails the other is stopped, and nothing goes on behind the error. */
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
    known.map(
      async machine =>
        (await isSupervised(state.name, machine.name)) && (await leaderOf(state.name, machine.name)) !== undefined,
    ),
  )
  return known.length === machines.length && !up.includes(false)
}

async function bootAll(place: BuildPlace, options: LabUpOptions, version: string, tracked: Tracker): Promise<LabState> {
  const rootfs = (await isRootMade(place))
    ? await machineRoot(place)
    : await tracked.step(DISK, 'make the machines’ disk', () => machineRoot(place))
  const state = await withLock(join(paths.labsDir(), '.subnet.lock'), () => plan(options, rootfs, version), place)
  await labScript(state.name, `making the network of lab ${state.name}`, makeNetwork(state))
  const wanted = state.machines.filter(machine => options.machines.includes(machine.name))
  await tracked.step(BOOT, `boot ${wanted.map(machine => machine.name).join(', ')}`, () =>
    Promise.all(wanted.map(machine => bootMachine(state, machine, place.signal))),
  )
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
  const state: LabState = {
    name,
    tag,
    subnet,
    rootfs: before !== undefined && (await exists(before.rootfs)) ? before.rootfs : rootfs,
    kubernetesVersion: version,
    bundleDir: undefined,
    machines,
  }
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

const cgroupFacts = async (): Promise<CgroupFacts> => ({
  mountinfo: await readFile('/proc/self/mountinfo', 'utf8'),
  selfCgroup: await readFile('/proc/self/cgroup', 'utf8'),
  systemd: await exists('/run/systemd/system'),
})
