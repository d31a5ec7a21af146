import {hostSpec} from '../rules/target.ts'
import {fileDocuments, isKubeadmFile} from '../documents/file-documents.ts'
import {newFindings} from '../documents/finding.ts'
import {anyRelease} from './any-release.ts'
import type {ConfigEnvironment} from './environment.ts'
import {finish, gather, readCluster, remarkOnKubeadm, tellComponentKeys} from './read-cluster.ts'

export interface ValidFile {
  /** A file of kadm, a file that `kubeadm init` reads, or one that only `kubeadm join` reads. */
  readonly kind: 'kadm' | 'kubeadm-init' | 'kubeadm-join'
  /** The number of hosts that the file names; kubeadm's names none. */
  readonly hosts: number
  readonly warnings: readonly string[]
}

/** Checks a file of kadm, or a file of kubeadm as such. Throws one `config` error with all problems. */
export function validateFile(fileName: string, text: string, environment: ConfigEnvironment): ValidFile {
  const offline = {...environment, releaseOf: anyRelease}
  const findings = newFindings()
  const {report} = findings
  const documents = fileDocuments(fileName, text, report)
  if (!isKubeadmFile(documents)) {
    const {cluster, warnings} = readCluster(fileName, text, offline, 'correct the file')
    return {kind: 'kadm', hosts: cluster.hosts.length, warnings}
  }
  remarkOnKubeadm(documents, report)
  tellComponentKeys(documents, report)
  const machine = {spec: hostSpec('control-plane', 'local'), at: () => documents.locate([])}
  const gathered = gather(documents, [machine], {fileName, environment: offline, report})
  const {warnings} = finish(gathered, documents, findings, () => 'correct the file')
  const joins =
    documents.join !== undefined && documents.init === undefined && documents.clusterConfiguration === undefined
  return {kind: joins ? 'kubeadm-join' : 'kubeadm-init', hosts: 0, warnings}
}
