import {X509Certificate} from 'node:crypto'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {differences, snapshot, type Snapshot} from '../e2e/snapshot.ts'
import {measured, type TestLab} from '../e2e/test-lab.ts'
import {changedIn} from '../e2e/told.ts'
import {asInstalled, LEFT_WITH_UFW} from '../e2e/vm-as-installed.ts'
import {kubectl, MACHINES, nodesOf, swapsOf, type Pair} from '../e2e/vm-pair.ts'

/** From bare machines to a proven cluster and back; each VM with two cards, swap and a firewall. */
export function clusterCases(boot: () => Promise<Pair>): void {
  let pair: Pair
  let lab: TestLab
  const file = 'kadm.yaml'
  const bare = new Map<string, Snapshot>()

  beforeAll(async () => {
    pair = await boot()
    lab = pair.lab
    await Promise.all(pair.vms.map(machine => lab.must(machine, 'sudo sh', asInstalled(128))))
    await Promise.all(pair.vms.map(async machine => bare.set(machine, await snapshot(lab, machine))))
  })
  afterAll(() => lab.down())

  it('are checked, and kadm says what it will do about swap and the firewall', async () => {
    const {stdout, stderr} = await lab.kadmDone(['preflight', '-f', file, '--verbose'])

    expect(stderr).toBe('')
    expect(stdout).toMatch(/swap/i)
    expect(stdout).toMatch(pair.vms.includes('master') ? /6443/ : /10250/)
    expect(stdout).toMatch(/ 0 errors/)
  })

  it('become a cluster with one command', async () => {
    const {stdout} = await measured('kadm apply on VMs', () => lab.kadmDone(['apply', '-f', file]))

    console.log(stdout)
    expect(await nodesOf(lab)).toMatch(/^master +Ready .*\nworker-1 +Ready /)
    expect(await swapsOf(pair)).toEqual(pair.vms.map(() => ''))
  })

  it('know one another by the card that leads to the others, everywhere', async () => {
    const addresses = MACHINES.map(lab.address).join(' ')
    const of = async (path: string): Promise<string> => (await kubectl(lab, `get nodes -o jsonpath='${path}'`)).trim()

    expect(await of('{.items[*].status.addresses[?(@.type=="InternalIP")].address}')).toBe(addresses)
    expect(await of(String.raw`{.items[*].metadata.annotations.flannel\.alpha\.coreos\.com/public-ip}`)).toBe(addresses)
    const manifests = await lab.must(
      'master',
      'sudo cat /etc/kubernetes/manifests/etcd.yaml /etc/kubernetes/manifests/kube-apiserver.yaml',
    )
    expect(manifests).toContain(`--advertise-address=${lab.address('master')}`)
    expect(manifests).toContain(`--initial-advertise-peer-urls=https://${lab.address('master')}:2380`)
    expect(manifests).not.toContain('10.0.2.15')
    const {subjectAltName} = new X509Certificate(await lab.must('master', 'sudo cat /etc/kubernetes/pki/apiserver.crt'))
    expect(subjectAltName).toContain(`IP Address:${lab.address('master')}`)
    expect(subjectAltName).not.toContain('10.0.2.15')
  })

  it('keep their firewall, with the rules of the cluster added', async () => {
    for (const machine of pair.vms) {
      const status = await lab.must(machine, 'sudo ufw status')
      expect(status).toMatch(/^Status: active/)
      expect(status).toMatch(/^22\/tcp /m)
      expect(status).toMatch(/^10250\/tcp .*kadm/m)
    }
  })

  it('pass the proof', async () => {
    const {stdout} = await measured('kadm verify on VMs', () =>
      lab.kadmDone(['verify', lab.target('master'), '--quick']),
    )

    console.log(stdout)
    expect(stdout).toMatch(/^\d+ of 12 checks passed/m)
  })

  it('have nothing left to change', async () => {
    const {events} = await measured('second run on VMs', () => lab.kadmDone(['apply', '-f', file, '--json']))

    expect(changedIn(events)).toEqual([])
  })

  it('come back from a reboot with all as before, and kadm proves it', async () => {
    const bootId = (): Promise<string> => lab.must('worker-1', 'cat /proc/sys/kernel/random/boot_id')
    const before = await bootId()
    const {stdout} = await measured('kadm verify --reboot of a VM', () =>
      lab.kadmDone(['verify', '-f', file, '--reboot', '--reboot-timeout', '20m', '--yes', 'worker-1']),
    )

    console.log(stdout)
    expect(await bootId()).not.toBe(before)
    expect(await swapsOf(pair)).toEqual(pair.vms.map(() => ''))
    expect(await nodesOf(lab)).toMatch(/^master +Ready .*\nworker-1 +Ready /)
  })

  it('are as they were after reset', async () => {
    await measured('reset of VMs', () => lab.kadmDone(['reset', '-f', file, '--yes']))

    for (const machine of pair.vms) {
      expect(differences(bare.get(machine) ?? new Set(), await snapshot(lab, machine), LEFT_WITH_UFW)).toEqual([])
      expect(await lab.must(machine, 'sed 1d /proc/swaps')).toContain('/swap.img')
    }
  })
}
