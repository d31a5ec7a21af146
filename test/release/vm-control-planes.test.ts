import {setTimeout as sleep} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {labKill, labPowerOn} from '../../src/lab/run/lab-power.ts'
import {LEFT_BY_RESET} from '../e2e/left-by-reset.ts'
import {differences, snapshot, type Explained, type Snapshot} from '../e2e/snapshot.ts'
import {measured, testLab, type TestLab} from '../e2e/test-lab.ts'
import {LEAN_SERVICES, leanDocuments} from '../e2e/vm-lean.ts'
import {kadmDocument, KUBECTL} from '../e2e/vm-pair.ts'

const NAME = 'release-vm-planes'
const CONTAINERS = ['cp-1', 'cp-2']
const VM = 'cp-3'
const PLANES = [...CONTAINERS, VM]
const ENDPOINT = 'https://api.kadm.internal:7443'

const LEFT: readonly Explained[] = [
  ...LEFT_BY_RESET,
  {line: /^[+-] process root \(udev-worker\)$/, because: 'udev starts and ends its workers as events come'},
]

/**
 * What containers of one kernel cannot show of several control planes: one with its own kernel loses its power in fact, and boots again.
 * Two are containers, as an emulated control plane needs two cores for itself.
 */
describe('three control planes of which one is a VM', () => {
  let lab: TestLab
  let bare: Snapshot

  beforeAll(async () => {
    lab = await testLab(NAME, PLANES, {
      containers: CONTAINERS,
      driver: 'qemu',
      vm: {cards: 'virtualbox', cpus: 2, memoryMib: 3072},
    })
    await lab.must(VM, 'sudo sh', LEAN_SERVICES)
    bare = await measured('snapshot', () => snapshot(lab, VM))
    await lab.write(
      'kadm.yaml',
      `${kadmDocument(lab, PLANES, ['startupTimeout: 30m'])}${leanDocuments('together')}`,
    )
  })
  afterAll(() => lab.down())

  /** Requests of a container through its own load balancer, one after another: `ok`, or the error. */
  const asked = async (machine: string, times: number): Promise<readonly string[]> => {
    const get = `sudo ${KUBECTL} --server ${ENDPOINT} --request-timeout=5s get --raw=/readyz`
    const script = `for i in $(seq ${String(times)}); do ${get} 2>&1 | tr '\\n' ' '; echo; sleep 0.3; done`
    return (await lab.must(machine, script)).trim().split(/ *\n/)
  }
  const members = (): ReturnType<TestLab['kadm']> => lab.kadm(['etcd', 'members', lab.target('cp-1')])

  it('are made by one apply', async () => {
    await measured('kadm apply with a VM', () => lab.kadmDone(['apply', '-f', 'kadm.yaml']))

    const nodes = await lab.must('cp-1', `sudo ${KUBECTL} get nodes --no-headers`)
    for (const plane of PLANES) expect(nodes).toMatch(new RegExp(`^${plane} +Ready +control-plane `, 'm'))
    expect((await members()).stdout).toContain('3 of 3 voting members answer; etcd needs 2, so 1 may fail')
    const manifest = await lab.must(VM, 'sudo cat /etc/kubernetes/manifests/etcd.yaml')
    expect(manifest).toContain(`--initial-advertise-peer-urls=https://${lab.address(VM)}:2380`)
  })

  it('answer by the other two while the VM has no power', async () => {
    const asking = Promise.all(CONTAINERS.map(machine => asked(machine, 60)))
    await sleep(3000)
    await labKill(NAME, VM)
    for (const answers of await asking) {
      const failed = answers.filter(answer => answer !== 'ok')
      console.log(`  ${String(failed.length)} of ${String(answers.length)} requests failed ${failed.join('; ')}`)
      expect(failed.length).toBeLessThan(4)
      expect(answers.slice(-20)).toEqual(Array<string>(20).fill('ok'))
    }
    expect((await members()).stdout).toContain('2 of 3 voting members answer')
  })

  it('are healthy again when the VM has booted', async () => {
    await measured('boot of the VM', () => labPowerOn(NAME, VM))
    const isHealthy = async (): Promise<boolean> =>
      (await members()).stdout.includes('3 of 3') && (await lab.kadm(['status', '-f', 'kadm.yaml'])).code === 0
    expect(await measured('until all is healthy', () => eventually(isHealthy))).toBe(true)
    expect(await asked('cp-1', 5)).toEqual(Array<string>(5).fill('ok'))
  })

  it('are two after the VM is removed, which is as it was', async () => {
    await measured('kadm remove of the VM', () => lab.kadmDone(['remove', VM, '-f', 'kadm.yaml', '--yes']))

    expect((await members()).stdout).toContain('2 of 2 voting members answer')
    const nodes = await lab.must('cp-1', `sudo ${KUBECTL} get nodes -o name`)
    expect(nodes.trim().split('\n')).toEqual(CONTAINERS.map(name => `node/${name}`))
    expect(differences(bare, await snapshot(lab, VM), LEFT)).toEqual([])
  })
})

async function eventually(holds: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < 60; tries++) {
    if (await holds()) return true
    await sleep(10_000)
  }
  return false
}
