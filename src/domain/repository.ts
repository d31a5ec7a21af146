import type {Cluster} from './cluster.ts'

/**
 * The key that signs the community's packages (`isv:kubernetes OBS Project`, one key for all minors). It is renewed by new
 * signatures over the same key, so its text changes and its fingerprint does not.
 */
const COMMUNITY_FINGERPRINT = 'DE15B14486CD377B9E876E1A234654DA9A296436'

/** A flat apt repository that has the packages of Kubernetes, and how its key is known. */
export interface PackageRepository {
  /** Ends with a slash. */
  readonly url: string
  readonly key: {readonly kind: 'file'; readonly path: string} | {readonly kind: 'web'; readonly url: string}
  /** Of the primary key: 40 hex digits, upper case. */
  readonly fingerprint: string
}

/** A repository with its key. */
export interface PackageSource {
  readonly url: string
  /** ASCII-armoured OpenPGP. */
  readonly key: string
  readonly keyFingerprint: string
}

/** Where the packages of this cluster come from: the mirror that its file names, or the community. */
export function repositoryOf({source, version}: Pick<Cluster, 'source' | 'version'>): PackageRepository {
  const mirror = source.kind === 'online' ? source.packages : undefined
  const url = folderOf(mirror?.url ?? `https://pkgs.k8s.io/core:/stable:/v${version.major}.${version.minor}/deb/`)
  return {
    url,
    key: mirror?.keyFile === undefined ? {kind: 'web', url: `${url}Release.key`} : {kind: 'file', path: mirror.keyFile},
    fingerprint: plainFingerprint(mirror?.keyFingerprint ?? COMMUNITY_FINGERPRINT),
  }
}

const folderOf = (url: string): string => (url.endsWith('/') ? url : `${url}/`)

/** gpg prints it in groups. */
export const plainFingerprint = (text: string): string => text.replaceAll(/\s/g, '').toUpperCase()
