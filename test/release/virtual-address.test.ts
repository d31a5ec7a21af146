import {setTimeout as sleep} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {stringify} from 'yaml'
import {labKill, labPowerOn} from '../../src/lab/run/lab-power.ts'
import {LEFT_BY_RESET} from '../e2e/left-by-reset.ts'
import {differences, snapshot, type Snapshot} from '../e2e/snapshot.ts'
import {measured, testLab, type TestLab} from '../e2e/test-lab.ts'
import {changedIn, errorsIn} from '../e2e/told.ts'
import {installDebian} from './debian-packages.ts'
import {haIn, toldOf} from './ha-rounds.ts'

const NAME = 'e2e-vip'
const CONTROL_PLANES = ['cp-1', 'cp-2', 'cp-3']
const MACHINES = [...CONTROL_PLANES, 'worker']
/** Its cache would be a trace of the test. */
const KUBECTL = 'sudo kubectl --cache-dir=/dev/shm/kubectl'
/** A request of the node itself, at the address of the API. */
const NODE = `${KUBECTL} --kubeconfig /etc/kubernetes/kubelet.conf --request-timeout=2s`
/** So long may the API be away when a control plane is lost. */
const OUTAGE_MS = 5000
/** What a computer takes on top whose cores are all busy: there the API server that takes over answers late. */
const CROWDED_MS = 3000

describe('three control planes that share one address', () => {
  let lab: TestLab
  const before = new Map<string, Snapshot>()
  const vip = (): string => lab.address('cp-1').replace(/\d+$/, '200')

  const file = (controlPlanes: readonly string[], address: string | undefined): string =>
    stringify({
      apiVersion: 'kadm/v1',
      kind: 'Cluster',
      kubernetesVersion: lab.lab.kubernetesVersion,
      ...(address === undefined ? {} : {loadBalancer: {kind: 'vip', address}}),
      hosts: [...controlPlanes, 'worker'].map(name => ({
        name,
        role: name === 'worker' ? 'worker' : 'control-plane',
        ssh: {address: lab.address(name), user: lab.target(name).split('@')[0]},
      })),
      source: {kind: 'bundle', path: lab.bundleDir},
    })

  beforeAll(async () => {
    lab = await testLab(NAME, MACHINES)
    await measured('installing keepalived', () => installDebian(lab, CONTROL_PLANES, ['keepalived']))
    for (const machine of MACHINES) before.set(machine, await snapshot(lab, machine))
  })
  afterAll(async () => {
    await lab.down()
  })

  /** The machines that have the address now, of those that run. */
  const holders = async (among: readonly string[] = CONTROL_PLANES): Promise<readonly string[]> => {
    const found = await Promise.all(
      among.map(async name => ((await lab.on(name, `ip -o addr show to ${vip()}`)).stdout === '' ? [] : [name])),
    )
    return found.flat()
  }
  const isReady = async (): Promise<boolean> =>
    (await lab.on('worker', `${NODE} get --raw=/readyz`)).stdout.trim() === 'ok'

  it('is refused while another machine has the address', async () => {
    const gateway = (await lab.must('cp-1', "ip -o route show default | sed 's/.* via \\([^ ]*\\) .*/\\1/'")).trim()
    await lab.write('taken.yaml', file(CONTROL_PLANES, gateway))
    const {code, stdout, stderr} = await lab.kadm(['preflight', '-f', 'taken.yaml'])

    expect(code).not.toBe(0)
    expect(stdout + stderr).toContain(`${gateway} is already in use: another machine (MAC address `)
  })

  it('comes to a cluster that was made with one control plane and its own address', async () => {
    await lab.write('one.yaml', file(['cp-1'], undefined))
    await measured('kadm apply with one', () => lab.kadmDone(['apply', '-f', 'one.yaml']))
    await lab.write('kadm.yaml', file(CONTROL_PLANES, vip()))
    await measured('kadm apply with three and a virtual address', () => lab.kadmDone(['apply', '-f', 'kadm.yaml']))

    expect(await holders()).toEqual(['cp-1'])
    expect(await isReady()).toBe(true)
    expect(await lab.must('worker', "sudo sed -n 's/^ *server: //p' /etc/kubernetes/kubelet.conf")).toContain(vip())
    const {stdout: own} = await lab.kadmDone(['kubeconfig', lab.target('cp-2'), '--print'])
    expect(own).toContain(`https://${vip()}:6443`)
    expect(await lab.must('cp-2', 'sudo stat -c %a /etc/keepalived/kadm-auth.conf')).toBe('600')
    expect(lab.said.map(({stdout}) => stdout).join('')).not.toMatch(/auth_pass \w/)
  })

  it('is not changed by a second apply, which does not refuse its own address', async () => {
    const {events} = await measured('second apply', () => lab.kadm(['apply', '-f', 'kadm.yaml', '--json']))
    expect(errorsIn(events)).toEqual([])
    expect(changedIn(events)).toEqual([])
  })

  it('answers within five seconds when a control plane is reset, and when the one that leads etcd is', async () => {
    const [holder = ''] = await holders()
    const verify = ['verify', '--ha', '-f', 'kadm.yaml', '--yes', '-o', 'json']
    const {stdout} = await measured('kadm verify --ha', () => lab.kadmDone(verify))

    const {rounds, way} = haIn(stdout)
    console.log(`  the address was on ${holder}; ${toldOf(rounds)}`)
    expect(way).toBe('vip')
    expect(rounds.map(({role, askedFrom}) => `${role} from ${askedFrom}`)).toEqual([
      'follower from worker',
      'leader from worker',
    ])
    expect(rounds.map(({machine}) => machine)).toContain(holder)
    for (const {longestMs, slowestMs, requests} of rounds) {
      expect(requests).toBeGreaterThan(20)
      expect(Math.max(longestMs, slowestMs)).toBeLessThan(OUTAGE_MS + CROWDED_MS)
    }
    // The address did not answer for a while.
    expect(rounds.some(({failed, slowestMs}) => failed > 0 || slowestMs > 500)).toBe(true)
    expect(await holders()).toHaveLength(1)
  })

  /** Asks at the address until `work` is done and so many answers came; the longest time without one, in seconds. */
  const outage = async (work: () => Promise<unknown>): Promise<number> => {
    const asked = lab.must('worker', asking(vip(), 150))
    await sleep(2000)
    await work()
    const times = (await asked).trim().split('\n').map(Number)
    return Math.max(...times.slice(1).map((at, i) => at - (times[i] ?? at)))
  }

  it('moves within five seconds when the API server of the machine that has it dies', async () => {
    const manifest = '/etc/kubernetes/manifests/kube-apiserver.yaml'
    const seconds = await outage(() => lab.must('cp-1', `sudo mv ${manifest} /root/; sudo pkill -9 kube-apiserver`))
    console.log(`  without an answer when the API server dies: ${seconds.toFixed(1)} s`)

    expect(await holders()).not.toContain('cp-1')
    expect(await holders()).toHaveLength(1)
    expect(seconds).toBeLessThan(5)
    await lab.must('cp-1', `sudo mv /root/kube-apiserver.yaml ${manifest}`)
    const [holder] = await holders()
    expect(await eventually(async () => (await lab.on('cp-1', 'sudo /etc/keepalived/kadm-check')).code === 0)).toBe(true)
    await sleep(5000)
    expect(await holders()).toEqual([holder])
  })

  it('moves within five seconds when the machine that has it loses power, and no machine takes it back', async () => {
    const [holder = ''] = await holders()
    const others = CONTROL_PLANES.filter(name => name !== holder)
    const seconds = await outage(() => labKill(NAME, holder))
    console.log(`  without an answer when a machine loses power: ${seconds.toFixed(1)} s`)
    const [next = ''] = await holders(others)

    expect(seconds).toBeLessThan(5)
    await labPowerOn(NAME, holder)
    expect(await eventually(async () => (await lab.on(holder, 'sudo /etc/keepalived/kadm-check')).code === 0)).toBe(true)
    await sleep(5000)
    expect(await holders()).toEqual([next])
  })

  it('stays where it is when a control plane leaves, and the others forget that one', async () => {
    const [holder = ''] = await holders()
    const leaver = CONTROL_PLANES.find(name => name !== holder) ?? ''
    const stay = CONTROL_PLANES.filter(name => name !== leaver)
    const pidOf = (name: string) => lab.must(name, 'systemctl show -p MainPID --value keepalived')
    const pids = await Promise.all(stay.map(pidOf))
    await measured('kadm remove', () => lab.kadmDone(['remove', leaver, '-f', 'kadm.yaml', '--yes']))

    expect(await holders()).toEqual([holder])
    expect(await Promise.all(stay.map(pidOf))).toEqual(pids)
    for (const name of stay)
      expect(await lab.must(name, 'sudo cat /etc/keepalived/keepalived.conf')).not.toContain(lab.address(leaver))
    await lab.write('two.yaml', file(stay, vip()))
    const {events} = await lab.kadm(['apply', '-f', 'two.yaml', '--json'])
    expect(errorsIn(events)).toEqual([])
    expect(changedIn(events)).toEqual([])
  })

  it('is taken back by reset, which leaves no trace on any machine', async () => {
    await measured('kadm reset of all', () => lab.kadmDone(['reset', '-f', 'two.yaml', '--yes']))
    expect(await holders()).toEqual([])
    for (const machine of MACHINES) {
      const first = before.get(machine)
      if (first === undefined) throw new Error(`no snapshot of ${machine}`)
      expect(differences(first, await snapshot(lab, machine), LEFT_BY_RESET), machine).toEqual([])
    }
  })
})

/** The times of so many answers at the address, one line each: seconds since the epoch, at most five a second. */
const asking = (address: string, times: number): string =>
  `i=0; while [ $i -lt ${String(times)} ]; do i=$((i+1)); curl -sk -o /dev/null --max-time 1 https://${address}:6443/readyz && date +%s.%N; sleep 0.2; done`

async function eventually(holds: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < 40; tries++) {
    if (await holds()) return true
    await sleep(3000)
  }
  return false
}
