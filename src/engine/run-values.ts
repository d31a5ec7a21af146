import type {KeyObject} from 'node:crypto'
import type {KeyAlgorithm} from '../domain/cluster.ts'
import type {KeyPair, Values} from '../resources/values.ts'
import type {CaName} from '../domain/certificates.ts'

/** Where a run gets what it did not make itself. */
export interface ValueSources {
  readonly readAuthority: (name: CaName) => Promise<KeyPair>
  readonly readClusterCa: () => Promise<string>
  readonly mintToken: () => Promise<string>
  readonly releaseHash: (checksumUrl: string, file: string) => Promise<string>
  readonly makeKey: (algorithm: KeyAlgorithm) => Promise<KeyObject>
  readonly random: (bytes: number) => Buffer
  readonly now: Date
}

/** Values of one run: made at most once, then shared by all hosts. */
export function runValues(sources: ValueSources): Values {
  const authorities = new Map<CaName, Promise<KeyPair>>()
  let token: Promise<string> | undefined
  let ca: Promise<string> | undefined
  return {
    authority: name => {
      const known = authorities.get(name) ?? sources.readAuthority(name)
      authorities.set(name, known)
      return known
    },
    setAuthority: (name, pair) => {
      authorities.set(name, Promise.resolve(pair))
      if (name === 'ca') ca = Promise.resolve(pair.certPem)
    },
    clusterCa: () => (ca ??= sources.readClusterCa()),
    bootstrapToken: () => (token ??= sources.mintToken()),
    releaseHash: sources.releaseHash,
    makeKey: sources.makeKey,
    random: sources.random,
    now: sources.now,
  }
}
