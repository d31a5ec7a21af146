import type {KeyObject} from 'node:crypto'
import type {CaName} from '../../domain/certificates.ts'
import type {KeyAlgorithm} from '../../domain/cluster.ts'
import {KadmError} from '../../domain/errors.ts'
import type {EtcdPeer} from '../../domain/etcd.ts'
import type {SharedFile} from '../../domain/shared-certs.ts'
import type {JoiningPeer, KeyPair, ServiceAccountKeyPair, Values} from '../../resources/core/values.ts'
import type {ControlPlane} from './control-plane.ts'
import {once, oncePer} from '../hosts/once.ts'

/** The values that a run gets from its cluster. A run without a way to a value leaves it out. */
export interface ClusterSources {
  readonly readAuthority?: (name: CaName) => Promise<KeyPair>
  readonly readServiceAccountKey?: () => Promise<ServiceAccountKeyPair>
  readonly readSharedFile?: (file: SharedFile) => Promise<string>
  readonly readClusterCa?: () => Promise<string>
  readonly createToken?: (node: string) => Promise<string>
  /** Undefined when the run creates no tokens. */
  readonly isTokenLeft?: (node: string) => Promise<boolean>
  readonly revokeToken?: (node: string) => Promise<void>
}

/** What a run reads from a control plane. */
export const readsOf = (
  controlPlane: ControlPlane,
): Pick<ClusterSources, 'readAuthority' | 'readServiceAccountKey' | 'readSharedFile' | 'readClusterCa'> => ({
  readAuthority: controlPlane.authority,
  readServiceAccountKey: controlPlane.serviceAccountKey,
  readSharedFile: controlPlane.sharedFile,
  readClusterCa: controlPlane.clusterCa,
})

/** The sources of values that a run does not create itself. */
export interface ValueSources extends ClusterSources {
  readonly joinEtcd?: ((peer: JoiningPeer) => Promise<readonly EtcdPeer[]>) | undefined
  readonly releaseHash: (checksumUrl: string, file: string) => Promise<string>
  readonly makeKey: (algorithm: KeyAlgorithm) => Promise<KeyObject>
  readonly random: (bytes: number) => Buffer
  readonly now: Date
}

/**
 * Values of one run: each is created at most once and shared by all hosts; after a failure, the next request
 * tries again.
 */
export function runValues(sources: ValueSources): Values {
  const authorities = new Map<CaName, KeyPair>()
  const readAuthority = oncePer(sources.readAuthority ?? (name => noAccess(`the key of the CA ${name}`)))
  const readServiceAccountKey = once(sources.readServiceAccountKey ?? (() => noAccess('the key of service accounts')))
  let serviceAccountKey: ServiceAccountKeyPair | undefined
  const readCa = once(sources.readClusterCa ?? (() => noAccess('the CA of the cluster')))
  return {
    authority: name => {
      const made = authorities.get(name)
      return made === undefined ? readAuthority(name) : Promise.resolve(made)
    },
    setAuthority: (name, pair) => {
      authorities.set(name, pair)
    },
    serviceAccountKey: () =>
      serviceAccountKey === undefined ? readServiceAccountKey() : Promise.resolve(serviceAccountKey),
    setServiceAccountKey: pair => {
      serviceAccountKey = pair
    },
    joinEtcd: sources.joinEtcd ?? (() => noAccess('the members of etcd')),
    sharedFile: sources.readSharedFile ?? (({path}) => noAccess(path)),
    clusterCa: () => {
      const made = authorities.get('ca')
      return made === undefined ? readCa() : Promise.resolve(made.certPem)
    },
    bootstrapToken: sources.createToken ?? (() => noAccess('join tokens')),
    isTokenLeft: sources.isTokenLeft ?? (() => Promise.resolve(false)),
    revokeToken: sources.revokeToken ?? (() => Promise.resolve()),
    releaseHash: sources.releaseHash,
    makeKey: sources.makeKey,
    random: sources.random,
    now: sources.now,
  }
}

const noAccess = (what: string): Promise<never> =>
  Promise.reject(
    new KadmError('remote', `this run has no access to ${what}`, {hint: 'run it with --to and a control plane'}),
  )
