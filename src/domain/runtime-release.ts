import type {Architecture} from './architecture.ts'
import type {BinaryName} from './bundle.ts'
import type {ArchiveMirror} from './online-source.ts'
import {NODE_TOOLS} from './releases.ts'

export const GITHUB = 'https://github.com'

/** A file of a project's release and the list of hashes that the project publishes with it. */
export interface ReleaseArchive {
  /** What it is called in messages and on hosts. */
  readonly project: 'containerd' | 'runc'
  readonly version: string
  /** Its file name, which holds version or architecture. */
  readonly file: string
  readonly url: string
  /** Always the project's own: a mirror does not vouch for itself. */
  readonly checksumUrl: string
  /** One executable as it is, or a .tar.gz: the path in it of each. */
  readonly holds: {readonly name: BinaryName} | {readonly paths: Readonly<Record<string, BinaryName>>}
  /** As the cluster's file says it. */
  readonly sha256: string | undefined
}

/** Pure: the official files of the container runtime; the plugins of the pod network come with the kubelet's package. */
export function runtimeReleases(
  architecture: Architecture,
  {url = GITHUB, sha256 = {}}: ArchiveMirror = {},
): readonly ReleaseArchive[] {
  const {containerd, runc} = NODE_TOOLS
  const of = (project: string, tag: string, file: string, checksums: string) => {
    const path = `/${project}/releases/download/${tag}`
    return {file, url: `${url.replace(/\/+$/, '')}${path}/${file}`, checksumUrl: `${GITHUB}${path}/${checksums}`}
  }
  const archive = `containerd-${containerd.slice(1)}-linux-${architecture}.tar.gz`
  const program = `runc.${architecture}`
  return [
    {
      project: 'containerd',
      version: containerd,
      ...of('containerd/containerd', containerd, archive, `${archive}.sha256sum`),
      holds: {
        paths: {
          'bin/containerd': 'containerd',
          'bin/containerd-shim-runc-v2': 'containerd-shim-runc-v2',
          'bin/ctr': 'ctr',
        },
      },
      sha256: sha256[archive],
    },
    {
      project: 'runc',
      version: runc,
      ...of('opencontainers/runc', runc, program, 'runc.sha256sum'),
      holds: {name: 'runc'},
      sha256: sha256[program],
    },
  ]
}
