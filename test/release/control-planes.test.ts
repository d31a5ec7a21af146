import {createHash} from 'node:crypto'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {stringify} from 'yaml'
import {labKill} from '../../src/lab/run/lab-power.ts'
import {addressIn} from '../../src/lab/network/subnet.ts'
import {tcpBalancer, type TcpBalancer} from '../e2e/tcp-balancer.ts'
import {measured, testLab, type TestLab} from '../e2e/test-lab.ts'
import {errorsIn} from '../e2e/told.ts'

const CONTROL_PLANES = ['cp-1', 'cp-2', 'cp-3']
const MACHINES = [...CONTROL_PLANES, 'worker']
const KUBECTL = 'sudo kubectl --kubeconfig /etc/kubernetes/admin.conf'
const PKI = '/etc/kubernetes/pki'
const LEAVE = ['reset', 'cp-3', '-f', 'kadm.yaml', '--yes', '--to']
const SHARED = ['ca.crt', 'ca.key', 'etcd/ca.key', 'front-proxy-ca.key', 'sa.key', 'sa.pub']

describe('a cluster with three control planes behind a load balancer', () => {
  let lab: TestLab
  let balancer: TcpBalancer

  const file = (controlPlanes: readonly string[]): string =>
    fileOf([...controlPlanes.map(name => ({name, machine: name, role: 'control-plane'})), WORKER])

  const fileOf = (hosts: readonly ListedHost[]): string =>
    stringify({
      apiVersion: 'kadm/v1',
      kind: 'Cluster',
      kubernetesVersion: lab.lab.kubernetesVersion,
      controlPlaneEndpoint: `${addressIn(lab.lab.subnet, 1)}:${String(balancer.port)}`,
      hosts: hosts.map(({name, machine, role}) => ({
        name,
        role,
        ssh: {address: lab.address(machine), user: lab.target(machine).split('@')[0]},
      })),
      source: {kind: 'bundle', path: lab.bundleDir},
    })

  beforeAll(async () => {
    lab = await testLab('e2e-planes', MACHINES)
    balancer = await tcpBalancer(addressIn(lab.lab.subnet, 1), CONTROL_PLANES.map(lab.address), 6443)
  })
  afterAll(async () => {
    await lab.down()
    await balancer.close()
  })

  it('is made by one apply, with etcd members that join one at a time', async () => {
    await lab.write('kadm.yaml', file(CONTROL_PLANES))
    await measured('kadm apply', () => lab.kadmDone(['apply', '-f', 'kadm.yaml']))

    const nodes = await lab.must('cp-1', `${KUBECTL} get nodes -o name -l node-role.kubernetes.io/control-plane`)
    expect(nodes.trim().split('\n')).toEqual(CONTROL_PLANES.map(name => `node/${name}`))
    const etcd = await lab.must('cp-3', etcdctl('member/list'))
    expect(JSON.parse(etcd)).toMatchObject({
      members: CONTROL_PLANES.map(() => ({name: expect.stringMatching(/^cp-/) as string})),
    })
    expect(etcd).not.toContain('isLearner')
  })

  it('shares the CAs and the key of service accounts, and nothing else', async () => {
    const sums = await Promise.all(
      CONTROL_PLANES.map(name => lab.must(name, `cd ${PKI} && sudo sha256sum ${SHARED.join(' ')}`)),
    )
    expect(new Set(sums).size).toBe(1)
    const own = await Promise.all(
      CONTROL_PLANES.map(name => lab.must(name, `sudo sha256sum ${PKI}/apiserver.key ${PKI}/etcd/peer.key`)),
    )
    expect(new Set(own).size).toBe(CONTROL_PLANES.length)
  })

  it('is not changed by a second apply, whichever control plane comes first in the file', async () => {
    await lab.write('kadm.yaml', file(['cp-3', 'cp-1', 'cp-2']))
    const {events} = await measured('second apply', () => lab.kadm(['apply', '-f', 'kadm.yaml', '--json']))
    expect(errorsIn(events)).toEqual([])
    expect(events.filter(({type}) => type === 'changed')).toEqual([])
  })

  it('tells of its etcd, and saves it', async () => {
    const {stdout} = await lab.kadmDone(['etcd', 'members', '-f', 'kadm.yaml'])
    expect(stdout).toContain('3 of 3 voting members answer; etcd needs 2, so 1 may fail')

    const status = (await lab.kadmDone(['etcd', 'status', '-f', 'kadm.yaml'])).stdout
    expect(status.match(/ leader | voter /g)).toHaveLength(3)
    const defrag = await measured('kadm etcd defrag', () => lab.kadmDone(['etcd', 'defrag', '-f', 'kadm.yaml']))
    expect(defrag.stdout.match(/^cp-\d: \d+\.\d MB before, \d+\.\d MB now$/gm)).toHaveLength(3)

    await measured('kadm etcd backup', () => lab.kadmDone(['etcd', 'backup', 'etcd.db', '-f', 'kadm.yaml']))
    const snapshot = readFileSync(join(lab.home, 'etcd.db'))
    expect(createHash('sha256').update(snapshot.subarray(0, -32)).digest()).toEqual(snapshot.subarray(-32))
  })

  it('answers while the first control plane is off, and lets no other one go meanwhile', async () => {
    await lab.must('cp-1', 'sudo systemctl stop kubelet; sudo pkill -KILL -x "kube-apiserver|etcd"; sleep 1')
    const endpoint = `${KUBECTL} get --raw=/readyz --request-timeout=10s`
    const answer = await lab.must('cp-2', `for i in $(seq 30); do ${endpoint} && exit 0; sleep 2; done; exit 1`)
    expect(answer).toContain('ok')

    const refused = await lab.kadm([...LEAVE, lab.target('cp-2')])
    expect(refused.code).toBe(3)
    expect(refused.stderr).toContain('without cp-3, etcd has 2 voting members and needs 2, but only 1 of them answers')
    await lab.must('cp-1', 'sudo systemctl start kubelet')
  })

  it('loses a control plane by reset, with its node and its member of etcd', async () => {
    await isWhole()
    await measured('kadm reset of one control plane', () => lab.kadmDone([...LEAVE, lab.target('cp-2')]))

    const nodes = await lab.must('cp-1', `${KUBECTL} get nodes -o name -l node-role.kubernetes.io/control-plane`)
    expect(nodes.trim().split('\n')).toEqual(['node/cp-1', 'node/cp-2'])
    const {stdout} = await lab.kadmDone(['etcd', 'members', lab.target('cp-1')])
    expect(stdout).toContain('2 of 2 voting members answer; etcd needs 2, so 0 may fail')
  })

  it('gets the control plane back by apply', async () => {
    await measured('apply after the reset', () => lab.kadmDone(['apply', '-f', 'kadm.yaml']))
    expect(await membersBy('cp-1')).toContain('3 of 3 voting members answer')
  })

  it('tells what the removal of a worker evicts, and which budget blocks it', async () => {
    const pause = await lab.must('cp-1', "sudo ctr -n k8s.io images ls -q | grep -m1 '/pause:'")
    // Both pods start on the worker, the only machine that is not cordoned.
    await lab.must('cp-1', `for name in ${CONTROL_PLANES.join(' ')}; do ${KUBECTL} cordon $name; done`)
    await lab.must('cp-1', `${KUBECTL} apply -f -`, WEB(pause.trim()))
    await lab.must('cp-1', `${KUBECTL} rollout status deployment/web --timeout=60s`)
    await lab.must('cp-1', `for name in ${CONTROL_PLANES.join(' ')}; do ${KUBECTL} uncordon $name; done`)

    const {stdout} = await lab.kadmDone(['remove', 'worker', '-f', 'kadm.yaml', '--dry-run'])
    expect(stdout.match(/is evicted: default\/web-/g)).toHaveLength(2)
    expect(stdout).toContain('budget default/web blocks the drain now: it needs 2 healthy pods and has 2')
    const alone = `${KUBECTL} run alone --image=${pause.trim()} --overrides='{"spec":{"nodeName":"worker"}}'`
    await lab.must('cp-1', `${alone} && ${KUBECTL} wait --for=condition=Ready pod/alone --timeout=60s`)
    const refused = await lab.kadm(['remove', 'worker', '-f', 'kadm.yaml', '--yes'])
    expect(refused.code).toBe(3)
    expect(refused.stderr).toContain('no controller creates default/alone again; to delete it, pass --force')
    await lab.must('cp-1', `${KUBECTL} delete pod alone --now`)
  })

  it('loses a worker, whose pods move as its budget allows, and whose machine is as before', async () => {
    await lab.must('cp-1', `${KUBECTL} patch pdb web --type=merge -p '{"spec":{"minAvailable":1}}'`)
    await measured('kadm remove of a worker', () => lab.kadmDone(['remove', 'worker', '-f', 'kadm.yaml', '--yes']))

    expect(await nodesBy('cp-1')).toEqual(['cp-1', 'cp-2', 'cp-3'])
    const pods = await lab.must('cp-1', `${KUBECTL} rollout status deployment/web --timeout=60s`)
    expect(pods).toContain('successfully rolled out')
    const left = await lab.must('worker', 'ls /etc/kubernetes /var/lib/kubelet /var/lib/kadm 2>/dev/null | grep -v : || :')
    expect(left.trim()).toBe('')
    // What is done already is not done again.
    await lab.kadmDone(['remove', 'worker', '-f', 'kadm.yaml', '--yes'])
  })

  it('loses the control plane that made it, alive, and gets it back through another one', async () => {
    await lab.write('kadm.yaml', fileOf(CONTROL_PLANES.map(name => ({name, machine: name, role: 'control-plane'}))))
    await measured('kadm remove of a control plane', () =>
      lab.kadmDone(['remove', 'cp-1', '-f', 'kadm.yaml', '--yes', '--delete-emptydir-data']),
    )
    expect(await nodesBy('cp-2')).toEqual(['cp-2', 'cp-3'])
    expect(await membersBy('cp-2')).toContain('2 of 2 voting members answer')

    await measured('apply with it again', () => lab.kadmDone(['apply', '-f', 'kadm.yaml']))
    expect(await membersBy('cp-2')).toContain('3 of 3 voting members answer')
  })

  it('names a host that is off and stops, and continues without it with --skip-unreachable', async () => {
    await labKill(lab.lab.name, 'cp-3')
    const stopped = await lab.kadm(['apply', '-f', 'kadm.yaml'])
    expect(stopped.code).toBe(4)
    expect(stopped.stderr).toContain('cp-3')

    const {stdout} = await measured('apply --skip-unreachable', () =>
      lab.kadmDone(['apply', '-f', 'kadm.yaml', '--skip-unreachable']),
    )
    expect(stdout).toContain('skipped, because they did not answer: cp-3')
    expect(await nodesBy('cp-2')).toEqual(['cp-1', 'cp-2', 'cp-3'])
  })

  it('replaces a dead control plane by another host of the file, after it asked', async () => {
    const hosts = ['cp-1', 'cp-2'].map(name => ({name, machine: name, role: 'control-plane'}))
    await lab.write('kadm.yaml', fileOf([...hosts, {name: 'cp-4', machine: 'worker', role: 'control-plane'}]))
    const asked = await lab.kadm(['apply', '-f', 'kadm.yaml'])
    expect(asked.code).toBe(2)
    expect(asked.stderr).toContain('cp-3')
    expect(asked.stderr).toContain('--yes')
    expect(await membersBy('cp-2')).toContain('2 of 3 voting members answer')

    await measured('apply with another host', () => lab.kadmDone(['apply', '-f', 'kadm.yaml', '--yes']))
    expect(await nodesBy('cp-2')).toEqual(['cp-1', 'cp-2', 'cp-4'])
    expect(await membersBy('cp-2')).toContain('3 of 3 voting members answer')
  })

  it('loses a dead control plane without a login, but not one that works', async () => {
    const works = await lab.kadm(['remove', 'cp-4', '--dead', '-f', 'kadm.yaml', '--yes'])
    expect(works.code).toBe(3)
    expect(works.stderr).toContain('cannot remove cp-4 as dead')

    await labKill(lab.lab.name, 'cp-1')
    await measured('kadm remove --dead', () =>
      lab.kadmDone(['remove', 'cp-1', '--dead', '--yes', '--to', lab.target('cp-2')]),
    )
    expect(await nodesBy('cp-2')).toEqual(['cp-2', 'cp-4'])
    expect(await membersBy('cp-2')).toContain('2 of 2 voting members answer')
  })

  const nodesBy = async (machine: string): Promise<readonly string[]> =>
    (await lab.must(machine, `${KUBECTL} get nodes -o name`)).trim().split('\n').map(line => line.replace('node/', ''))

  const membersBy = async (machine: string): Promise<string> =>
    (await lab.kadm(['etcd', 'members', lab.target(machine)])).stdout

  /** Waits until every member of etcd answers again. */
  const isWhole = async (): Promise<void> => {
    for (let tries = 0; tries < 40; tries++) {
      const {code} = await lab.kadm(['etcd', 'members', lab.target('cp-2')])
      if (code === 0) return
      await sleep(3000)
    }
    throw new Error('etcd does not become whole again')
  }
})

interface ListedHost {
  readonly name: string
  readonly machine: string
  readonly role: string
}

const WORKER: ListedHost = {name: 'worker', machine: 'worker', role: 'worker'}

/** Two pods that run on control planes too, and a budget that lets none of them go. */
const WEB = (pause: string): string =>
  [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {name: 'web'},
      spec: {
        replicas: 2,
        selector: {matchLabels: {app: 'web'}},
        template: {
          metadata: {labels: {app: 'web'}},
          // Not the cordon, which they would tolerate without a key.
          spec: {
            tolerations: [{key: 'node-role.kubernetes.io/control-plane', operator: 'Exists'}],
            containers: [{name: 'web', image: pause}],
          },
        },
      },
    },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: {name: 'web'},
      spec: {minAvailable: 2, selector: {matchLabels: {app: 'web'}}},
    },
  ]
    .map(object => stringify(object))
    .join('---\n')

/** A request to the JSON gateway of etcd on the machine, by a way that knows nothing of the tool. */
const etcdctl = (path: string): string =>
  `sudo curl -sS --cacert ${PKI}/etcd/ca.crt --cert ${PKI}/etcd/healthcheck-client.crt --key ${PKI}/etcd/healthcheck-client.key -d '{}' https://127.0.0.1:2379/v3/cluster/${path}`
