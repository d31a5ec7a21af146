import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {labReboot} from '../../src/lab/run/lab-power.ts'
import {FSTAB_NOTE} from '../../src/resources/swap/turned-off.ts'
import {measured, testLab, type TestLab} from './test-lab.ts'
import {errorsIn} from './told.ts'

const NAME = 'e2e-vm-swap'
const VM = 'one'
/** Too small for a control plane, which is nothing to swap. */
const SMALL = ['--ignore-preflight-errors', 'NumCPU,Mem']

/** All that turns swap on on Ubuntu and Debian, at the same time, the third partition only once fstab is silent. */
const SOURCES = String.raw`set -eu
PATH=$PATH:/usr/sbin:/sbin
area() { head -c 32M /dev/zero > "$1"; chmod 600 "$1"; mkswap -q "$1" >/dev/null; }
area /swap.img; mkdir -p /data /srv; area '/data/my swap'; area /srv/swap
type=0657FD6D-A4AB-43C4-84E5-0933C84B4F4F
printf 'size=1GiB, type=%s\nsize=128MiB, type=%s\n' $type $type | sfdisk --append --no-reread --force --quiet /dev/vda 2>/dev/null
partx -a /dev/vda 2>/dev/null || :
udevadm settle
mkswap -q /dev/vda2; mkswap -q /dev/vda3
udevadm trigger --settle /dev/vda2 /dev/vda3
uuid=$(blkid -s UUID -o value /dev/vda2)
printf '/swap.img\tnone\tswap\tsw\t0\t0\nUUID=%s none swap sw,pri=5 0 0' "$uuid" >> /etc/fstab
unit=$(systemd-escape --path --suffix=swap '/data/my swap')
printf '[Swap]\nWhat=/data/my swap\n[Install]\nWantedBy=swap.target\n' > "/etc/systemd/system/$unit"
printf '%s\n' '[Service]' Type=oneshot RemainAfterExit=yes 'ExecStart=/sbin/swapon /srv/swap' 'ExecStop=/sbin/swapoff /srv/swap' \
  '[Install]' WantedBy=multi-user.target > /etc/systemd/system/more-swap.service
systemctl daemon-reload
systemctl -q enable --now -- "$unit" more-swap.service zramswap.service
systemctl start swap.img.swap "$(systemd-escape --path --suffix=swap "/dev/disk/by-uuid/$uuid")"`

/** What of the machine has to do with swap, as it stands on its disk and in its kernel. */
const STATE = String.raw`sed 1d /proc/swaps | while read -r name type size used priority; do [ "$priority" -gt 0 ] || priority=
printf '%s %s %s %s\n' "$name" "$type" "$size" "$priority"; done | sort
sha256sum /etc/fstab
find /etc/systemd/system -printf '%p %y %l %m\n' | sort`

describe('swap of a VM, of every source at the same time', () => {
  let lab: TestLab
  let before = ''

  beforeAll(async () => {
    lab = await testLab(NAME, [VM], {driver: 'qemu', vm: {cpus: 1, memoryMib: 768}})
    await measured('six sources of swap', () => root(SOURCES))
    before = await root(STATE)
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
    for (const words of [
      '/swap.img is swap from /etc/fstab (on)',
      /UUID=\S+ is swap from \/etc\/fstab and its GPT partition type \(on\)/,
      '/dev/zram0 is swap from zramswap.service (on)',
      String.raw`/data/my swap is swap from data-my\x20swap.swap (on)`,
      '/srv/swap is swap from more-swap.service (on)',
      '/dev/vda3 is swap from its GPT partition type (off now, on again after a boot)',
    ]) {
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
    expect(await root(STATE)).toBe(before)
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

  it('comes back as it was with reset, each area and each file', async () => {
    await measured('reset', () => lab.kadmDone(['reset', lab.target(VM), '--yes', '--json']))

    expect(await root(STATE)).toBe(before)
  })
})
