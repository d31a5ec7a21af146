import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {readCluster} from '../../../config/read/read-cluster.ts'
import type {Cluster, HostSpec} from '../../../domain/cluster.ts'
import {controlPlaneOn} from '../../../engine/cluster/control-plane.ts'
import type {KubeClient} from '../../../kube/client.ts'
import {listNodes, type NodeStatus} from '../../../kube/nodes.ts'
import type {Lab} from '../../../lab/run/lab.ts'
import type {Host} from '../../../remote/host.ts'
import {table} from '../../../ui/columns.ts'
import {fetchAdminConf} from '../kubeconfig-file.ts'
import {labClusterYaml} from './lab-cluster.ts'
import {environment} from '../requests/load-cluster.ts'
import {firstControlPlane} from '../requests/target-host.ts'

/** Writes the kadm.yaml of the lab next to its state, so that you can use it later, and reads it as apply does. */
export async function demoCluster(lab: Lab): Promise<{readonly cluster: Cluster; readonly file: string}> {
  const file = join(lab.dir, 'kadm.yaml')
  const text = labClusterYaml(lab)
  await writeFile(file, text, {mode: 0o600})
  return {cluster: readCluster(file, text, environment).cluster, file}
}

export interface DemoEdge {
  readonly connect: (spec: HostSpec) => Promise<Host>
  readonly atEnd: (close: () => Promise<void>) => void
  readonly signal: AbortSignal
}

export interface DemoAccess {
  readonly api: KubeClient
  readonly kubeconfig: string
  readonly nodes: {readonly data: readonly NodeStatus[]; readonly text: string}
}

/** Verifies the finished cluster and fetches its kubeconfig for kubectl on this computer. */
export async function demoAccess(lab: Lab, cluster: Cluster, {connect, atEnd, signal}: DemoEdge): Promise<DemoAccess> {
  const host = await connect(firstControlPlane(cluster))
  const controlPlane = controlPlaneOn(host, signal)
  atEnd(controlPlane.close)
  const api = await controlPlane.api()
  const kubeconfig = join(lab.dir, 'kubeconfig')
  await writeFile(kubeconfig, await fetchAdminConf(host, signal), {mode: 0o600})
  const data = await listNodes(api, {signal})
  const rows = data.map(node => [
    node.name,
    node.ready ? 'Ready' : 'NotReady',
    node.roles.join(',') || 'worker',
    node.version,
    node.internalAddress ?? '',
  ])
  return {api, kubeconfig, nodes: {data, text: table(['node', 'state', 'role', 'version', 'address'], rows)}}
}

/** The next commands to run. */
export const nextSteps = (lab: Lab, file: string, kubeconfig: string): readonly string[] => [
  'next:',
  `  npx kadm lab ssh ${lab.name} ${lab.machines[0]?.name ?? ''}     then: kubectl get nodes`,
  `  kubectl --kubeconfig ${kubeconfig} get pods -A`,
  `  npx kadm status -f ${file}`,
  `  npx kadm plan -f ${file}`,
  ' npm run down removes everything',
]
