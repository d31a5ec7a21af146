import {mkdir, readdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {KadmError} from '../../domain/errors.ts'
import {concat as joinScripts, sh} from '../../remote/shell/shell.ts'
import {leaveCgroups} from './cgroups.ts'
import {exists} from '../image/cache.ts'
import {mountDisk, stageFiles, unmountDisk, wipeDisk} from '../image/disk.ts'
import {readHostKey, readPublicKey} from '../state/keys.ts'
import {labScript} from '../run/lab-script.ts'
import type {MachineDriver} from './driver.ts'
import {keyFile, machineDir, type LabState, type NspawnState} from '../state/lab-state.ts'
import {machineFiles} from '../state/machine-files.ts'
import {namespaceFile} from '../network/network.ts'
import {identify, isRunning, parseIdentity, type ProcessIdentity} from './process-identity.ts'
import {
  nspawnFile,
  startSupervisor,
  stopFile,
  supervisorFile,
  supervisorScript,
  type SupervisorPlan,
} from './supervisor.ts'

/** systemd's PID 1 takes SIGRTMIN+4 as 'power off'. */
const POWER_OFF_SIGNAL = 38
/** … and SIGRTMIN+5 as 'reboot'. */
const REBOOT_SIGNAL = 39
const KILL_SIGNAL = 9
const POLL_MS = 50
const LOGIN_MS = 90_000
/** What a machine may take to end its services when it is asked to. */
const GOING_DOWN_MS = 90_000

const planOf = (lab: LabState, machine: NspawnState): SupervisorPlan => ({
  dir: machineDir(lab.name, machine.name),
  id: `${lab.tag}-${machine.name}`,
  hostname: machine.name,
  namespace: namespaceFile(lab.name),
  cgroups: machine.cgroups,
})

/** Whether a machine's supervisor runs, so that it will be started again after a reboot. */
async function isSupervised(lab: string, machine: string): Promise<boolean> {
  const identity = await recorded(supervisorFile(machineDir(lab, machine)))
  return identity !== undefined && (await isRunning(identity))
}

/** What we started for a machine and still runs. */
async function processesOf(lab: string, machine: string): Promise<readonly ProcessIdentity[]> {
  const dir = machineDir(lab, machine)
  const known = await Promise.all([recorded(supervisorFile(dir)), recorded(nspawnFile(dir))])
  const alive = await Promise.all(known.map(async one => (one !== undefined && (await isRunning(one)) ? [one] : [])))
  return alive.flat()
}

/** The machine's own PID 1, as this system numbers it; undefined while it is down or just coming up. */
async function leaderOf(lab: string, machine: string): Promise<ProcessIdentity | undefined> {
  const nspawn = await recorded(nspawnFile(machineDir(lab, machine)))
  if (nspawn === undefined || !(await isRunning(nspawn))) return undefined
  for (const pid of (await readdir('/proc')).filter(name => /^\d+$/.test(name))) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
    const isChild = new RegExp(`^PPid:\\t${String(nspawn.pid)}$`, 'm').test(status)
    if (isChild && /^NSpid:.*\t1$/m.test(status)) return identify(Number(pid))
  }
  return undefined
}

const recorded = async (file: string): Promise<ProcessIdentity | undefined> =>
  parseIdentity(await readFile(file, 'utf8').catch(() => ''))

/** Boots a machine from its disk; a disk that is not there yet is made pristine. Does nothing for one that runs. */
async function startMachine(lab: LabState, machine: NspawnState): Promise<void> {
  if (await isSupervised(lab.name, machine.name)) return
  // A machine whose supervisor was killed would not come back from a reboot.
  await endProcesses(lab, machine, 0)
  const plan = planOf(lab, machine)
  const isNew = !(await exists(join(plan.dir, 'seeded')))
  await mkdir(plan.dir, {recursive: true})
  await writeFile(join(plan.dir, 'supervisor.sh'), `${supervisorScript(plan).text}\n`)
  const script = joinScripts([
    mountDisk(plan.dir, join(lab.rootfs, 'root')),
    ...(isNew ? [await seed(lab, machine), sh`touch ${join(plan.dir, 'seeded')}`] : []),
    leaveCgroups(machine.cgroups),
    startSupervisor(plan),
  ])
  await labScript(lab.name, `starting machine ${machine.name}`, script)
}

async function seed(lab: LabState, machine: NspawnState): Promise<ReturnType<typeof sh>> {
  const dir = machineDir(lab.name, machine.name)
  const key = await readHostKey(dir)
  const files = machineFiles({
    name: machine.name,
    address: machine.address,
    subnet: lab.subnet,
    machineId: crypto.randomUUID().replaceAll('-', ''),
    hostKey: key.privateText,
    hostKeyPublic: key.publicText,
    authorizedKey: await readPublicKey(keyFile(lab.name)),
  })
  return stageFiles(dir, files)
}

/** Ends a machine: asks its init first when `graceMs` allows, then ends PID 1, and with it all that runs inside. */
async function stopMachine(lab: LabState, machine: NspawnState, graceMs: number): Promise<void> {
  await endProcesses(lab, machine, graceMs)
  const tidy = joinScripts([
    unmountDisk(machineDir(lab.name, machine.name)),
    leaveCgroups(machine.cgroups),
    // What nspawn leaves when it is killed.
    sh`rmdir ${`/run/systemd/nspawn/propagate/${planOf(lab, machine).id}`} 2>/dev/null || :`,
  ])
  await labScript(lab.name, `tidying up after machine ${machine.name}`, tidy)
}

const KILL_MS = 500
const KILL_TRIES = 20

async function endProcesses(lab: LabState, machine: NspawnState, graceMs: number): Promise<void> {
  const running = await processesOf(lab.name, machine.name)
  if (running.length === 0) return
  await labScript(
    lab.name,
    `stopping machine ${machine.name}`,
    sh`touch ${stopFile(machineDir(lab.name, machine.name))}`,
  )
  if (graceMs > 0) await signalLeader(lab, machine, POWER_OFF_SIGNAL)
  if (graceMs > 0 && (await waitForEnd(running, graceMs))) return
  // A machine that is just being started has its PID 1 in a moment.
  for (let i = 0; i < KILL_TRIES; i += 1) {
    await signalLeader(lab, machine, KILL_SIGNAL)
    if (await waitForEnd(running, KILL_MS)) return
  }
  await killRest(lab, machine)
}

/** As `reboot` inside would. */
async function rebootMachine(lab: LabState, machine: NspawnState, signal?: AbortSignal): Promise<void> {
  const before = await leaderOf(lab.name, machine.name)
  if (before === undefined) return startMachine(lab, machine)
  await signalLeader(lab, machine, REBOOT_SIGNAL)
  for (let waited = 0; (await leaderOf(lab.name, machine.name))?.pid === before.pid; waited += POLL_MS) {
    if (waited > GOING_DOWN_MS) {
      throw new KadmError('timeout', `machine ${machine.name} did not shut down for its reboot`, {host: machine.name})
    }
    await sleep(POLL_MS, undefined, {signal})
  }
}

async function signalLeader(lab: LabState, machine: NspawnState, signal: number): Promise<void> {
  const leader = await leaderOf(lab.name, machine.name)
  if (leader !== undefined)
    await labScript(lab.name, `signalling machine ${machine.name}`, sh`kill -${signal} ${leader.pid} || :`)
}

/** When PID 1 was never there nspawn and its supervisor have nothing below them. */
async function killRest(lab: LabState, machine: NspawnState): Promise<void> {
  const rest = await processesOf(lab.name, machine.name)
  if (rest.length === 0) return
  await labScript(lab.name, `ending machine ${machine.name}`, sh`kill -9 ${rest.map(one => one.pid)} 2>/dev/null || :`)
  if (await waitForEnd(rest, KILL_TRIES * KILL_MS)) return
  throw new KadmError('remote', `cannot stop machine ${machine.name}`, {
    hint: `check process ${rest.map(one => String(one.pid)).join(', ')}`,
  })
}

async function waitForEnd(processes: readonly ProcessIdentity[], limitMs: number): Promise<boolean> {
  for (let waited = 0; ; waited += POLL_MS) {
    const alive = await Promise.all(processes.map(isRunning))
    if (!alive.includes(true)) return true
    if (waited >= limitMs) return false
    await sleep(POLL_MS)
  }
}

async function wipeMachine(lab: LabState, machine: NspawnState): Promise<void> {
  const dir = machineDir(lab.name, machine.name)
  await labScript(
    lab.name,
    `wiping machine ${machine.name}`,
    joinScripts([sh`rm -f ${join(dir, 'seeded')}`, wipeDisk(dir)]),
  )
}

/** Containers with an init of their own: up in seconds, on the kernel of this system. */
export const nspawnDriver: MachineDriver<NspawnState> = {
  loginMs: LOGIN_MS,
  isOn: isSupervised,
  leaderOf,
  start: startMachine,
  stop: stopMachine,
  reboot: rebootMachine,
  wipe: wipeMachine,
}
