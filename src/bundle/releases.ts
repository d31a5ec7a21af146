import type {Architecture} from '../domain/architecture.ts'
import type {BinaryName} from '../domain/bundle.ts'
import {NODE_TOOLS} from '../domain/releases.ts'
import {GITHUB, runtimeReleases} from '../domain/runtime-release.ts'
import type {KubernetesVersion} from '../domain/version.ts'

/** Where projects publish; tests and mirrors have their own. */
export interface Origins {
  readonly kubernetes: string
  readonly github: string
}

export const ORIGINS: Origins = {kubernetes: 'https://dl.k8s.io', github: GITHUB}

/** A published file with its checksum file, and the executables it is or holds. */
export interface ReleaseFile {
  readonly url: string
  readonly checksumUrl: string
  readonly version: string
  /** One executable as it is, or a .tar.gz: the path in it of each. */
  readonly holds: {readonly name: BinaryName} | {readonly paths: Readonly<Record<string, BinaryName>>}
}

/** Pure: the official files with all executables of a bundle. */
export function releaseFiles(
  version: KubernetesVersion,
  architecture: Architecture,
  origins: Origins = ORIGINS,
): readonly ReleaseFile[] {
  const kubernetes = (['kubelet', 'kubectl', 'kubeadm'] as const).map((name): ReleaseFile => {
    const url = `${origins.kubernetes}/release/${version.text}/bin/linux/${architecture}/${name}`
    return {url, checksumUrl: `${url}.sha256`, version: version.text, holds: {name}}
  })
  const {cniPlugins} = NODE_TOOLS
  const plugins = `cni-plugins-linux-${architecture}-${cniPlugins}.tgz`
  const pluginsUrl = `${origins.github}/containernetworking/plugins/releases/download/${cniPlugins}/${plugins}`
  const runtime = runtimeReleases(architecture).map(({url, checksumUrl, version: tag, holds}): ReleaseFile => ({
    url: url.replace(GITHUB, origins.github),
    checksumUrl: checksumUrl.replace(GITHUB, origins.github),
    version: tag,
    holds,
  }))
  return [
    ...kubernetes,
    ...runtime,
    {
      url: pluginsUrl,
      checksumUrl: `${pluginsUrl}.sha256`,
      version: cniPlugins,
      holds: {
        paths: {
          bridge: 'cni-bridge',
          loopback: 'cni-loopback',
          'host-local': 'cni-host-local',
          portmap: 'cni-portmap',
          firewall: 'cni-firewall',
          bandwidth: 'cni-bandwidth',
          tuning: 'cni-tuning',
        },
      },
    },
  ]
}

/** Pure: the hash that a checksum file gives for a file: the bare hash, or the line that ends with its name. */
export function checksumIn(text: string, url: string): string | undefined {
  const file = url.split('/').at(-1) ?? ''
  const lines = text.split('\n').map(line => line.trim().split(/\s+\*?/))
  const hashes = lines.filter(([hash]) => /^[0-9a-f]{64}$/i.test(hash ?? ''))
  const named = hashes.find(([, name]) => name?.split('/').at(-1) === file)
  const bare = hashes.length === 1 && hashes[0]?.[1] === undefined ? hashes[0] : undefined
  return (named ?? bare)?.[0]?.toLowerCase()
}
