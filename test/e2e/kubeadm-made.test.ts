import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {DEFAULT_VERSION} from '../../src/domain/releases.ts'
import {flannelObjects} from '../../src/manifests/flannel.ts'
import {clusterOf} from '../manifests/cluster.ts'
import {LEFT_BY_RESET} from './left-by-reset.ts'
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
    const only = 'prepare,control-plane-images,node-images'
    await lab.kadmDone(['init', lab.target('master'), '--only', only, '--bundle', lab.bundleDir])
    const groups = await lab.must('master', 'stat -f -c %T /sys/fs/cgroup')
    const config = kubeadmConfig(lab.address('master'), groups === 'cgroup2fs' ? 'systemd' : 'cgroupfs')
    await measured('kubeadm init', () =>
      lab.must(
        'master',
        'cat > kubeadm.yaml; sudo systemctl enable kubelet; sudo kubeadm init --config kubeadm.yaml --ignore-preflight-errors=SystemVerification',
        config,
      ),
    )
    await lab.must('master', 'rm kubeadm.yaml')
    const items = flannelObjects({
      cluster: clusterOf(DEFAULT_VERSION),
      api: {host: lab.address('master'), port: 6443},
    })
    await lab.must('master', `${KUBECTL} apply -f -`, JSON.stringify({apiVersion: 'v1', kind: 'List', items}))
    await lab.must('master', `${KUBECTL} wait --for=condition=Ready node/master --timeout=180s`)
    await podsOfNodesRun()
  })
  afterAll(() => lab.down())

  const podsOfNodesRun = async (): Promise<void> => {
    for (const daemons of ['kube-system daemonset/kube-proxy', 'kube-flannel daemonset/kube-flannel-ds'])
      await lab.must('master', `${KUBECTL} rollout status --timeout=180s -n ${daemons}`)
    await lab.must('master', `${KUBECTL} rollout status --timeout=180s -n kube-system deployment/coredns`)
  }

  it('is read by status', async () => {
    const {stdout} = await lab.kadmDone(['status', lab.target('master')])

    expect(stdout).toMatch(/^master +ready +control-plane +v1\.37\.2 /m)
    expect(stdout).toMatch(/^kube-apiserver-master +ok/m)
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
      lab.kadm(['verify', lab.target('master'), '--json', '--drain', 'never']),
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

const KUBECTL = 'sudo kubectl --kubeconfig /etc/kubernetes/admin.conf --cache-dir /dev/shm/kubectl'

const LEFT = [
  ...LEFT_BY_RESET,
  {
    line: /^\+ path d 700 root:root \/var\/lib\/etcd $/,
    because: 'kubeadm made the folder; its own reset empties it and leaves it too',
  },
]

/** As a person would write it for such machines. */
const kubeadmConfig = (address: string, cgroupDriver: string): string => `apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
localAPIEndpoint: {advertiseAddress: ${address}}
nodeRegistration: {criSocket: "unix:///run/containerd/containerd.sock", imagePullPolicy: IfNotPresent}
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: ${DEFAULT_VERSION}
networking: {podSubnet: 10.244.0.0/16}
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
cgroupDriver: ${cgroupDriver}
failCgroupV1: false
---
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
conntrack: {maxPerCore: 0, min: 0}
`
