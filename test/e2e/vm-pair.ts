import {CARDS} from '../../src/lab/drivers/vm-command.ts'
import type {DebianRelease} from '../../src/lab/image/debian-release.ts'
import {testLab, type TestLab} from './test-lab.ts'
import {LEAN_SERVICES, leanDocuments} from './vm-lean.ts'

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

/** The first document of a file for test machines. */
export const kadmDocument = (
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
export const clusterYaml = (lab: TestLab, machines: readonly string[], settings: readonly string[] = []): string =>
  `${kadmDocument(lab, machines, [...settings, 'startupTimeout: 30m'])}${leanDocuments('alone')}`

const roleOf = (machine: string): string => (/^(master|cp-\d)$/.test(machine) ? 'control-plane' : 'worker')
