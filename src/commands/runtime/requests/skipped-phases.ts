import {kadmPhases} from '../../../config/documents/kubeadm-phases.ts'
import type {Cluster} from '../../../domain/cluster.ts'

const ADDONS = ['addon', 'addon/coredns', 'addon/kube-proxy']

/**
 * The phases that a run leaves out, by flag and by kubeadm's `skipPhases`, and the cluster without the add-ons among
 * them: no other phase waits for these, and kubeadm-config says that they are off.
 */
export function skippedPhases(
  command: string,
  cluster: Cluster,
  flags: readonly string[],
): {readonly cluster: Cluster; readonly skip: readonly string[]} {
  const {init, join} = cluster.kubeadm ?? {}
  const ofFile = command === 'join' ? mapped('join', join?.skipPhases) : mapped('init', init?.skipPhases)
  const skip = [...new Set([...flags, ...(['init', 'apply', 'join'].includes(command) ? ofFile : [])])]
  const addons = skip.filter(name => ADDONS.includes(name) && init?.skipPhases?.includes(name) !== true)
  if (addons.length === 0 || command === 'join') return {cluster, skip}
  const skipPhases = [...(init?.skipPhases ?? []), ...addons]
  return {cluster: {...cluster, kubeadm: {...cluster.kubeadm, init: {...init, skipPhases}}}, skip}
}

const mapped = (command: 'init' | 'join', names: readonly string[] = []): readonly string[] =>
  names.flatMap(name => kadmPhases(command, name))
