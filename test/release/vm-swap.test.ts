import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {labReboot} from '../../src/lab/run/lab-power.ts'
import {FSTAB_NOTE} from '../../src/resources/swap/turned-off.ts'
import {measured, testLab, type TestLab} from '../e2e/test-lab.ts'
import {errorsIn} from '../e2e/told.ts'
import {SWAP_SOURCES, SWAP_STATE, SWAP_WORDS} from '../e2e/vm-swap-sources.ts'

const NAME = 'release-vm-swap'
const VM = 'one'
/** Too small for a control plane, which is nothing to swap. */
const SMALL = ['--ignore-preflight-errors', 'NumCPU,Mem']

describe('swap of a VM, of every source at the same time', () => {
  let lab: TestLab
  let before = ''

  beforeAll(async () => {
    lab = await testLab(NAME, [VM], {driver: 'qemu', vm: {cpus: 1, memoryMib: 768}})
    await measured('six sources of swap', () => root(SWAP_SOURCES))
    before = await root(SWAP_STATE)
  })
  afterAll(() => lab.down())

  const root = (script: string): Promise<string> => lab.must(VM, 'sudo sh', script)
  const swaps = async (): Promise<readonly string[]> =>
    (await root('sed 1d /proc/swaps')).split('\n').flatMap(line => line.split(/\s+/)[0] || [])
  const init = (...more: readonly string[]): readonly string[] => [
    'init',
    lab.target(VM),
    '--bundle',
    lab.bundleDir,
    '--only',
    'prepare/swap',
    ...SMALL,
    ...more,
    '--json',
  ]

  it('is named source by source, before anything is changed', async () => {
    const {stdout} = await measured('preflight', () => lab.kadm(['preflight', lab.target(VM), '--verbose']))

    expect((await swaps()).toSorted()).toEqual([
      '/data/my\\040swap',
      '/dev/vda2',
      '/dev/zram0',
      '/srv/swap',
      '/swap.img',
    ])
    for (const words of SWAP_WORDS) {
      expect(stdout).toEqual(typeof words === 'string' ? expect.stringContaining(words) : expect.stringMatching(words))
    }
  })

  it('is refused untouched while more of it is in use than memory is free', async () => {
    await root('mkdir -p /mnt/fill; mount -t tmpfs -o size=1300m tmpfs /mnt/fill; head -c 1200M /dev/zero >/mnt/fill/a')

    const {code, events} = await lab.kadm(init())
    await root('umount /mnt/fill; rmdir /mnt/fill')

    expect(code).toBe(3)
    expect(
      errorsIn(events)
        .map(({evidence = '', message}) => message + evidence)
        .join('\n'),
    ).toMatch(/SwapInUse: \d+ MB of swap are in use and \d+ MB of memory are free/)
    expect(await root(SWAP_STATE)).toBe(before)
    expect((await lab.on(VM, 'sudo test -e /var/lib/kadm')).code).toBe(1)
  })

  it('is turned off where it comes from, and a second run changes nothing', async () => {
    await measured('turning it off', () => lab.kadmDone(init()))
    const again = await lab.kadmDone(init())

    expect(await swaps()).toEqual([])
    expect(again.events.find(({type}) => type === 'run-done')).toMatchObject({changes: 0})
    const fstab = await root('cat /etc/fstab')
    expect(fstab).toContain(`${FSTAB_NOTE}/swap.img\tnone\tswap\tsw\t0\t0\n`)
    expect(fstab).toMatch(/^# swap is off for Kubernetes \(kadm\): UUID=\S+ none swap sw,pri=5 0 0$/m)
  })

  it('stays off after a boot, though systemd finds a partition of the type of swap then', async () => {
    await measured('reboot', () => labReboot(NAME, VM))

    expect(await swaps()).toEqual([])
    expect(
      await root('systemctl daemon-reload; systemctl start swap.target; ls /run/systemd/generator.late'),
    ).toContain('dev-vda2.swap')
    expect(await swaps()).toEqual([])
    const {stdout} = await lab.kadm(['preflight', lab.target(VM), '--verbose'])
    expect(stdout).toContain('checks: ')
    expect(stdout).not.toContain(' is swap from ')
  })

  it('is restored by reset, each area and each file', async () => {
    await measured('reset', () => lab.kadmDone(['reset', lab.target(VM), '--yes', '--json']))

    expect(await root(SWAP_STATE)).toBe(before)
  })
})
