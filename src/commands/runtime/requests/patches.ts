import {readPatches} from '../../../config/draft/patches.ts'
import {newFindings, settle} from '../../../config/documents/finding.ts'
import type {Cluster} from '../../../domain/cluster.ts'
import {KadmError} from '../../../domain/errors.ts'
import {environment} from './load-cluster.ts'

/** The cluster with the patches of `--patches`, which count more than those of the file. */
export function withPatchesOf(cluster: Cluster, command: 'init' | 'join', directory: string | undefined): Cluster {
  if (directory === undefined) return cluster
  const {report, all} = newFindings()
  const files = readPatches(directory, {text: '--patches', line: 0, column: 0}, {fileName: '', environment, report})
  const hint = 'name a folder with files such as kube-apiserver+merge.yaml'
  if (files === undefined) throw new KadmError('usage', `--patches: the folder ${directory} does not exist`, {hint})
  settle(all(), hint)
  const {kubeadm} = cluster
  return {
    ...cluster,
    kubeadm: {...kubeadm, [command]: {...kubeadm?.[command], patchesDirectory: directory, patches: files}},
  }
}
