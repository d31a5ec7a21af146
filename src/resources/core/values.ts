import type {KeyObject} from 'node:crypto'
import type {CaName} from '../../domain/certificates.ts'
import type {KeyAlgorithm} from '../../domain/cluster.ts'

export interface KeyPair {
  readonly certPem: string
  readonly keyPem: string
}

/**
 * What exists only after an act: authorities made in this run, the token of this join. Resources name them; they are resolved when
 * acting, and a plan shows them as "to be made". The engine provides it.
 */
export interface Values {
  /** The authority with its key, from this run or read from the first control plane over the transport. */
  readonly authority: (name: CaName) => Promise<KeyPair>
  /** Tells the run that this authority was just made (or found on the host), so that what it signs can go on. */
  readonly setAuthority: (name: CaName, pair: KeyPair) => void
  /** The cluster CA's certificate alone; a worker never needs more. */
  readonly clusterCa: () => Promise<string>
  /** A bootstrap token for this node, made when it is asked for. */
  readonly bootstrapToken: (node: string) => Promise<string>
  /** Whether a token that kadm made for this node, in this run or in one that was interrupted, is still valid. */
  readonly isTokenLeft: (node: string) => Promise<boolean>
  /** Deletes the tokens for this node; what fails becomes a warning. */
  readonly revokeToken: (node: string) => Promise<void>
  /** The sha256 that a project publishes for a file of a release; asked of the project itself, never of a mirror. */
  readonly releaseHash: (checksumUrl: string, file: string) => Promise<string>
  readonly makeKey: (algorithm: KeyAlgorithm) => Promise<KeyObject>
  /** Run start, so that all certificates of one run have one clock. */
  readonly now: Date
  /** 16 random bytes with the top bit clear, for serial numbers. */
  readonly random: (bytes: number) => Buffer
}
