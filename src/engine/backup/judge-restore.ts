import {inspectIfReadable} from '../../certs/inspect.ts'
import {mayBeMounted} from '../../domain/backup.ts'
import {keyPath} from '../../domain/certificates.ts'
import type {Cluster} from '../../domain/cluster.ts'
import {KadmError} from '../../domain/errors.ts'
import type {Facts} from '../../domain/facts.ts'
import {sharedFiles} from '../../domain/shared-certs.ts'
import {parseVersion} from '../../domain/version.ts'
import {whyNoRestore} from '../../phases/control-plane/restore.ts'
import type {ClusterSources} from '../cluster/run-values.ts'
import type {Candidate} from '../hosts/open-machines.ts'
import type {Restoring} from './restoring.ts'

const NOTHING = 'nothing was changed'

/** The CA of the cluster that the file is of: SHA-256 hex of its public key; undefined when the file does not show it. */
export const caHashOf = ({keys, snapshot}: Pick<Restoring, 'keys' | 'snapshot'>): string | undefined =>
  inspectIfReadable(keys?.get('ca.crt') ?? '')?.publicKeyHash ?? snapshot.clusterCaHash

/** Refuses what does not fit the file of the user, before any machine is asked. */
export function judgeBackup(cluster: Cluster, {file, snapshot, keys, files}: Restoring): void {
  const refuse = (why: string, hint: string): never => {
    throw new KadmError('preflight', `cannot restore ${file}: ${why}`, {hint: `${hint}; ${NOTHING}`})
  }
  const unfit = whyNoRestore(cluster)
  if (unfit !== undefined) refuse(unfit, 'see what etcd uses: kadm config print')
  const version = parseVersion(snapshot.kubernetesVersion ?? '')
  if (version !== undefined && version.minor !== cluster.version.minor) {
    refuse(
      `it is of a cluster with Kubernetes ${version.text}, but the file asks for ${cluster.version.text}`,
      `set kubernetesVersion: ${version.text}`,
    )
  }
  if (keys === undefined) return
  const own = inspectIfReadable(keys.get('ca.crt') ?? '')?.publicKeyHash
  if (snapshot.clusterCaHash !== undefined && own !== snapshot.clusterCaHash)
    refuse('its keys are of another cluster than its snapshot', 'use a file that kadm backup wrote')
  const missing = sharedFiles(cluster).flatMap(({entry}) => ((keys.get(entry) ?? '') === '' ? [entry] : []))
  if (missing.length > 0) refuse(`it has no ${missing.join(', ')}`, 'use a file that kadm backup wrote')
  const outside = [...files.keys()].filter(path => !mayBeMounted(cluster, path))
  if (outside.length > 0) {
    refuse(
      `it has files that no volume of the control plane in your file mounts: ${outside.join(', ')}`,
      'add the extraVolumes of the former cluster to your file',
    )
  }
}

/** What a restore must know of a machine. */
export interface RestoreMachine {
  readonly host: Pick<Candidate['host'], 'name'>
  readonly gathered: {readonly facts: Pick<Facts, 'clusterCaHash' | 'certificatesDir' | 'files'>}
}

/** Refuses machines of another cluster, and machines without the keys that the file does not have. */
export function judgeMachines(candidates: readonly RestoreMachine[], restoring: Restoring): void {
  const expected = caHashOf(restoring)
  const members = candidates.flatMap(({host, gathered: {facts}}) =>
    facts.clusterCaHash === undefined ? [] : [{name: host.name, hash: facts.clusterCaHash}],
  )
  const strangers = expected === undefined ? [] : members.filter(({hash}) => hash !== expected)
  if (expected !== undefined && strangers.length > 0) {
    const evidence = [
      `${restoring.file}: CA sha256:${expected.slice(0, 12)}…`,
      ...strangers.map(({name, hash}) => `${name}: CA sha256:${hash.slice(0, 12)}…`),
    ]
    throw new KadmError(
      'preflight',
      `${restoring.file} is of another cluster than ${strangers.map(({name}) => name).join(', ')}; ${NOTHING}`,
      {
        evidence: evidence.join('\n'),
        hint: 'use a backup of this cluster; to use the machines for the other cluster, run kadm reset on them first',
      },
    )
  }
  if (restoring.keys !== undefined) return
  const hasKey = candidates.some(
    ({gathered: {facts}}) => facts.files[keyPath('ca', facts.certificatesDir)] !== undefined,
  )
  if (hasKey) return
  throw new KadmError('preflight', `no control plane of the file has the keys of the cluster; ${NOTHING}`, {
    hint: 'a snapshot has no keys: restore a file that kadm backup wrote (kadm restore FILE -f kadm.yaml)',
  })
}

/** The keys and files of a backup in the place of those that a run reads from a control plane. */
export function restoredSources({keys, files}: Restoring): ClusterSources {
  if (keys === undefined) return {}
  const text = (entry: string): string => keys.get(entry) ?? ''
  return {
    readAuthority: name => Promise.resolve({certPem: text(`${name}.crt`), keyPem: text(`${name}.key`)}),
    readServiceAccountKey: () => Promise.resolve({key: text('sa.key'), pub: text('sa.pub')}),
    readSharedFile: ({entry, path}) => Promise.resolve(files.get(path) ?? text(entry)),
    readClusterCa: () => Promise.resolve(text('ca.crt')),
  }
}
