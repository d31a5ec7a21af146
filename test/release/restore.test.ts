import {readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {stringify} from 'yaml'
import {labKill} from '../../src/lab/run/lab-power.ts'
import {KUBECTL} from '../e2e/make-by-kubeadm.ts'
import {measured, testLab, type TestLab} from '../e2e/test-lab.ts'

const LEFT = 'sudo ls /var/lib/etcd; sudo ls -d /var/lib/kadm/restore 2>/dev/null || :'
const CONFIG_MAPS = `${KUBECTL} get configmaps -o name`

/** A cluster file with these hosts, each on one of the machines. */
const fileFor =
  (lab: TestLab) =>
  (hosts: Readonly<Record<string, string>>): string =>
    stringify({
      apiVersion: 'kadm/v1',
      kind: 'Cluster',
      kubernetesVersion: lab.lab.kubernetesVersion,
      hosts: Object.entries(hosts).map(([name, machine]) => ({
        name,
        role: name.startsWith('cp') ? 'control-plane' : 'worker',
        ssh: {address: lab.address(machine), user: lab.target(machine).split('@')[0]},
      })),
      source: {kind: 'bundle', path: lab.bundleDir},
    })

describe('a cluster with a backup', () => {
  let lab: TestLab
  const file = (hosts: Readonly<Record<string, string>>): string => fileFor(lab)(hosts)
  const nodes = async (machine: string): Promise<readonly string[]> =>
    (await lab.must(machine, `${KUBECTL} get nodes -o name`)).trim().split('\n')

  beforeAll(async () => {
    lab = await testLab('e2e-restore', ['cp-1', 'worker', 'new'])
    await lab.write('kadm.yaml', file({'cp-1': 'cp-1', worker: 'worker'}))
    await measured('kadm apply', () => lab.kadmDone(['apply', '-f', 'kadm.yaml']))
    await lab.must('cp-1', `${KUBECTL} create configmap before --from-literal=a=b`)
  })
  afterAll(() => lab.down())

  it('is saved to files that only their owner can read, and that are never replaced', async () => {
    const {stdout, stderr} = await lab.kadmDone(['backup', 'cluster.backup', '-f', 'kadm.yaml'])
    await lab.kadmDone(['etcd', 'backup', 'etcd.db', '-f', 'kadm.yaml'])

    expect(statSync(join(lab.home, 'cluster.backup')).mode & 0o777).toBe(0o600)
    expect(stdout).toMatch(/^sha256 [0-9a-f]{64}$/m)
    expect(stderr).toContain('has the keys of the cluster and all its Secrets')
    const again = await lab.kadm(['backup', 'cluster.backup', '-f', 'kadm.yaml'])
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('cluster.backup already exists')])
  })

  it('refuses a file that was changed before it touches anything', async () => {
    for (const [name, command] of [
      ['cluster.backup', ['restore']],
      ['etcd.db', ['etcd', 'restore']],
    ] as const) {
      const bytes = readFileSync(join(lab.home, name))
      bytes[100_000] = (bytes[100_000] ?? 0) ^ 1
      writeFileSync(join(lab.home, 'changed'), bytes)
      const {code, stderr} = await lab.kadm([...command, 'changed', '-f', 'kadm.yaml', '--yes'])
      expect(code).toBe(2)
      expect(stderr).toContain('nothing was changed')
    }
  })

  it('gets the state of the snapshot back, and keeps nothing of what is newer', async () => {
    await lab.must('cp-1', `${KUBECTL} delete configmap before; ${KUBECTL} create configmap after`)
    const {stderr} = await measured('kadm etcd restore', () =>
      lab.kadmDone(['etcd', 'restore', 'etcd.db', '-f', 'kadm.yaml', '--yes']),
    )

    expect(stderr).toContain('cp-1 gets this state')
    const found = await lab.must('cp-1', CONFIG_MAPS)
    expect(found).toContain('configmap/before')
    expect(found).not.toContain('configmap/after')
    expect((await lab.must('cp-1', LEFT)).trim()).toBe('member')
    const {stdout} = await lab.kadmDone(['apply', '-f', 'kadm.yaml', '--dry-run'])
    expect(stdout).toBe('nothing to change\n')
    await lab.kadmDone(['status', '-f', 'kadm.yaml'])
  })

  it('comes back on another machine with another address and name', async () => {
    await labKill(lab.lab.name, 'cp-1')
    await lab.write('new.yaml', file({'cp-9': 'new', worker: 'worker'}))
    const {stderr} = await measured('kadm restore', () =>
      lab.kadmDone(['restore', 'cluster.backup', '-f', 'new.yaml', '--yes']),
    )

    expect(stderr).toContain('cp-1: a node of the snapshot, not in your file')
    expect(await lab.must('new', CONFIG_MAPS)).toContain('configmap/before')
    expect(await nodes('new')).toEqual(['node/cp-9', 'node/worker'])
    const address = lab.address('new')
    for (const [namespace, name] of [
      ['kube-public', 'cluster-info'],
      ['kube-system', 'kube-proxy'],
    ] as const) {
      const text = await lab.must('new', `${KUBECTL} -n ${namespace} get configmap ${name} -o yaml`)
      expect(text).toContain(`https://${address}:6443`)
      expect(text).not.toContain(`https://${lab.address('cp-1')}:6443`)
    }
    expect((await lab.must('new', LEFT)).trim()).toBe('member')
    const again = await lab.kadmDone(['apply', '-f', 'new.yaml', '--dry-run'])
    expect(again.stdout).toBe('nothing to change\n')
  })
})

describe('two control planes that get a snapshot', () => {
  let lab: TestLab
  const restore = ['etcd', 'restore', 'etcd.db', '-f', 'kadm.yaml', '--yes']

  beforeAll(async () => {
    lab = await testLab('e2e-restore-two', ['cp-1', 'cp-2'])
    await lab.write('kadm.yaml', fileFor(lab)({'cp-1': 'cp-1', 'cp-2': 'cp-2'}))
    await measured('kadm apply', () => lab.kadmDone(['apply', '-f', 'kadm.yaml']))
    await lab.must('cp-1', `${KUBECTL} create configmap before`)
    await lab.kadmDone(['etcd', 'backup', 'etcd.db', '-f', 'kadm.yaml'])
    await lab.must('cp-1', `${KUBECTL} delete configmap before; ${KUBECTL} create configmap after`)
  })
  afterAll(() => lab.down())

  it.each([
    ['cp-2', 'restore/stop'],
    ['cp-1', 'restore/swap'],
    ['cp-2', 'control-plane-join/etcd'],
  ])('continue after kadm was killed on %s at the end of %s, and refuse everything else', async (host, phase) => {
    const {code} = await lab.kadm([...restore, '--json'], {
      onEvent: (event, kill) => {
        if (event.type === 'phase-done' && event.host === host && event.phase === phase) kill('SIGKILL')
      },
    })
    expect(code).toBeUndefined()
    const refused = await lab.kadm(['apply', '-f', 'kadm.yaml'])
    expect(refused.code).toBe(3)
    expect(refused.stderr).toContain('the restore of a snapshot')
  })

  it('work as one cluster with the former state in the end', async () => {
    await measured('kadm etcd restore', () => lab.kadmDone(restore))

    for (const machine of ['cp-1', 'cp-2']) {
      const found = await lab.must(machine, CONFIG_MAPS)
      expect(found).toContain('configmap/before')
      expect(found).not.toContain('configmap/after')
      expect((await lab.must(machine, LEFT)).trim()).toBe('member')
    }
    const {stdout} = await lab.kadmDone(['etcd', 'members', '-f', 'kadm.yaml'])
    expect(stdout).toContain('2 of 2 voting members answer')
    const again = await lab.kadmDone(['apply', '-f', 'kadm.yaml', '--dry-run'])
    expect(again.stdout).toBe('nothing to change\n')
    await lab.kadmDone(['status', '-f', 'kadm.yaml'])
  })
})
