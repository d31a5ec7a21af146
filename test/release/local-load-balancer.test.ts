import {setTimeout as sleep} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {stringify} from 'yaml'
import {labKill, labPowerOn} from '../../src/lab/run/lab-power.ts'
import {LEFT_BY_RESET} from '../e2e/left-by-reset.ts'
import {differences, snapshot, type Snapshot} from '../e2e/snapshot.ts'
import {measured, testLab, type TestLab} from '../e2e/test-lab.ts'
import {changedIn, errorsIn} from '../e2e/told.ts'
import {haIn, toldOf} from './ha-rounds.ts'

const NAME = 'e2e-local-lb'
const CONTROL_PLANES = ['cp-1', 'cp-2', 'cp-3']
const MACHINES = [...CONTROL_PLANES, 'worker']
const SERVER = 'https://api.kadm.internal:7443'
/** Its cache would be a trace of the test. */
const KUBECTL = 'sudo kubectl --cache-dir=/dev/shm/kubectl'
const ADMIN = `${KUBECTL} --kubeconfig /etc/kubernetes/admin.conf`
/** A request of the node itself, by the name that only nodes resolve. */
const NODE = `${KUBECTL} --kubeconfig /etc/kubernetes/kubelet.conf --server ${SERVER} --request-timeout=5s`

describe('a cluster with three control planes and no address that belongs to all of them', () => {
  let lab: TestLab
  const before = new Map<string, Snapshot>()

  const file = (controlPlanes: readonly string[]): string =>
    stringify({
      apiVersion: 'kadm/v1',
      kind: 'Cluster',
      kubernetesVersion: lab.lab.kubernetesVersion,
      hosts: [...controlPlanes, 'worker'].map(name => ({
        name,
        role: name === 'worker' ? 'worker' : 'control-plane',
        ssh: {address: lab.address(name), user: lab.target(name).split('@')[0]},
      })),
      source: {kind: 'bundle', path: lab.bundleDir},
    })

  beforeAll(async () => {
    lab = await testLab(NAME, MACHINES)
    for (const machine of MACHINES) before.set(machine, await snapshot(lab, machine))
  })
  afterAll(async () => {
    await lab.down()
  })

  const isReady = async (machine: string): Promise<boolean> =>
    (await lab.on(machine, `${NODE} get --raw=/readyz`)).stdout.trim() === 'ok'

  it('is made by one apply, and each node reaches the API by its own load balancer', async () => {
    await lab.write('kadm.yaml', file(CONTROL_PLANES))
    await measured('kadm apply', () => lab.kadmDone(['apply', '-f', 'kadm.yaml']))

    for (const machine of MACHINES) expect(await isReady(machine), machine).toBe(true)
    expect(await lab.must('worker', "sudo sed -n 's/^ *server: //p' /etc/kubernetes/kubelet.conf")).toContain(SERVER)
    const pods = await lab.must('cp-2', `${ADMIN} -n kube-system get pods -o name`)
    for (const machine of MACHINES) expect(pods).toContain(`pod/kadm-haproxy-${machine}`)
    const {stdout: status} = await lab.kadm(['status', '-f', 'kadm.yaml'])
    for (const machine of MACHINES) expect(status).toMatch(new RegExp(`kadm-haproxy-${machine} +ok`))
  })

  it('gives people and machines that join the address of a control plane', async () => {
    const servers = CONTROL_PLANES.map(name => `https://${lab.address(name)}:6443`)
    const info = await lab.must('cp-1', `${ADMIN} -n kube-public get cm cluster-info -o jsonpath={.data.kubeconfig}`)
    const {stdout: own} = await lab.kadmDone(['kubeconfig', lab.target('cp-2'), '--print'])

    expect(servers.some(server => info.includes(server))).toBe(true)
    expect(own).toContain(`https://${lab.address('cp-2')}:6443`)
  })

  it('is not changed by a second apply, whichever control plane comes first in the file', async () => {
    await lab.write('kadm.yaml', file(['cp-3', 'cp-1', 'cp-2']))
    const {events} = await measured('second apply', () => lab.kadm(['apply', '-f', 'kadm.yaml', '--json']))
    expect(errorsIn(events)).toEqual([])
    expect(events.filter(({type}) => type === 'changed')).toEqual([])
  })

  it('answers on the worker while a control plane has no power, and again with it', async () => {
    const asked = lab.must('worker', asking(60))
    await sleep(3000)
    await labKill(NAME, 'cp-1')
    const answers = (await asked).trim().split('\n')
    console.log(`  requests while a control plane loses power: ${answers.map(([first = '']) => first).join('')}`)
    expect(answers.slice(-20)).toEqual(Array<string>(20).fill('ok'))
    expect(answers.filter(answer => answer !== 'ok').length).toBeLessThan(4)

    await labPowerOn(NAME, 'cp-1')
    expect(await eventually(() => isReady('cp-1'))).toBe(true)
    expect(
      await eventually(async () => (await lab.kadm(['etcd', 'members', lab.target('cp-2')])).code === 0),
    ).toBe(true)
  })

  it('loses only requests in flight when a control plane is reset, and when the one that leads etcd is', async () => {
    const verify = ['verify', '--ha', '-f', 'kadm.yaml', '--yes', '-o', 'json']
    const {stdout} = await measured('kadm verify --ha', () => lab.kadmDone(verify))

    const {rounds, way} = haIn(stdout)
    console.log(`  ${toldOf(rounds)}`)
    expect(way).toBe('local')
    expect(rounds.map(({role, askedFrom}) => `${role} from ${askedFrom}`)).toEqual([
      'follower from worker',
      'leader from worker',
    ])
    for (const {outageMs, failed, requests} of rounds) {
      expect(requests).toBeGreaterThan(20)
      expect(failed).toBeLessThan(10)
      expect(outageMs).toBeLessThan(2000)
    }
  })

  it('forgets a control plane that leaves', async () => {
    await lab.kadmDone(['reset', 'cp-3', '-f', 'kadm.yaml', '--yes', '--to', lab.target('cp-2')])
    await lab.write('two.yaml', file(['cp-1', 'cp-2']))
    const {events} = await measured('apply without it', () => lab.kadm(['apply', '-f', 'two.yaml', '--json']))

    expect(errorsIn(events)).toEqual([])
    expect(changedIn(events).filter(line => line.includes('haproxy.cfg'))).toEqual(
      ['cp-1', 'cp-2', 'worker'].map(name => `${name} file:/etc/kubernetes/haproxy/haproxy.cfg`),
    )
    expect(await lab.must('worker', 'cat /etc/kubernetes/haproxy/haproxy.cfg')).not.toContain(lab.address('cp-3'))
    expect(await eventually(() => isReady('worker'))).toBe(true)
  })

  it('is taken back by reset, which leaves no trace on any machine', async () => {
    await measured('kadm reset of all', () => lab.kadmDone(['reset', '-f', 'two.yaml', '--yes']))
    for (const machine of MACHINES) {
      const first = before.get(machine)
      if (first === undefined) throw new Error(`no snapshot of ${machine}`)
      expect(differences(first, await snapshot(lab, machine), LEFT_BY_RESET), machine).toEqual([])
    }
  })

  it('comes to a cluster that was made with one control plane, and everything on its nodes uses it', async () => {
    await lab.write('one.yaml', file(['cp-1']))
    await measured('kadm apply with one', () => lab.kadmDone(['apply', '-f', 'one.yaml']))
    expect((await lab.on('worker', 'getent hosts api.kadm.internal')).code).not.toBe(0)

    await lab.write('kadm.yaml', file(CONTROL_PLANES))
    await measured('kadm apply with three', () => lab.kadmDone(['apply', '-f', 'kadm.yaml']))
    await labKill(NAME, 'cp-1')
    expect(await eventually(() => isReady('worker'))).toBe(true)
    expect(await lab.must('worker', "sudo sed -n 's/^ *server: //p' /etc/kubernetes/kubelet.conf")).toContain(SERVER)
    const set = await lab.must('cp-2', `${ADMIN} -n kube-system get ds kube-proxy -o jsonpath={.spec.template.metadata}`)
    expect(set).toContain('kadm.io/config-sha256')

    await labPowerOn(NAME, 'cp-1')
    expect(await eventually(() => isReady('cp-1'))).toBe(true)
    const {events} = await lab.kadm(['apply', '-f', 'kadm.yaml', '--json'])
    expect(errorsIn(events)).toEqual([])
    expect(changedIn(events)).toEqual([])
  })
})

/** So many requests, one after another: `ok`, or the error, a line each. */
const asking = (times: number): string =>
  `i=0; while [ $i -lt ${String(times)} ]; do i=$((i+1)); ${NODE} get --raw=/readyz 2>&1 | tr '\\n' ' ' | sed 's/ $//'; echo; sleep 0.3; done`

async function eventually(holds: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < 40; tries++) {
    if (await holds()) return true
    await sleep(3000)
  }
  return false
}
