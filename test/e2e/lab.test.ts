import {spawn} from 'node:child_process'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {verifyBundle} from '../../src/bundle/read-bundle.ts'
import {missingFor} from '../../src/bundle/missing.ts'
import {BINARIES} from '../../src/domain/bundle.ts'
import {AGNHOST_NEXT_IMAGE, DEFAULT_REPOSITORY, DEFAULT_VERSION} from '../../src/domain/releases.ts'
import {supportedVersion} from '../../src/domain/version.ts'
import {labGet, type Lab} from '../../src/lab/run/lab.ts'
import {labDown} from '../../src/lab/run/lab-down.ts'
import {labDir, labTag} from '../../src/lab/state/lab-state.ts'
import {labFresh, labKill, labPowerOff, labPowerOn, labReboot} from '../../src/lab/run/lab-power.ts'
import {labUp} from '../../src/lab/run/lab-up.ts'
import {machineOf, ssh} from './ssh.ts'
import {tracesOf, userSettings} from './traces.ts'

const NAME = 'e2e-lab'
const MACHINES = ['one', 'two']
const before = userSettings()

describe('a lab', () => {
  let lab: Lab

  beforeAll(async () => {
    await labDown(NAME)
    lab = await labUp({name: NAME, machines: MACHINES})
  })
  afterAll(() => labDown(NAME))

  const shell = async (machine: string, command: string, inputFile?: string): Promise<string> => {
    const answer = await ssh(lab, machine, command, inputFile)
    if (answer.code !== 0) throw new Error(`${command}: ${answer.stderr}`)
    return answer.stdout
  }

  it('lets the login user of each machine in with the key of the lab and a host key that was known before', async () => {
    expect(await shell('one', 'hostname; id -un; sudo -n id -un')).toBe('one\nubuntu\nroot')
    expect(await shell('two', 'hostname; id -un; sudo -n id -un')).toBe('two\nubuntu\nroot')
    expect(machineOf(lab, 'one').hostKey).toMatch(/^SHA256:/)
    expect(machineOf(lab, 'one').hostKey).not.toBe(machineOf(lab, 'two').hostKey)
  })

  it('lets neither root nor a password in', async () => {
    const settings = await shell('one', 'sudo sshd -T')

    expect(settings).toContain('permitrootlogin no')
    expect(settings).toContain('passwordauthentication no')
    expect(settings).toContain('kbdinteractiveauthentication no')
  })

  it('gives each machine an identity, an address and a card of its own, and a way to the others', async () => {
    const identity = 'cat /etc/machine-id /sys/class/net/host0/address'

    expect(await shell('one', identity)).not.toBe(await shell('two', identity))
    expect(await shell('one', `ping -c1 -W2 ${machineOf(lab, 'two').address} >/dev/null && echo reached`)).toBe(
      'reached',
    )
    expect(await shell('one', 'systemctl is-system-running --wait')).toBe('running')
  })

  it('is up at once when it is up already, with the same machines', async () => {
    const began = performance.now()
    const again = await labUp({name: NAME, machines: MACHINES})

    expect(again).toEqual(lab)
    expect(performance.now() - began).toBeLessThan(1000)
  })

  it('keeps the settings of the kernel away from its machines', async () => {
    expect(await shell('one', 'sudo sysctl -qw kernel.panic=77; cat /proc/sys/kernel/panic')).toBe('77')
    expect((await ssh(lab, 'one', 'sudo sysctl -qw vm.max_map_count=262143')).code).not.toBe(0)
    expect((await ssh(lab, 'one', 'sudo modprobe dummy')).code).not.toBe(0)
    expect(await shell('one', 'sudo sysctl -qw net.ipv4.ip_forward=1; cat /proc/sys/net/ipv4/ip_forward')).toBe('1')
    expect(await shell('one', 'tail -n +2 /proc/swaps')).toBe('')
    expect(userSettings()).toEqual(before)
  })

  it('has a bundle in which nothing is missing or altered', async () => {
    const version = supportedVersion(DEFAULT_VERSION)

    const {bundle} = await verifyBundle(lab.bundleDir ?? '')

    const images = {version, repository: DEFAULT_REPOSITORY, podNetwork: 'flannel'} as const
    expect(missingFor(bundle, {roles: ['control-plane', 'worker'], images, architecture: bundle.architecture})).toEqual(
      [],
    )
  })

  it('runs containers from the images of its bundle, with groups and an overlay of their own', async () => {
    const {bundle, dir} = await verifyBundle(lab.bundleDir ?? '')
    for (const entry of bundle.entries) {
      if (entry.kind !== 'binary' || !['containerd', 'containerd-shim-runc-v2', 'ctr', 'runc'].includes(entry.name))
        continue
      const {path} = BINARIES[entry.name]
      await shell('two', `sudo sh -c 'gzip -dc > ${path}; chmod 755 ${path}'`, join(dir, entry.path))
    }
    await shell(
      'two',
      'sudo systemd-run -q --unit=containerd -p Type=notify -p Delegate=yes -p KillMode=process /usr/local/bin/containerd',
    )
    const image = bundle.entries.find(entry => entry.kind === 'image' && entry.ref === AGNHOST_NEXT_IMAGE)
    await shell('two', 'gzip -dc | sudo ctr -n k8s.io images import -', join(dir, image?.path ?? ''))

    const said = await shell(
      'two',
      `sudo ctr -n k8s.io run --rm --memory-limit 100000000 ${AGNHOST_NEXT_IMAGE} t sh -c 'cat /proc/mounts'`,
    )

    expect(said).toMatch(/^overlay \/ overlay /m)
  })

  it('comes back from a reboot asked for inside, with its files and without its processes', async () => {
    await shell('one', 'sudo touch /etc/kept; sudo systemd-run -q sleep 1000')
    const {leader} = machineOf(lab, 'one')

    await ssh(lab, 'one', 'sudo reboot')
    await waitUntil(async () => {
      const now = machineOf((await labGet(NAME)) ?? lab, 'one').leader
      return now !== undefined && now !== leader && (await ssh(lab, 'one', 'true')).code === 0
    })

    expect(await shell('one', 'ls /etc/kept; pgrep -c sleep || :')).toBe('/etc/kept\n0')
  })

  it('reboots a machine on request, and survives a pulled plug', async () => {
    await labReboot(NAME, 'one')
    expect(await shell('one', 'ls /etc/kept')).toBe('/etc/kept')

    await labKill(NAME, 'one')
    expect(machineOf((await labGet(NAME)) ?? lab, 'one').leader).toBeUndefined()
    await labPowerOn(NAME, 'one')
    expect(await shell('one', 'ls /etc/kept')).toBe('/etc/kept')
  })

  it('makes a machine pristine again: another machine-id, the same address and host key', async () => {
    const id = await shell('one', 'cat /etc/machine-id')

    await labFresh(NAME, 'one')

    expect(await shell('one', 'cat /etc/machine-id')).not.toBe(id)
    expect((await ssh(lab, 'one', 'ls /etc/kept')).code).not.toBe(0)
  })

  it('starts the one machine that was powered off when it is brought up again', async () => {
    await labPowerOff(NAME, 'two')

    await labUp({name: NAME, machines: MACHINES})

    expect(await shell('two', 'hostname')).toBe('two')
  })

  it('leaves nothing behind when it goes down', async () => {
    expect(tracesOf(labTag(NAME), labDir(NAME))).not.toEqual([])

    await labDown(NAME)

    expect(tracesOf(labTag(NAME), labDir(NAME))).toEqual([])
    expect(await labGet(NAME)).toBeUndefined()
    expect(userSettings()).toEqual(before)
  })
})

describe('a lab whose starter was killed', () => {
  const name = 'e2e-lab-cut'
  afterAll(() => labDown(name))

  it.each([0, 150, 300, 600, 1200])(
    'is removed whole by down when it was killed %i ms after it began to make it',
    async ms => {
      const module = join(import.meta.dirname, '../../src/lab/run/lab-up.ts')
      const program = `const {labUp} = await import(${JSON.stringify(module)}); process.stdout.write('begin'); await labUp({name: '${name}', machines: ['one', 'two']})`
      const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const ended = new Promise(resolve => child.once('close', resolve))
      await new Promise(resolve => child.stdout.once('data', resolve))
      await sleep(ms)
      child.kill('SIGKILL')
      await ended

      await labDown(name)

      expect(tracesOf(labTag(name), labDir(name))).toEqual([])
    },
  )

  it('is finished by up', async () => {
    const lab = await labUp({name, machines: ['one', 'two']})
    expect((await ssh(lab, 'two', 'hostname')).stdout).toBe('two')
  })
})

async function waitUntil(holds: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 300; i += 1) {
    if (await holds()) return
    await sleep(200)
  }
  throw new Error('waited a minute in vain')
}
