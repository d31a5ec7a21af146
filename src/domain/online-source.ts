/** Software from servers, each of which may be another than the project's own. */
export interface OnlineSource {
  readonly kind: 'online'
  /** Whose containerd hosts get that have none; left out: the project's own release. */
  readonly runtime?: RuntimeSource
  readonly packages?: PackageMirror
  readonly archives?: ArchiveMirror
  readonly images?: readonly ImageMirror[]
}

export type RuntimeSource = 'upstream' | 'distribution'

/** Another apt repository than the community's, which has the same packages. */
export interface PackageMirror {
  /** Of the folder that has `InRelease` and `Packages`. */
  readonly url: string
  /** The key on the machine where kadm runs; fetched from `Release.key` beside the packages when it is not named. */
  readonly keyFile?: string
  /** Of the key that signs the mirror, when that is not the community's. */
  readonly keyFingerprint?: string
}

/** Where release archives are fetched, and what is known of them beforehand. */
export interface ArchiveMirror {
  /** Stands for `https://github.com`. */
  readonly url?: string
  /** By file name, lower-case hex; what is not named is asked of its publisher. */
  readonly sha256?: Readonly<Record<string, string>>
}

/** The one place a registry's images are pulled from instead. */
export interface ImageMirror {
  /** `host` or `host:port` as it stands in references of images. */
  readonly registry: string
  readonly url: string
  /** Of the authority that signed the mirror's certificate, when hosts do not know it. */
  readonly ca?: {readonly path: string; readonly pem: string}
}

/** How hosts reach what is outside; without users and passwords, since it stands in files that all may read. */
export interface Proxy {
  readonly http?: string
  readonly https?: string
  /** Besides what is computed from the cluster. */
  readonly noProxy: readonly string[]
}
