import type {KeyObject} from 'node:crypto'
import type {CaName} from '../../domain/certificates.ts'
import type {KeyAlgorithm} from '../../domain/cluster.ts'
import type {KeyPair, Values} from '../../resources/core/values.ts'
import {once, oncePer} from '../hosts/once.ts'

/** The sources of values that a run does not create itself. */
export interface ValueSources {
  readonly readAuthority: (name: CaName) => Promise<KeyPair>
  readonly readClusterCa: () => Promise<string>
  readonly createToken: (node: string) => Promise<string>
  /** Undefined when the run creates no tokens. */
  readonly isTokenLeft?: (node: string) => Promise<boolean>
  readonly revokeToken?: (node: string) => Promise<void>
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
  const readAuthority = oncePer(sources.readAuthority)
  const readCa = once(sources.readClusterCa)
  return {
    authority: name => {
      const made = authorities.get(name)
      return made === undefined ? readAuthority(name) : Promise.resolve(made)
    },
    setAuthority: (name, pair) => {
      authorities.set(name, pair)
    },
    clusterCa: () => {
      const made = authorities.get('ca')
      return made === undefined ? readCa() : Promise.resolve(made.certPem)
    },
    bootstrapToken: sources.createToken,
    isTokenLeft: sources.isTokenLeft ?? (() => Promise.resolve(false)),
    revokeToken: sources.revokeToken ?? (() => Promise.resolve()),
    releaseHash: sources.releaseHash,
    makeKey: sources.makeKey,
    random: sources.random,
    now: sources.now,
  }
}
