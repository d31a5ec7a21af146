import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {addressIn} from '../../src/lab/network/subnet.ts'
import {bringTool, kadmOn, TOOL} from '../e2e/bring-tool.ts'
import {KUBECTL, makeByKubeadm} from '../e2e/make-by-kubeadm.ts'
import {tcpBalancer, type TcpBalancer} from '../e2e/tcp-balancer.ts'
import {measured, testLab, type TestLab} from '../e2e/test-lab.ts'

const MACHINES = ['cp-1', 'cp-2', 'cp-3']
const KUBEADM_FLAGS = '--cri-socket unix:///run/containerd/containerd.sock --ignore-preflight-errors=SystemVerification'
const WRONG_KEY = 'ab'.repeat(32)

describe('control planes that join one after the other', () => {
  let lab: TestLab
  let balancer: TcpBalancer
  const secrets: string[] = []

  beforeAll(async () => {
    lab = await testLab('e2e-joined', MACHINES)
    balancer = await tcpBalancer(addressIn(lab.lab.subnet, 1), MACHINES.map(lab.address), 6443)
    const endpoint = `${addressIn(lab.lab.subnet, 1)}:${String(balancer.port)}`
    const cluster = ['--control-plane-endpoint', endpoint, '--upload-certs', '--bundle', lab.bundleDir]
    const {stdout} = await measured('kadm init', () => lab.kadmDone(['init', lab.target('cp-1'), ...cluster]))
    expect(stdout).toMatch(
      new RegExp(`^  kadm join ${endpoint} --token \\S+ --discovery-token-ca-cert-hash \\S+ --control-plane --certificate-key [0-9a-f]{64}$`, 'm'),
    )
  })
  afterAll(async () => {
    await lab.down()
    await balancer.close()
  })

  const controlPlanes = async (): Promise<readonly string[]> => {
    const nodes = await lab.must('cp-1', `${KUBECTL} get nodes -o name -l node-role.kubernetes.io/control-plane`)
    return nodes.trim().split('\n')
  }
  const members = async (): Promise<string> => (await lab.kadmDone(['etcd', 'members', lab.target('cp-1')])).stdout
  /** A key for the certificates, and the line of a join with it. */
  const joinLine = async (certificateKey: string): Promise<string> => {
    secrets.push(certificateKey)
    const args = ['token', 'create', '--print-join-command', '--certificate-key', certificateKey]
    return (await lab.kadmDone([...args, '--to', lab.target('cp-1')])).stdout.trim()
  }

  it('are added from the laptop', async () => {
    const join = ['join', lab.target('cp-2'), '--control-plane', '--to', lab.target('cp-1')]
    const {stderr} = await measured('kadm join --control-plane', () =>
      lab.kadmDone([...join, '--bundle', lab.bundleDir]),
    )

    expect(stderr).toContain('the cluster has 2 control planes: etcd needs 2 of them')
    expect(await controlPlanes()).toEqual(['node/cp-1', 'node/cp-2'])
    expect(await members()).toContain('2 of 2 voting members answer')
    const again = await lab.kadmDone([...join, '--bundle', lab.bundleDir, '--dry-run'])
    expect(again.stdout).toBe('nothing to change\n')
  })

  it('are added by the real kubeadm with the certificates that kadm uploaded', async () => {
    const only = 'prepare,control-plane-images,node-images'
    const prepare = ['join', lab.target('cp-3'), '--control-plane', '--to', lab.target('cp-1'), '--only', only]
    await lab.kadmDone([...prepare, '--bundle', lab.bundleDir])
    const {stdout: key} = await lab.kadmDone(['certs', 'upload', lab.target('cp-1')])
    const line = await joinLine(key.trim())
    await measured('kubeadm join', () =>
      lab.must('cp-3', `sudo systemctl enable kubelet; sudo ${line} ${KUBEADM_FLAGS}`),
    )

    expect(await controlPlanes()).toEqual(MACHINES.map(name => `node/${name}`))
    expect(await members()).toContain('3 of 3 voting members answer; etcd needs 2, so 1 may fail')
    const certs = ['--only', 'control-plane-join/certs', '--bundle', lab.bundleDir, '--dry-run']
    const {stdout} = await lab.kadmDone([...prepare.slice(0, 5), ...certs])
    expect(stdout).toBe('nothing to change\n')
  })

  it('are added on the machine itself with the certificates that the real kubeadm uploaded', async () => {
    await lab.kadmDone(['reset', lab.target('cp-3'), '--to', lab.target('cp-1'), '--yes'])
    await bringTool(lab, 'cp-3')
    const uploaded = await lab.must('cp-1', 'sudo kubeadm init phase upload-certs --upload-certs')
    const key = uploaded.trim().split('\n').at(-1) ?? ''
    const line = await joinLine(key)
    const join = (text: string): string => `${text.replace(/^kubeadm /, '')} --bundle ${TOOL}/bundle`

    const refused = await kadmOn(lab, 'cp-3', join(line.replace(key, WRONG_KEY)))
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('the certificate key does not open ca.crt in Secret kube-system/kubeadm-certs')
    expect(await lab.must('cp-3', 'sudo ls /etc/kubernetes 2>&1 || :')).not.toContain('pki')

    const {code, stdout, stderr} = await measured('sudo kadm join --control-plane', () =>
      kadmOn(lab, 'cp-3', join(line)),
    )
    expect(code, stderr).toBe(0)
    for (const secret of secrets) expect(stdout + stderr).not.toContain(secret)
    expect(await controlPlanes()).toEqual(MACHINES.map(name => `node/${name}`))
    expect(await members()).toContain('3 of 3 voting members answer; etcd needs 2, so 1 may fail')
    // The files are on the machine now, so a second run needs no upload.
    await lab.must('cp-1', `${KUBECTL} -n kube-system delete secret kubeadm-certs`)
    expect(await kadmOn(lab, 'cp-3', join(line))).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('nothing to change') as unknown,
    })
  })

  it('do not join while a member of etcd is down, and kadm reports the numbers', async () => {
    await lab.kadmDone(['reset', lab.target('cp-3'), '--to', lab.target('cp-1'), '--yes'])
    await lab.must('cp-2', 'sudo systemctl stop kubelet; sudo pkill -KILL -x etcd; sleep 1')
    const {code, stderr} = await lab.kadm([
      ...['join', lab.target('cp-3'), '--control-plane', '--to', lab.target('cp-1'), '--bundle', lab.bundleDir],
    ])
    await lab.must('cp-2', 'sudo systemctl start kubelet')

    expect(code, stderr).toBe(3)
    expect(stderr).toContain('etcd has 2 voting members and needs 2, but only 1 answers')
    expect(await lab.must('cp-3', 'sudo ls /etc/kubernetes 2>&1 || :')).not.toContain('pki')
  })
})

describe('a cluster that the real kubeadm made', () => {
  let lab: TestLab

  beforeAll(async () => {
    lab = await testLab('e2e-of-kubeadm', ['first', 'second'])
    await makeByKubeadm(lab, 'first', `${lab.address('first')}:6443`)
  })
  afterAll(() => lab.down())

  it('gets another control plane by kadm join', async () => {
    const join = ['join', lab.target('second'), '--control-plane', '--to', lab.target('first')]
    await measured('kadm join --control-plane', () => lab.kadmDone([...join, '--bundle', lab.bundleDir]))

    const nodes = await lab.must('second', `${KUBECTL} get nodes -o name -l node-role.kubernetes.io/control-plane`)
    expect(nodes.trim().split('\n')).toEqual(['node/first', 'node/second'])
    const {stdout} = await lab.kadmDone(['etcd', 'members', lab.target('second')])
    expect(stdout).toContain('2 of 2 voting members answer')
    expect((await lab.kadmDone(['status', lab.target('second')])).stdout).toMatch(/^second +ready +control-plane /m)
  })
})
