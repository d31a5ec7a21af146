import {
  ETCD_DATA_DIR,
  KADM_DIR,
  KUBELET_DIR,
  KUBERNETES_DIR,
  LEDGER_DIR,
  MANIFESTS_DIR,
  PKI_DIR,
  RUN_DIR,
} from '../../domain/paths.ts'
import {CERTIFICATE_NAMES, certPath, keyPath, saKeyPath, saPubPath} from '../../domain/certificates.ts'
import type {Facts} from '../../domain/facts.ts'
import {restorePlaces} from '../../domain/restore.ts'
import {sh} from '../../remote/shell/shell.ts'
import {cleanup, type CleanupResource} from '../../resources/steps/cleanup.ts'
import {emptyTrees, removeTrees} from '../../resources/files/remove-tree.ts'
import {etcdLeft, type EtcdLeftResource} from '../../resources/cluster/etcd-left.ts'
import {nodeRemoved} from '../../resources/cluster/node-removed.ts'
import {restoreKernelSettings} from '../shared/kernel-memory.ts'
import {
  kubeletStopped,
  podGroupsGone,
  podLinksGone,
  podMountsGone,
  podsStopped,
  virtualAddressGone,
} from '../shared/node-residue.ts'
import {packetFilterCleared} from '../shared/packet-filter.ts'
import type {Phase, PhaseContext} from '../phase.ts'

const DRAIN_MS = 120_000

/** Folders that `kubeadm reset` empties. */
const EMPTIED = [MANIFESTS_DIR, PKI_DIR, KUBELET_DIR]

/** systemd's link to an enabled kubelet. Its target is gone after the unit was removed. */
const ENABLED = '/etc/systemd/system/multi-user.target.wants/kubelet.service'

type OwnFolders = Pick<Facts, 'certificatesDir' | 'etcdDataDir'>

/** The certificates and keys of a cluster in a folder of its own. That folder can be anywhere, so other files in it stay. */
const certificatesIn = (dir: string | undefined): readonly string[] =>
  dir === undefined || dir === PKI_DIR
    ? []
    : [...CERTIFICATE_NAMES.flatMap(name => [certPath(name, dir), keyPath(name, dir)]), saKeyPath(dir), saPubPath(dir)]

const NO_CONTROL_PLANE = 'skipped: no control plane given (--to);'

const hasMember = ({facts}: PhaseContext): boolean => facts.files[`${MANIFESTS_DIR}/etcd.yaml`] !== undefined

const etcdStep = ({node, facts}: PhaseContext, step: EtcdLeftResource['step']): EtcdLeftResource =>
  etcdLeft({
    node: node.name,
    address: facts.advertiseAddress ?? node.address,
    step,
    why: 'a removed member would still count against the quorum of etcd',
  })

/** Stops what Kubernetes runs on a machine. */
export const stopPhase: Phase = {
  name: 'stop',
  title: 'Stop all pods',
  why: 'stops pods and removes their network and rules before files are deleted',
  resources: () => [
    kubeletStopped(),
    podsStopped(),
    virtualAddressGone(),
    podMountsGone(),
    podGroupsGone(),
    podLinksGone(),
    packetFilterCleared(),
    restoreKernelSettings(),
  ],
}

/** `kadm reset`, before the ledger is reverted: the node leaves the cluster, and its containers stop. */
export const resetPhases: readonly Phase[] = [
  {
    name: 'leave',
    title: 'Remove the node from the cluster',
    why: 'drains the node, then deletes its Node object',
    when: ({isAdmin}) => (isAdmin ? true : `${NO_CONTROL_PLANE} the Node object stays in the cluster`),
    resources: context => [
      // Its look reports a refusal before the node is drained.
      ...(hasMember(context) ? [etcdStep(context, 'check')] : []),
      nodeRemoved({
        node: context.node.name,
        isMember: context.facts.clusterCaHash !== undefined,
        drainMs: DRAIN_MS,
        why: 'removes the node from the cluster',
      }),
    ],
  },
  {
    name: 'leave-etcd',
    title: 'Remove the member of etcd',
    why: 'a removed member would still count against the quorum of etcd',
    where: 'control-plane',
    concurrency: 1,
    when: context => {
      if (!hasMember(context)) return 'the host has no etcd'
      return context.isAdmin ? true : `${NO_CONTROL_PLANE} a member of etcd stays in the cluster`
    },
    resources: context => [etcdStep(context, 'remove')],
  },
  stopPhase,
]

/** The files that `kubeadm reset` removes. Folders that are links or mount points stay. */
export function kubernetesFilesGone({certificatesDir, etcdDataDir}: OwnFolders = {}): CleanupResource {
  const member = `${etcdDataDir ?? ETCD_DATA_DIR}/member`
  const {kept, prepared} = restorePlaces(etcdDataDir ?? ETCD_DATA_DIR)
  const emptied = [...EMPTIED, member]
  const certificates = certificatesIn(certificatesDir)
  return cleanup({
    name: 'kubernetes-files',
    why: 'the next cluster must not use certificates of this one',
    remains: sh`ls -d ${KUBERNETES_DIR}/*.conf 2>/dev/null || :
  [ ! -L ${ENABLED} ] || [ -e ${ENABLED} ] || echo ${ENABLED}
  for file in ${certificates}; do [ ! -e "$file" ] || echo "$file"; done
  for folder in ${emptied}; do
    [ ! -d "$folder" ] || find "$folder/" -mindepth 1 -maxdepth 1 ! -name lost+found
  done
  for folder in ${[kept, prepared]}; do [ ! -e "$folder" ] || echo "$folder"; done
  [ ! -d ${member} ] || [ -L ${member} ] || mountpoint -q ${member} || echo ${member}`,
    clear: sh`rm -f -- ${KUBERNETES_DIR}/*.conf ${certificates}
  [ ! -L ${ENABLED} ] || [ -e ${ENABLED} ] || rm -f -- ${ENABLED}
  ${emptyTrees(...emptied)}
  ${removeTrees(kept, prepared)}
  rmdir -- ${member} 2>/dev/null || :`,
  })
}

/**
 * After the ledger: removes files of other programs in the folders of Kubernetes, as `kubeadm reset` does, and last the
 * folder of kadm.
 */
export const afterResetPhases: readonly Phase[] = [
  {
    name: 'clean',
    title: 'Remove remaining files',
    why: 'a node created by kubeadm has no ledger; kadm removes the same files as kubeadm reset',
    resources: ({facts}) => [kubernetesFilesGone(facts)],
  },
]

/** Removes kadm's own folders; one contains the lease, so this is the last step. */
export const forgetScript = sh`set -eu
${removeTrees(RUN_DIR, KADM_DIR)}`

/** If a resource is left because another program changed it, its original state stays too. */
export const forgetAllButLedger = sh`set -eu
${removeTrees(RUN_DIR)}
for entry in ${KADM_DIR}/* ${KADM_DIR}/.[!.]*; do
  [ "$entry" = ${LEDGER_DIR} ] || kadm_remove_trees "$entry"
done`
