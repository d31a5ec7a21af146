import {keyPath} from '../../domain/certificates.ts'
import {KadmError} from '../../domain/errors.ts'
import {externalAuthorities} from '../../domain/external-ca.ts'
import type {Facts} from '../../domain/facts.ts'
import {MANIFESTS_DIR, SUPER_ADMIN_CONF} from '../../domain/paths.ts'
import type {Candidate} from '../hosts/open-machines.ts'

type Known = Pick<Candidate, 'spec'> & {
  readonly host: Pick<Candidate['host'], 'name'>
  readonly gathered: {
    readonly facts: Pick<Facts, 'files' | 'listening' | 'clusterCaHash' | 'certificatesDir' | 'restore'>
  }
}

/** It has its manifest, so it is a member of etcd already. */
const IS_MEMBER = 2

/** How far a control plane has come: 4 it has the data of a snapshot that is being restored, 3 its API server listens, 2 it has its manifest, 1 it has the CA, 0 it is bare. */
function progressOf({gathered: {facts}}: Known): number {
  if (facts.restore?.stage === 'restored') return 4
  if (facts.files[`${MANIFESTS_DIR}/kube-apiserver.yaml`] !== undefined)
    return facts.listening.some(({process}) => process === 'kube-apiserver') ? 3 : IS_MEMBER
  const hasCa =
    facts.files[keyPath('ca', facts.certificatesDir)] !== undefined || externalAuthorities(facts).includes('ca')
  return facts.clusterCaHash !== undefined && hasCa ? 1 : 0
}

/** 1 for the control plane that created the cluster: only this one has the kubeconfig for emergencies. */
const founded = ({gathered: {facts}}: Known): number => (facts.files[SUPER_ADMIN_CONF] === undefined ? 0 : 1)

/**
 * The control plane that creates the objects of the cluster: one that runs already, else one that has begun, else
 * the first of the file; of several, the one that created the cluster. A host that is first in the file but bare therefore never becomes a second cluster.
 * Throws when the control planes belong to different clusters, and when one of those that are skipped may have the cluster already.
 */
export function initialControlPlaneOf<C extends Known>(
  candidates: readonly C[],
  skipped: readonly string[] = [],
): C | undefined {
  const controlPlanes = candidates.filter(({spec}) => spec.role === 'control-plane')
  refuseTwoClusters(controlPlanes)
  const [first] = controlPlanes.toSorted((a, b) => progressOf(b) - progressOf(a) || founded(b) - founded(a))
  if (first !== undefined && progressOf(first) < IS_MEMBER) refuseUnsure(skipped)
  return first
}

function refuseUnsure(skipped: readonly string[]): void {
  if (skipped.length === 0) return
  throw new KadmError(
    'connect',
    `no control plane that answers is part of a cluster, and ${skipped.join(', ')}, which kadm cannot reach, may be; nothing was changed`,
    {hint: 'start that machine, so that kadm never creates a second cluster; or remove it from the file'},
  )
}

function refuseTwoClusters(controlPlanes: readonly Known[]): void {
  const members = controlPlanes.flatMap(({host, gathered: {facts}}) =>
    facts.clusterCaHash === undefined ? [] : [{name: host.name, hash: facts.clusterCaHash}],
  )
  if (new Set(members.map(({hash}) => hash)).size < 2) return
  throw new KadmError('preflight', 'the control planes of the file belong to different clusters', {
    evidence: members.map(({name, hash}) => `${name}: CA sha256:${hash.slice(0, 12)}…`).join('\n'),
    hint: 'keep the control planes of one cluster in the file; to move a host into it, run kadm reset on that host first',
  })
}
