import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {LEFT_BY_RESET} from './left-by-reset.ts'
import {KUBECTL, makeByKubeadm} from './make-by-kubeadm.ts'
import {differences, snapshot, type Snapshot} from './snapshot.ts'
import {measured, testLab, type TestLab} from './test-lab.ts'
import {errorsIn} from './told.ts'

const MACHINES = ['master', 'worker']

describe('a cluster that the real kubeadm made', () => {
  let lab: TestLab
  const bare = new Map<string, Snapshot>()

  beforeAll(async () => {
    lab = await testLab('e2e-kubeadm', MACHINES)
    await Promise.all(MACHINES.map(async machine => bare.set(machine, await snapshot(lab, machine))))
    await makeByKubeadm(lab, 'master')
    await podsOfNodesRun()
  })
  afterAll(() => lab.down())

  const podsOfNodesRun = async (): Promise<void> => {
    for (const daemons of ['kube-system daemonset/kube-proxy', 'kube-flannel daemonset/kube-flannel-ds'])
      await lab.must('master', `${KUBECTL} rollout status --timeout=180s -n ${daemons}`)
    await lab.must('master', `${KUBECTL} rollout status --timeout=180s -n kube-system deployment/coredns`)
    // kubeadm restarts the kubelet at its end, which calls its pods not ready until it has checked them again.
    await lab.must(
      'master',
      `${KUBECTL} wait --for=condition=Ready -n kube-system pods -l tier=control-plane --timeout=180s`,
    )
  }

  it('is read by status', async () => {
    const {stdout} = await lab.kadmDone(['status', lab.target('master')])

    expect(stdout).toMatch(/^master +ready +control-plane +v1\.37\.2 /m)
    expect(stdout).toMatch(/^kube-apiserver-master +ok/m)
  })

  it('gets no further control plane, because it has no endpoint for all, and the machine is not touched', async () => {
    const before = await snapshot(lab, 'worker')
    const join = ['join', lab.target('worker'), '--control-plane', '--to', lab.target('master')]
    const {code, stderr} = await lab.kadm([...join, '--bundle', lab.bundleDir])

    expect(code).toBe(3)
    expect(stderr).toContain('it has no controlPlaneEndpoint (in ConfigMap kube-system/kubeadm-config)')
    expect(stderr).toContain('kadm init --control-plane-endpoint')
    expect(differences(before, await snapshot(lab, 'worker'))).toEqual([])
  })

  it('gets a worker by join', async () => {
    await measured('kadm join', () =>
      lab.kadmDone(['join', lab.target('worker'), '--to', lab.target('master'), '--bundle', lab.bundleDir]),
    )
    await podsOfNodesRun()

    const {stdout} = await lab.kadmDone(['status', lab.target('master')])
    expect(stdout).toMatch(/^worker +ready +worker +v1\.37\.2 /m)
  })

  it('works, with its new worker', async () => {
    const {events} = await measured('kadm verify', () =>
      lab.kadm(['verify', lab.target('master'), '--json', '--quick']),
    )

    expect(events.filter(({type, ok}) => type === 'check' && ok !== true)).toEqual([])
    expect(errorsIn(events)).toEqual([])
  })

  it('keeps every certificate that kubeadm made when init is asked what it would change', async () => {
    const {stdout} = await lab.kadmDone([
      'init',
      lab.target('master'),
      '--dry-run',
      ...['--only', 'certs', '--bundle', lab.bundleDir],
    ])

    expect(stdout).toBe('nothing to change\n')
  })

  it('is taken back by reset, which leaves no trace on either machine', async () => {
    await lab.kadmDone(['reset', lab.target('worker'), '--to', lab.target('master'), '--yes'])
    expect(await lab.must('master', `${KUBECTL} get nodes -o name`)).toBe('node/master')
    await measured('kadm reset of the control plane', () => lab.kadmDone(['reset', lab.target('master'), '--yes']))

    for (const machine of MACHINES) {
      const before = bare.get(machine) ?? new Set()
      expect(differences(before, await snapshot(lab, machine), LEFT), machine).toEqual([])
    }
  })
})

const LEFT = [
  ...LEFT_BY_RESET,
  {
    line: /^\+ path d 700 root:root \/var\/lib\/etcd $/,
    because: 'kubeadm made the folder; its own reset empties it and leaves it too',
  },
]
