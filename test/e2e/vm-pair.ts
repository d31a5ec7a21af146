import {testLab, type TestLab} from './test-lab.ts'

export const MACHINES = ['master', 'worker-1'] as const

/** Two VMs as VirtualBox makes them. Emulated, they want both cores of a small computer for themselves. */
export async function bootPair(name: string): Promise<TestLab> {
  const lab = await testLab(name, MACHINES, {
    driver: 'qemu',
    vm: {cards: 'virtualbox', cpus: 1, memoryMib: 2048, sizes: {master: {cpus: 2, memoryMib: 3072}}},
  })
  await lab.write('kadm.yaml', clusterYaml(lab, MACHINES))
  return lab
}

/** The nodes as the API shows them. */
export const nodesOf = (lab: TestLab): Promise<string> => kubectl(lab, 'get nodes --no-headers')

/** As root on a control plane; what it keeps is gone with the machine's memory. */
export const KUBECTL = 'kubectl --cache-dir /dev/shm/kubectl --kubeconfig /etc/kubernetes/admin.conf'

/** Speaks to the cluster as its administrator, on the control plane. */
export const kubectl = (lab: TestLab, words: string, input?: string): Promise<string> =>
  lab.must('master', `sudo ${KUBECTL} ${words}`, input)

/** What each machine swaps to. */
export const swapsOf = (lab: TestLab): Promise<readonly string[]> =>
  Promise.all(MACHINES.map(machine => lab.must(machine, 'sed 1d /proc/swaps')))

/**
 * A file for a cluster whose machines may be emulated; `settings` are further lines of its first document. The kubelet waits longer
 * than its usual two minutes for the runtime: an image is unpacked while its first container is made.
 */
export const clusterYaml = (
  lab: TestLab,
  machines: readonly string[],
  settings: readonly string[] = [],
): string => `apiVersion: kadm/v1
kind: Cluster
metadata: {name: vms}
hosts: ${JSON.stringify(machines.map(name => ({name, role: roleOf(name), ssh: lab.target(name)})))}
source: {kind: bundle, path: ${lab.bundleDir}}
${settings.map(line => `${line}\n`).join('')}\
startupTimeout: 30m
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
encryptionAlgorithm: ECDSA-P256
apiServer: {extraArgs: ${pairs({'enable-priority-and-fairness': 'false'})}, extraEnvs: ${RARE_GC}}
etcd: {local: {extraEnvs: ${RARE_GC}}}
controllerManager: {extraArgs: ${pairs({...SLOW_LEASE, ...FEW_CONTROLLERS})}, extraEnvs: ${RARE_GC}}
scheduler: {extraArgs: ${pairs(SLOW_LEASE)}, extraEnvs: ${RARE_GC}}
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
nodeLeaseDurationSeconds: 120
nodeStatusUpdateFrequency: 30s
volumeStatsAggPeriod: -1s
runtimeRequestTimeout: 15m
`

const roleOf = (machine: string): string => (machine === 'master' ? 'control-plane' : 'worker')

const pairs = (values: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(values).map(([name, value]) => ({name, value})))

/** Emulated, an API server can keep one waiting longer than the 15 s after which its clients would take their lease for lost. */
const SLOW_LEASE = {
  'leader-elect-lease-duration': '60s',
  'leader-elect-renew-deadline': '50s',
  'leader-elect-retry-period': '5s',
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

/** Emulated, memory is cheaper than time. */
const RARE_GC = pairs({GOGC: '400'})
