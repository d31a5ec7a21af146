import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {differences, snapshot, type Explained, type Snapshot} from '../e2e/snapshot.ts'
import {measured, type TestLab} from '../e2e/test-lab.ts'
import {LEFT_BY_RESET} from '../e2e/left-by-reset.ts'
import {bootWorker, nodesOf} from '../e2e/vm-pair.ts'

const VM = 'worker-1'

/** What may differ after the reset, which comes after a boot. */
const LEFT: readonly Explained[] = [
  ...LEFT_BY_RESET,
  {
    line: /^\+ run d \/run\/netplan$/,
    because: 'netplan creates it each time it applies a file, and it is gone at the next boot',
  },
  {
    line: /^\+ sysctl net\.(netfilter\.nf_|nf_conntrack_)/,
    because: 'the kernel tracks connections since the first rule that asked for it, until the next boot',
  },
  {line: /^[+-] process root \(udev-worker\)$/, because: 'udev starts and ends its workers as events come'},
]

/** What only a kernel and a boot of Debian 13 can show: cgroup v2, /tmp in memory, and its newer systemd and sudo. */
describe('a VM with Debian 13 as the worker of a cluster', () => {
  let lab: TestLab
  let bare: Snapshot

  beforeAll(async () => {
    lab = await bootWorker('release-vm-trixie', 'trixie')
    bare = await snapshot(lab, VM)
  })
  afterAll(() => lab.down())

  const root = (script: string): Promise<string> => lab.must(VM, 'sudo sh', script)

  it('is what it is said to be', async () => {
    const seen = await root('. /etc/os-release; echo "$VERSION_CODENAME"; stat -f -c %T /sys/fs/cgroup /tmp')

    expect(seen.split('\n')).toEqual(['trixie', 'cgroup2fs', 'tmpfs'])
  })

  it('becomes a worker, and a second run changes nothing', async () => {
    await measured('kadm apply', () => lab.kadmDone(['apply', '-f', 'kadm.yaml']))

    expect(await nodesOf(lab)).toMatch(/^master +Ready .*\nworker-1 +Ready /)
    expect(await root('grep cgroupDriver /var/lib/kubelet/config.yaml')).toContain('systemd')
    const {events} = await lab.kadmDone(['apply', '-f', 'kadm.yaml', '--json'])
    expect(events.at(-1)).toMatchObject({type: 'result', changes: 0})
  })

  it('comes back from a boot, and kadm proves that it works', async () => {
    await measured('kadm verify --reboot', () =>
      lab.kadmDone(['verify', '-f', 'kadm.yaml', '--reboot', '--reboot-timeout', '20m', '--yes', VM]),
    )
    await lab.kadmDone(['verify', '-f', 'kadm.yaml', '--quick'])
  })

  it('is as it was after a reset', async () => {
    await measured('kadm reset', () => lab.kadmDone(['reset', '-f', 'kadm.yaml', '--yes']))

    expect(differences(bare, await snapshot(lab, VM), LEFT)).toEqual([])
  })
})
