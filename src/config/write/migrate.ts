import {clusterToYaml} from './cluster-yaml.ts'
import type {ConfigEnvironment} from '../read/environment.ts'
import {fileDocuments, type FileDocuments} from '../documents/file-documents.ts'
import {type ConfigIssue, findingText, newFindings, type Path, type Place} from '../documents/finding.ts'
import {chosenAddress, type PlacedHost} from '../draft/hosts.ts'
import {finish, gather, tellAllUnsupported, tellComponentKeys} from '../read/read-cluster.ts'
import {hostSpec, parseTarget} from '../rules/target.ts'

export interface Migrated {
  /** The text of a `kadm.yaml`; comments at its top list what kadm could not migrate. */
  readonly text: string
  readonly warnings: readonly string[]
}

/** Turns kubeadm's own configuration file into a `kadm.yaml`. */
export function migrate(fileName: string, text: string, environment: ConfigEnvironment): Migrated {
  const findings = newFindings()
  const {report} = findings
  const documents = fileDocuments(fileName, text, report)
  const {cluster, init, clusterConfiguration} = documents
  if (cluster !== undefined)
    report({
      severity: 'error',
      place: cluster.locate(['kind'], 'key'),
      message: 'is already a Cluster of kadm; there is nothing to migrate',
    })
  else if (init === undefined && clusterConfiguration === undefined && documents.whole)
    report({
      severity: 'error',
      place: documents.locate([]),
      message: 'does not contain an InitConfiguration or a ClusterConfiguration',
    })
  const left: ConfigIssue[] = []
  tellAllUnsupported(documents, finding => void left.push({...finding, severity: 'warning'}))
  left.forEach(report)
  tellComponentKeys(documents, report)
  const gathered = gather(documents, [controlPlane(documents)], {fileName, environment, report})
  const read = finish(
    gathered,
    documents,
    findings,
    "correct the file; if it uses an older kubeadm API, run 'kubeadm config migrate' first",
  )
  const comments = left.map(finding => `# left out: ${findingText(finding)}\n`)
  return {text: comments.join('') + clusterToYaml(read.cluster), warnings: read.warnings}
}

/** kubeadm's file describes one machine by its address or name, or else the machine that reads it. */
function controlPlane({init, locate}: FileDocuments): PlacedHost {
  const registration = init?.value.nodeRegistration
  const address = chosenAddress(init?.value.localAPIEndpoint?.advertiseAddress) ?? registration?.name
  const placed = init?.locate ?? locate
  const at = (...path: Path): Place =>
    placed(path[0] === 'name' ? ['nodeRegistration', 'name'] : ['localAPIEndpoint', 'advertiseAddress'])
  return {spec: hostSpec('control-plane', address === undefined ? 'local' : parseTarget(address)), at}
}
