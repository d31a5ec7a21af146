import {testLab, type TestLab} from './test-lab.ts'

export const MACHINES = ['master', 'worker-1'] as const

/** Two VMs as VirtualBox makes them. Emulated, they want both cores of a small computer for themselves. */
export async function bootPair(name: string): Promise<TestLab> {
  const lab = await testLab(name, MACHINES, {
    driver: 'qemu',
    vm: {cards: 'virtualbox', cpus: 2, memoryMib: 2048, sizes: {master: {memoryMib: 3072}}},
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

/** A file for a cluster whose machines may be emulated; `settings` are further lines of its first document. */
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
startupTimeout: 15m
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
encryptionAlgorithm: ECDSA-P256
apiServer: {extraEnvs: ${RARE_GC}}
etcd: {local: {extraEnvs: ${RARE_GC}}}
controllerManager: {extraArgs: ${SLOW_LEASE}}
scheduler: {extraArgs: ${SLOW_LEASE}}
`

const roleOf = (machine: string): string => (machine === 'master' ? 'control-plane' : 'worker')

/** Emulated, an API server can keep one waiting longer than the 15 s after which its clients would take their lease for lost. */
const SLOW_LEASE = JSON.stringify(
  Object.entries({'lease-duration': '60s', 'renew-deadline': '50s', 'retry-period': '5s'}).map(([name, value]) => ({
    name: `leader-elect-${name}`,
    value,
  })),
)

/** Emulated, memory is cheaper than time. */
const RARE_GC = JSON.stringify([{name: 'GOGC', value: '400'}])
