import type {Cluster, Node} from '../../domain/cluster.ts'
import type {PatchFile} from '../../domain/kubeadm.ts'

/** kubeadm's patches for a node: those of the command that makes nodes of its role. */
export const patchesFor = ({kubeadm}: Pick<Cluster, 'kubeadm'>, {role}: Pick<Node, 'role'>): readonly PatchFile[] =>
  (role === 'control-plane' ? kubeadm?.init : kubeadm?.join)?.patches ?? []
