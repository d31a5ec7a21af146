import {CARDS} from '../../src/lab/drivers/vm-command.ts'
import type {DebianRelease} from '../../src/lab/image/debian-release.ts'
import {testLab, type TestLab} from './test-lab.ts'

export const MACHINES = ['master', 'worker-1'] as const

/** A cluster of test machines, and which of them are VMs. */
export interface Pair {
  readonly lab: TestLab
  readonly vms: readonly string[]
}

/** Two VMs as VirtualBox makes them. Emulated, they want both cores of a small computer for themselves, and long. */
export async function bootPair(name: string): Promise<Pair> {
  const lab = await testLab(name, MACHINES, {
    driver: 'qemu',
    vm: {cards: 'virtualbox', cpus: 1, memoryMib: 2048, sizes: {master: {cpus: 2, memoryMib: 3072}}},
  })
  await Promise.all(MACHINES.map(machine => lab.must(machine, 'sudo sh', LEAN_SERVICES)))
  await lab.write('kadm.yaml', clusterYaml(lab, MACHINES))
  return {lab, vms: MACHINES}
}

/**
 * A VM whose control plane is a container, as an emulated control plane needs two cores before anything is asked of it. The file gives
 * the VM's second card two addresses and a smaller MTU.
 */
export async function bootWorker(name: string, release?: DebianRelease): Promise<TestLab> {
  const lab = await testLab(name, MACHINES, {
    containers: ['master'],
    release,
    driver: 'qemu',
    vm: {cards: 'virtualbox', cpus: 2, memoryMib: 2048},
  })
  const network = {[CARDS.lab]: {addresses: addressesOf(lab).map(address => `${address}/24`), mtu: SMALL_MTU}}
  await lab.write('kadm.yaml', kadmDocument(lab, MACHINES, ['startupTimeout: 15m'], {'worker-1': {network}}))
  return lab
}

/** What a packet of a VXLAN or VPN leaves of 1500. */
export const SMALL_MTU = 1450
/** The addresses that the worker is to have on its second card: its own, and another. */
export const addressesOf = (lab: TestLab): readonly string[] => [
  lab.address('worker-1'),
  lab.address('worker-1').replace(/\d+$/, '50'),
]

/** The nodes as the API shows them. */
export const nodesOf = (lab: TestLab): Promise<string> => kubectl(lab, 'get nodes --no-headers')

/** As root on a control plane; what it keeps is gone with the machine's memory. */
export const KUBECTL = 'kubectl --cache-dir /dev/shm/kubectl --kubeconfig /etc/kubernetes/admin.conf'

/** Speaks to the cluster as its administrator, on the control plane. */
export const kubectl = (lab: TestLab, words: string, input?: string): Promise<string> =>
  lab.must('master', `sudo ${KUBECTL} ${words}`, input)

/** What each VM swaps to. */
export const swapsOf = ({lab, vms}: Pair): Promise<readonly string[]> =>
  Promise.all(vms.map(machine => lab.must(machine, 'sed 1d /proc/swaps')))

const kadmDocument = (
  lab: TestLab,
  machines: readonly string[],
  settings: readonly string[],
  more: Readonly<Record<string, object>> = {},
): string => `apiVersion: kadm/v1
kind: Cluster
metadata: {name: vms}
hosts: ${JSON.stringify(machines.map(name => ({name, role: roleOf(name), ssh: lab.target(name), ...more[name]})))}
source: {kind: bundle, path: ${lab.bundleDir}}
${settings.map(line => `${line}\n`).join('')}`

/** A file for a cluster whose machines may all be emulated; `settings` are further lines of its first document. */
export const clusterYaml = (
  lab: TestLab,
  machines: readonly string[],
  settings: readonly string[] = [],
): string => `${kadmDocument(lab, machines, [...settings, 'startupTimeout: 30m'])}\
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
encryptionAlgorithm: ECDSA-P256
apiServer: {extraArgs: ${pairs(LEAN_API)}, extraEnvs: ${LEAN_GO}}
etcd: {local: {extraArgs: ${pairs(RARE_HEARTBEAT)}, extraEnvs: ${LEAN_GO}}}
controllerManager: {extraArgs: ${pairs({...ALONE, ...FEW_CONTROLLERS})}, extraEnvs: ${LEAN_GO}}
scheduler: {extraArgs: ${pairs(ALONE)}, extraEnvs: ${LEAN_GO}}
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
nodeLeaseDurationSeconds: 120
nodeStatusUpdateFrequency: 30s
volumeStatsAggPeriod: -1s
`

const roleOf = (machine: string): string => (machine === 'master' ? 'control-plane' : 'worker')

const pairs = (values: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(values).map(([name, value]) => ({name, value})))

/** The only one of its kind has nobody to keep a lease against. */
const ALONE = {'leader-elect': 'false'}

/** Emulated, each of these is a wakeup that costs more than what it is for. */
const LEAN_API = {'enable-priority-and-fairness': 'false', 'watch-cache': 'false'}
const RARE_HEARTBEAT = {
  'heartbeat-interval': '1000',
  'election-timeout': '10000',
  'watch-progress-notify-interval': '60s',
}

/**
 * Emulated, a control plane has more to do than it can, gets late, and what is late is asked for again. These have nothing to do in
 * such a cluster but to watch all that there could be.
 */
const IDLE_CONTROLLERS = [
  'persistentvolume-attach-detach',
  'persistentvolume-binder',
  'persistentvolume-expander',
  'persistentvolume-protection',
  'persistentvolumeclaim-protection',
  'ephemeral-volume',
  'volumeattributesclass-protection',
  'horizontal-pod-autoscaler',
  'cronjob',
  'job',
  'ttl-after-finished',
  'replicationcontroller',
  'statefulset',
  'resourcequota',
  'resourceclaim',
  'device-taint-eviction',
  'garbage-collector',
  'endpoints',
  'endpointslice-mirroring',
  'validatingadmissionpolicy-status',
]
const FEW_CONTROLLERS = {
  controllers: ['*', ...IDLE_CONTROLLERS.map(name => `-${name}-controller`)].join(','),
  'node-monitor-grace-period': '180s',
}

/** Emulated, memory is cheaper than time, and to wake a second thread dearer than to wait for the first. */
const LEAN_GO = pairs({GOGC: '400', GOMAXPROCS: '1'})

/** What a VM starts as a service wakes no second thread then either: `LEAN_GO`. */
const LEAN_SERVICES = String.raw`
mkdir -p /etc/systemd/system.conf.d
printf '[Manager]\nDefaultEnvironment=GOMAXPROCS=1 GOGC=400\n' > /etc/systemd/system.conf.d/lean.conf
systemctl daemon-reexec`
