import {createHash} from 'node:crypto'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {stringify} from 'yaml'
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
    stringify({
      apiVersion: 'kadm/v1',
      kind: 'Cluster',
      kubernetesVersion: lab.lab.kubernetesVersion,
      controlPlaneEndpoint: `${addressIn(lab.lab.subnet, 1)}:${String(balancer.port)}`,
      hosts: MACHINES.filter(name => name === 'worker' || controlPlanes.includes(name))
        .toSorted((a, b) => controlPlanes.indexOf(a) - controlPlanes.indexOf(b))
        .map(name => ({
          name,
          role: name === 'worker' ? 'worker' : 'control-plane',
          ssh: {address: lab.address(name), user: lab.target(name).split('@')[0]},
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

    await measured('kadm etcd backup', () => lab.kadmDone(['etcd', 'backup', 'etcd.db', '-f', 'kadm.yaml']))
    const snapshot = readFileSync(join(lab.home, 'etcd.db'))
    expect(createHash('sha256').update(snapshot.subarray(0, -32)).digest()).toEqual(snapshot.subarray(-32))
  })

  it('answers while the first control plane is off, and lets no other one go meanwhile', async () => {
    await lab.must('cp-1', 'sudo systemctl stop kubelet; sudo pkill -x kube-apiserver; sudo pkill -x etcd; sleep 1')
    const endpoint = `${KUBECTL} get --raw=/readyz --request-timeout=10s`
    const answer = await lab.must('cp-2', `for i in 1 2 3 4 5 6; do ${endpoint} && exit 0; sleep 2; done; exit 1`)
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

/** A request to the JSON gateway of etcd on the machine, by a way that knows nothing of the tool. */
const etcdctl = (path: string): string =>
  `sudo curl -sS --cacert ${PKI}/etcd/ca.crt --cert ${PKI}/etcd/healthcheck-client.crt --key ${PKI}/etcd/healthcheck-client.key -d '{}' https://127.0.0.1:2379/v3/cluster/${path}`
