import {mkdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {KadmError} from '../../domain/errors.ts'
import {concat as joinScripts, sh, type Script} from '../../remote/shell/shell.ts'
import {cacheDir, exists} from '../image/cache.ts'
import {stageSeed} from '../image/disk.ts'
import type {MachineDriver} from './driver.ts'
import {readHostKey, readPublicKey} from '../state/keys.ts'
import {acceleration} from './kvm.ts'
import {labScript} from '../run/lab-script.ts'
import {consoleFile, keyFile, machineDir, type LabState, type VmState} from '../state/lab-state.ts'
import {vmFiles} from '../state/machine-files.ts'
import {namespaceFile} from '../network/network.ts'
import {isRunning, parseIdentity, type ProcessIdentity} from './process-identity.ts'
import {architecture} from '../run/requirements.ts'
import {recordIdentity, startDetached} from './supervisor.ts'
import {diskFile, monitorFile, seedFile, vmCommand} from './vm-command.ts'
import {DEFAULT_RELEASE} from '../image/debian-release.ts'
import {vmImage} from '../image/vm-disk.ts'

/** An emulated machine boots in half a minute when it has a core to itself, and in minutes when it has not. */
const LOGIN_MS = 600_000
/** … and takes its time to end its services. */
const GOING_DOWN_MS = 300_000
const POLL_MS = 100
/** The power button does nothing while nobody in the machine listens to it yet. */
const ASK_AGAIN_MS = 5_000

const pidFile = (dir: string): string => join(dir, 'vm.pid')

async function vmProcess(lab: string, machine: string): Promise<ProcessIdentity | undefined> {
  const identity = parseIdentity(await readFile(pidFile(machineDir(lab, machine)), 'utf8').catch(() => ''))
  return identity !== undefined && (await isRunning(identity)) ? identity : undefined
}

const isOn = async (lab: string, machine: string): Promise<boolean> => (await vmProcess(lab, machine)) !== undefined

/** The last byte of its address is its own in the lab's network, and so is the name. */
const tapOf = ({address}: VmState): string => `tap${address.split('.').at(-1) ?? ''}`

async function start(lab: LabState, machine: VmState): Promise<void> {
  if (await isOn(lab.name, machine.name)) return
  const dir = machineDir(lab.name, machine.name)
  const place = {cache: cacheDir(), architecture: await architecture()}
  const image = await vmImage(place, machine.vm.release ?? DEFAULT_RELEASE)
  const tap = tapOf(machine)
  const id = `${lab.tag}-${machine.name}`
  const command = vmCommand({
    id,
    dir,
    shape: machine.vm,
    image,
    acceleration: await acceleration(place, image, () => undefined),
    tap,
  })
  await mkdir(dir, {recursive: true})
  await writeFile(join(dir, 'vm.sh'), `${vmScript(lab.name, dir, command).text}\n`)
  const monitor = monitorFile(dir)
  const script = joinScripts([
    await seed(lab, machine),
    sh`
if [ ! -e ${diskFile(dir)} ]; then
  qemu-img create -q -f qcow2 -b ${image.disk} -F raw ${`${diskFile(dir)}.new`}
  mv ${`${diskFile(dir)}.new`} ${diskFile(dir)}
fi
rm -f ${monitor}.in ${monitor}.out
mkfifo -m 600 ${monitor}.in ${monitor}.out`,
    plugIn(lab, tap),
    startDetached({
      script: join(dir, 'vm.sh'),
      log: consoleFile(dir),
      pidFile: pidFile(dir),
      unit: (await exists('/run/systemd/system')) ? `${id}.service` : undefined,
    }),
  ])
  await labScript(lab.name, `starting machine ${machine.name}`, script)
}

const vmScript = (lab: string, dir: string, command: ReturnType<typeof vmCommand>): Script =>
  joinScripts([
    sh`set -eu
PATH=$PATH:/usr/sbin:/sbin`,
    recordIdentity(sh`$$`, pidFile(dir)),
    sh`exec nsenter --net=${namespaceFile(lab)} ${command}`,
  ])

const plugIn = (lab: LabState, tap: string): Script => sh`
nsenter --net=${namespaceFile(lab.name)} sh -eu <<'END'
ip link show ${tap} >/dev/null 2>&1 || ip tuntap add dev ${tap} mode tap
ip link set ${tap} master br0 up
END`

/** The machine unpacks it at its first boot, before its init starts. */
async function seed(lab: LabState, machine: VmState): Promise<Script> {
  const dir = machineDir(lab.name, machine.name)
  const key = await readHostKey(dir)
  const files = vmFiles({
    name: machine.vm.hostname,
    address: machine.address,
    subnet: lab.subnet,
    machineId: machine.vm.machineId,
    hostKey: key.privateText,
    hostKeyPublic: key.publicText,
    authorizedKey: await readPublicKey(keyFile(lab.name)),
    cards: machine.vm.cards,
  })
  return stageSeed(dir, seedFile(dir), files)
}

/** Says something to the machine's monitor; what it answers is thrown away, or it would stop when the pipe is full. */
export const tellMonitor = (dir: string, command: string): Script => sh`
printf '%s\n' ${command} | timeout 5 tee ${`${monitorFile(dir)}.in`} >/dev/null
timeout 5 dd if=${`${monitorFile(dir)}.out`} iflag=nonblock of=/dev/null status=none 2>/dev/null || :`

async function say(lab: LabState, machine: VmState, command: string): Promise<void> {
  if (!(await isOn(lab.name, machine.name))) {
    throw new KadmError('usage', `machine ${machine.name} is off`, {
      hint: `kadm lab power ${lab.name} ${machine.name} on`,
    })
  }
  const dir = machineDir(lab.name, machine.name)
  await labScript(lab.name, `telling machine ${machine.name}: ${command}`, tellMonitor(dir, command))
}

/** Presses the power button and waits for the machine to be off; false when it is not in time. */
async function askDown(lab: LabState, machine: VmState, limitMs: number, signal?: AbortSignal): Promise<boolean> {
  for (let waited = 0; await isOn(lab.name, machine.name); waited += POLL_MS) {
    if (waited >= limitMs) return false
    if (waited % ASK_AGAIN_MS === 0) await say(lab, machine, 'system_powerdown').catch(() => undefined)
    await sleep(POLL_MS, undefined, {signal})
  }
  return true
}

async function stop(lab: LabState, machine: VmState, graceMs: number): Promise<void> {
  if (graceMs > 0) await askDown(lab, machine, graceMs)
  const rest = await vmProcess(lab.name, machine.name)
  if (rest !== undefined) {
    await labScript(lab.name, `ending machine ${machine.name}`, sh`kill -9 ${rest.pid} 2>/dev/null || :`)
    for (let waited = 0; await isRunning(rest); waited += POLL_MS) {
      if (waited > 10_000) {
        throw new KadmError('remote', `cannot stop machine ${machine.name}`, {
          hint: `check process ${String(rest.pid)}`,
        })
      }
      await sleep(POLL_MS)
    }
  }
  const dir = machineDir(lab.name, machine.name)
  const tap = tapOf(machine)
  const namespace = namespaceFile(lab.name)
  await labScript(
    lab.name,
    `tidying up after machine ${machine.name}`,
    sh`
rm -f ${monitorFile(dir)}.in ${monitorFile(dir)}.out ${pidFile(dir)}
! nsenter --net=${namespace} ip link show ${tap} >/dev/null 2>&1 || nsenter --net=${namespace} ip link delete ${tap}`,
  )
}

async function reboot(lab: LabState, machine: VmState, signal?: AbortSignal): Promise<void> {
  if (!(await askDown(lab, machine, GOING_DOWN_MS, signal))) {
    throw new KadmError('timeout', `machine ${machine.name} did not shut down for its reboot`, {
      host: machine.name,
      hint: `switch its power off: kadm lab power ${lab.name} ${machine.name} off`,
    })
  }
  await start(lab, machine)
}

const wipe = async (lab: LabState, machine: VmState): Promise<void> =>
  labScript(lab.name, `wiping machine ${machine.name}`, sh`rm -f ${diskFile(machineDir(lab.name, machine.name))}`)

/** Virtual machines: their own kernel, swap, firewall, clock and power button. */
export const vmDriver: MachineDriver<VmState> = {
  loginMs: LOGIN_MS,
  isOn,
  leaderOf: vmProcess,
  start,
  stop,
  reboot,
  wipe,
}

/** Presses reset: the machine boots again with nothing told to it. */
export const resetVm = async (lab: LabState, machine: VmState): Promise<void> => say(lab, machine, 'system_reset')

/** Pulls the cable of one card, or puts it back. */
export const setCable = async (lab: LabState, machine: VmState, card: 'nat' | 'lab', plugged: boolean): Promise<void> =>
  say(lab, machine, `set_link card-${card} ${plugged ? 'on' : 'off'}`)
