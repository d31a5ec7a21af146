import {DEFAULT_VERSION} from '../../src/domain/releases.ts'
import {flannelObjects} from '../../src/manifests/flannel.ts'
import {clusterOf} from '../manifests/cluster.ts'
import {measured, type TestLab} from './test-lab.ts'

/** Without the traces that kubectl leaves in the home of its user. */
export const KUBECTL = 'sudo kubectl --kubeconfig /etc/kubernetes/admin.conf --cache-dir /dev/shm/kubectl'

/** Makes a machine of the lab a control plane with the real kubeadm, and installs flannel. */
export async function makeByKubeadm(lab: TestLab, machine: string, endpoint?: string): Promise<void> {
  const only = 'prepare,control-plane-images,node-images'
  await lab.kadmDone(['init', lab.target(machine), '--only', only, '--bundle', lab.bundleDir])
  const groups = await lab.must(machine, 'stat -f -c %T /sys/fs/cgroup')
  const address = lab.address(machine)
  const cgroupDriver = groups === 'cgroup2fs' ? 'systemd' : 'cgroupfs'
  await measured('kubeadm init', () =>
    lab.must(
      machine,
      'cat > kubeadm.yaml; sudo systemctl enable kubelet; sudo kubeadm init --config kubeadm.yaml --ignore-preflight-errors=SystemVerification',
      kubeadmConfig({address, cgroupDriver, endpoint}),
    ),
  )
  await lab.must(machine, 'rm kubeadm.yaml')
  const items = flannelObjects({cluster: clusterOf(DEFAULT_VERSION), api: {host: address, port: 6443}})
  await lab.must(machine, `${KUBECTL} apply -f -`, JSON.stringify({apiVersion: 'v1', kind: 'List', items}))
  await lab.must(machine, `${KUBECTL} wait --for=condition=Ready node/${machine} --timeout=180s`)
}

interface Said {
  readonly address: string
  readonly cgroupDriver: string
  readonly endpoint: string | undefined
}

/** As a person would write it for such machines. */
const kubeadmConfig = ({address, cgroupDriver, endpoint = '""'}: Said): string => `apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
localAPIEndpoint: {advertiseAddress: ${address}}
nodeRegistration: {criSocket: "unix:///run/containerd/containerd.sock", imagePullPolicy: IfNotPresent}
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: ${DEFAULT_VERSION}
controlPlaneEndpoint: ${endpoint}
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
