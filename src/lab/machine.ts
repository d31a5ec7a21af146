import {mkdir, readdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {KadmError} from '../domain/errors.ts'
import {join as joinScripts, sh} from '../remote/shell.ts'
import {leaveCgroups} from './cgroups.ts'
import {exists} from './cache.ts'
import {mountDisk, stageFiles, unmountDisk, wipeDisk} from './disk.ts'
import {readHostKey, readPublicKey} from './keys.ts'
import {keyFile, machineDir, type LabState, type MachineState} from './lab-state.ts'
import {machineFiles} from './machine-files.ts'
import {namespaceFile} from './network.ts'
import {asRoot} from './privileged.ts'
import {identify, isRunning, parseIdentity, type ProcessIdentity} from './process-identity.ts'
import {nspawnFile, startSupervisor, stopFile, supervisorFile, supervisorScript, type SupervisorPlan} from './supervisor.ts'

/** systemd's PID 1 takes SIGRTMIN+4 as 'power off'. */
const POWER_OFF_SIGNAL = 38
const POLL_MS = 50

const planOf = (lab: LabState, machine: MachineState): SupervisorPlan => ({
  dir: machineDir(lab.name, machine.name),
  id: `${lab.tag}-${machine.name}`,
  hostname: machine.name,
  namespace: namespaceFile(lab.name),
  cgroups: machine.cgroups,
})

/** The supervisor of a machine, if it runs. */
export async function supervisorOf(lab: string, machine: string): Promise<ProcessIdentity | undefined> {
  const identity = await recorded(supervisorFile(machineDir(lab, machine)))
  return identity !== undefined && (await isRunning(identity)) ? identity : undefined
}

/** The machine's own PID 1, as this system numbers it; undefined while it is down or just coming up. */
export async function leaderOf(lab: string, machine: string): Promise<ProcessIdentity | undefined> {
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
export async function startMachine(lab: LabState, machine: MachineState): Promise<void> {
  if ((await supervisorOf(lab.name, machine.name)) !== undefined) return
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
  await asRoot(`starting machine ${machine.name}`, script)
}

async function seed(lab: LabState, machine: MachineState): Promise<ReturnType<typeof sh>> {
  const dir = machineDir(lab.name, machine.name)
  const key = await readHostKey(dir)
  const files = await machineFiles({
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
export async function stopMachine(lab: LabState, machine: MachineState, graceMs: number): Promise<void> {
  const dir = machineDir(lab.name, machine.name)
  const supervisor = await supervisorOf(lab.name, machine.name)
  if (supervisor !== undefined) {
    await asRoot(`stopping machine ${machine.name}`, sh`touch ${stopFile(dir)}`)
    if (graceMs > 0) await signalLeader(lab, machine, POWER_OFF_SIGNAL)
    if (!(await waitForEnd(supervisor, graceMs))) {
      await signalLeader(lab, machine, 9)
      if (!(await waitForEnd(supervisor, KILL_MS))) await endSupervisor(lab, machine, supervisor)
    }
  }
  await asRoot(`tidying up after machine ${machine.name}`, joinScripts([unmountDisk(dir), leaveCgroups(machine.cgroups)]))
}

const KILL_MS = 10_000

async function signalLeader(lab: LabState, machine: MachineState, signal: number): Promise<void> {
  const leader = await leaderOf(lab.name, machine.name)
  if (leader !== undefined) await asRoot(`signalling machine ${machine.name}`, sh`kill -${signal} ${leader.pid} || :`)
}

/** Only when PID 1 was never seen: nspawn and its supervisor have nothing below them then. */
async function endSupervisor(lab: LabState, machine: MachineState, supervisor: ProcessIdentity): Promise<void> {
  const nspawn = await recorded(nspawnFile(machineDir(lab.name, machine.name)))
  const pids = [nspawn, supervisor].filter(found => found !== undefined)
  const alive = await Promise.all(pids.map(async one => ((await isRunning(one)) ? [one.pid] : [])))
  await asRoot(`ending machine ${machine.name}`, sh`kill -9 ${alive.flat()} 2>/dev/null || :`)
  if (await waitForEnd(supervisor, KILL_MS)) return
  throw new KadmError('remote', `machine ${machine.name} could not be ended`, {
    hint: `look at process ${String(supervisor.pid)}`,
  })
}

async function waitForEnd(identity: ProcessIdentity, limitMs: number): Promise<boolean> {
  for (let waited = 0; ; waited += POLL_MS) {
    if (!(await isRunning(identity))) return true
    if (waited >= limitMs) return false
    await sleep(POLL_MS)
  }
}

/** Stops it at once and forgets its disk; its ssh host key stays the same. */
export async function wipeMachine(lab: LabState, machine: MachineState): Promise<void> {
  await stopMachine(lab, machine, 0)
  const dir = machineDir(lab.name, machine.name)
  await asRoot(`wiping machine ${machine.name}`, joinScripts([sh`rm -f ${join(dir, 'seeded')}`, wipeDisk(dir)]))
}
