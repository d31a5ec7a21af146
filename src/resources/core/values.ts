import type {KeyObject} from 'node:crypto'
import type {CaName} from '../../domain/certificates.ts'
import type {KeyAlgorithm} from '../../domain/cluster.ts'
import type {EtcdPeer} from '../../domain/etcd.ts'
import type {SharedFile} from '../../domain/shared-certs.ts'

export interface KeyPair {
  readonly certPem: string
  readonly keyPem: string
}

/** The key pair that signs the tokens of service accounts, in PEM. */
export interface ServiceAccountKeyPair {
  readonly key: string
  readonly pub: string
}

/** A host that joins etcd. */
export interface JoiningPeer extends EtcdPeer {
  /** Whether the host has data of a member already. */
  readonly hasData: boolean
}

/**
 * Values that exist only at run time: the certificate authorities of this run, the token of this join.
 * Resources refer to them by name and resolve them before an act; a plan shows them as "to be made". The engine
 * provides them.
 */
export interface Values {
  /**
   * The certificate authority with its key, from this run or read from the initial control plane over the
   * transport.
   */
  readonly authority: (name: CaName) => Promise<KeyPair>
  /**
   * Reports that this certificate authority now exists (created or found on the host), so that certificates
   * that need it can be issued.
   */
  readonly setAuthority: (name: CaName, pair: KeyPair) => void
  /** The key pair that the control planes share, from this run or read from a control plane over the transport. */
  readonly serviceAccountKey: () => Promise<ServiceAccountKeyPair>
  readonly setServiceAccountKey: (pair: ServiceAccountKeyPair) => void
  /**
   * Adds this host to the members of etcd as a learner, unless it is one. Returns all members, as the first
   * start of the new one needs them.
   */
  readonly joinEtcd: (peer: JoiningPeer) => Promise<readonly EtcdPeer[]>
  /** The content of a file that control planes share, from a control plane or from what was uploaded. */
  readonly sharedFile: (file: SharedFile) => Promise<string>
  /** Only the certificate of the cluster CA; a worker never needs the key. */
  readonly clusterCa: () => Promise<string>
  /** A bootstrap token for this node, created at the first call. */
  readonly bootstrapToken: (node: string) => Promise<string>
  /** Whether a token that kadm created for this node, in this run or an interrupted one, is still valid. */
  readonly isTokenLeft: (node: string) => Promise<boolean>
  /** Deletes the tokens for this node; a failure becomes a warning. */
  readonly revokeToken: (node: string) => Promise<void>
  /**
   * The sha256 that a project publishes for a file of a release; requested from the project itself, never from
   * a mirror.
   */
  readonly releaseHash: (checksumUrl: string, file: string) => Promise<string>
  readonly makeKey: (algorithm: KeyAlgorithm) => Promise<KeyObject>
  /** The start of the run, so that all certificates of a run use the same time. */
  readonly now: Date
  /** 16 random bytes with the top bit clear, for serial numbers. */
  readonly random: (bytes: number) => Buffer
}
