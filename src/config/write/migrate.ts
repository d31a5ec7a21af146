import {clusterToYaml} from './cluster-yaml.ts'
import {filled, said} from './kubeadm-bodies.ts'
import type {ConfigEnvironment} from '../read/environment.ts'
import {fileDocuments, type FileDocuments} from '../documents/file-documents.ts'
import {type ConfigIssue, findingText, newFindings, type Path, type Place, type Report} from '../documents/finding.ts'
import type {NodeRegistration} from '../documents/kubeadm-documents.ts'
import {chosenAddress, type PlacedHost} from '../draft/hosts.ts'
import {finish, gather, remarkOnKubeadm, tellComponentKeys} from '../read/read-cluster.ts'
import {hostSpec, parseTarget} from '../rules/target.ts'

export interface Migrated {
  /** The text of a `kadm.yaml`; comments at its top list what kadm could not migrate. */
  readonly text: string
  readonly warnings: readonly string[]
  /** What the `kadm.yaml` does not have; empty when it has everything. */
  readonly leftOut: readonly string[]
}

/** Turns kubeadm's own configuration file into a `kadm.yaml`. */
export function migrate(fileName: string, text: string, environment: ConfigEnvironment): Migrated {
  const findings = newFindings()
  const {report} = findings
  const documents = fileDocuments(fileName, text, report)
  refuseOthers(documents, report)
  const left: ConfigIssue[] = [...(documents.ignored ?? [])]
  remarkOnKubeadm(documents, finding => {
    if (finding.severity === 'error') left.push({...finding, severity: 'warning'})
    report({...finding, severity: 'warning'})
  })
  tellComponentKeys(documents, report)
  const gathered = gather(documents, [controlPlane(documents)], {fileName, environment, report})
  const read = finish(
    gathered,
    documents,
    findings,
    () => "correct the file; if it uses an older kubeadm API, run 'kubeadm config migrate' first",
  )
  const leftOut = left.map(findingText)
  const comments = leftOut.map(line => `# left out: ${line}\n`)
  const workers = nodeBody(documents.join?.value.nodeRegistration)
  return {text: comments.join('') + clusterToYaml(read.cluster, workers), warnings: read.warnings, leftOut}
}

function refuseOthers({cluster, init, clusterConfiguration, join, whole, locate}: FileDocuments, report: Report): void {
  const refuse = (place: Place, message: string): void => report({severity: 'error', place, message})
  if (cluster !== undefined)
    refuse(cluster.locate(['kind'], 'key'), 'is already a Cluster of kadm; there is nothing to migrate')
  else if (init === undefined && clusterConfiguration === undefined && whole) {
    const missing = 'does not contain an InitConfiguration or a ClusterConfiguration'
    refuse(locate([]), join === undefined ? missing : `${missing}; to join a node, use it as it is: kadm join -f FILE`)
  }
}

/** What the document says of workers: there is no host for them yet, so it stays in its own document. */
function nodeBody(node: NodeRegistration | undefined): object {
  if (node === undefined) return {}
  const {name, criSocket, taints, kubeletExtraArgs} = node
  return {
    ...said('name', name === '' ? undefined : name),
    ...said('criSocket', criSocket === '' ? undefined : criSocket),
    ...said('taints', taints),
    ...filled(
      'kubeletExtraArgs',
      (kubeletExtraArgs ?? []).map(arg => ({name: arg?.name ?? '', value: arg?.value ?? ''})),
    ),
  }
}

/** kubeadm's file describes one machine by its address or name, or else the machine that reads it. */
function controlPlane({init, locate}: FileDocuments): PlacedHost {
  const name = init?.value.nodeRegistration?.name ?? ''
  const address = chosenAddress(init?.value.localAPIEndpoint?.advertiseAddress) ?? (name === '' ? undefined : name)
  const placed = init?.locate ?? locate
  const at = (...path: Path): Place =>
    placed(path[0] === 'name' ? ['nodeRegistration', 'name'] : ['localAPIEndpoint', 'advertiseAddress'])
  return {
    spec: hostSpec('control-plane', address === undefined ? 'local' : parseTarget(address.trim().toLowerCase())),
    at,
  }
}
