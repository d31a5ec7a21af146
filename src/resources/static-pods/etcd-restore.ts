import type {EtcdPeer} from '../../domain/etcd.ts'
import {MANIFESTS_DIR, RESTORE_DIR, RUN_DIR} from '../../domain/paths.ts'
import {restorePlaces, restoreStateIn, type RestoreState} from '../../domain/restore.ts'
import {program} from '../../remote/shell/program.ts'
import {concat, sh, type Script} from '../../remote/shell/shell.ts'
import type {Kind, ResourceBase, StagedFile} from '../core/kind.ts'
import {removeTrees} from '../files/remove-tree.ts'
import {podProcesses} from './static-pod.ts'

/**
 * A step of the restore of a snapshot on a control plane: `prepare` makes the new data beside those of a member that may still run, `stop`
 * ends etcd and the API server and keeps the former data, `swap` puts the new data in their place.
 */
export interface EtcdRestoreResource extends ResourceBase {
  readonly kind: 'etcd-restore'
  readonly step: 'prepare' | 'stop' | 'swap'
  readonly snapshot: StagedFile
  readonly dataDir: string
  /** The image of etcd, which has etcdutl too. */
  readonly image: string
  /** The only member of the restored etcd. */
  readonly member: EtcdPeer
}

export interface EtcdRestoreFound {
  readonly state: RestoreState | undefined
  /** The snapshot from which the new data were made, and for which member. */
  readonly prepared: string | undefined
}

export const etcdRestore = (spec: Omit<EtcdRestoreResource, 'kind' | 'id'>): EtcdRestoreResource => ({
  kind: 'etcd-restore',
  id: `etcd-restore:${spec.step}`,
  ...spec,
})

/** Clients that know a revision of the lost data must see it as old, and read everything again (etcd's documentation of recovery). */
const REVISIONS_AHEAD = 1_000_000_000

/** The kubelet ends a static pod within its grace period of 30 s, and reads its manifests at least every 20 s. */
const STOP_SECONDS = 60

const membersOf = ({name, peerUrl}: EtcdPeer): string => `${name}=${peerUrl}`

/** Members of the lost etcd must not take the restored one for their own. */
const tokenOf = ({snapshot}: EtcdRestoreResource): string => `kadm-${snapshot.sha256.slice(0, 16)}`

const prepare = (resource: EtcdRestoreResource): Script => {
  const {snapshot, dataDir, image, member} = resource
  const {prepared} = restorePlaces(dataDir)
  return concat([
    removeTrees(prepared),
    program('etcd-unpack', {
      image,
      image_dir: `${RUN_DIR}/etcd-image`,
      new: prepared,
      snapshot: snapshot.to,
      name: member.name,
      members: membersOf(member),
      peer_url: member.peerUrl,
      token: tokenOf(resource),
      bump: REVISIONS_AHEAD,
      sha256: snapshot.sha256,
    }),
  ])
}

const stop = ({snapshot, dataDir}: EtcdRestoreResource): Script => {
  const {member, kept} = restorePlaces(dataDir)
  return concat([
    sh`kadm_running() { ${podProcesses('kube-apiserver')}
${podProcesses('etcd')}
}`,
    program('etcd-stop', {
      restore_dir: RESTORE_DIR,
      manifests_dir: MANIFESTS_DIR,
      sha256: snapshot.sha256,
      seconds: STOP_SECONDS,
      member,
      kept,
    }),
  ])
}

const swap = ({snapshot, dataDir}: EtcdRestoreResource): Script => {
  const {member, prepared} = restorePlaces(dataDir)
  return program('etcd-swap', {restore_dir: RESTORE_DIR, sha256: snapshot.sha256, new: prepared, member})
}

export const etcdRestoreKind: Kind<EtcdRestoreResource, EtcdRestoreFound> = {
  schema: undefined,
  look: ({dataDir}) => sh`cat ${RESTORE_DIR}/state 2>/dev/null || :
sed 's/^/prepared /' ${`${restorePlaces(dataDir).prepared}/sha256`} 2>/dev/null || :`,
  parse: output => ({
    state: restoreStateIn(output),
    prepared: /^prepared ([0-9a-f]{64} \S+)$/m.exec(output)?.[1],
  }),
  identity: () => ({}),
  diff: ({step, snapshot, member}, {state, prepared}) => {
    const own = state?.snapshot === snapshot.sha256 ? state.stage : undefined
    if (own === 'restored') return undefined
    switch (step) {
      case 'prepare':
        return prepared === `${snapshot.sha256} ${membersOf(member)}`
          ? undefined
          : 'the data of the snapshot are not on the host'
      case 'stop':
        return own === 'stopped' ? undefined : 'etcd and the API server have other data than the snapshot'
      case 'swap':
        return 'etcd does not have the data of the snapshot'
    }
  },
  uploads: ({step, snapshot}) => (step === 'prepare' ? [snapshot] : []),
  act: resource => {
    switch (resource.step) {
      case 'prepare':
        return prepare(resource)
      case 'stop':
        return stop(resource)
      case 'swap':
        return swap(resource)
    }
  },
  revert: () => sh`:`,
}
