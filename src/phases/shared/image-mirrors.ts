import type {Cluster} from '../../domain/cluster.ts'
import type {ImageMirror} from '../../domain/online-source.ts'
import {CERTS_DIR} from '../../domain/paths.ts'
import {registryServer} from '../../domain/registry.ts'
import {registryHosts} from '../../manifests/registry-hosts.ts'
import type {AnyResource} from '../../resources/any-resource.ts'
import {file} from '../../resources/files/file.ts'
import type {ManifestPlace} from '../../resources/images/pulled-images.ts'

/** The mirrors that the file names. */
const imageMirrors = ({source}: Pick<Cluster, 'source'>): readonly ImageMirror[] =>
  source.kind === 'online' ? (source.images ?? []) : []

/** The folder where containerd, crictl and ctr look up the hosts of a registry; they read it for each pull. */
export const mirrorFiles = (cluster: Pick<Cluster, 'source'>): readonly AnyResource[] =>
  imageMirrors(cluster).flatMap(({registry, url, ca}) => {
    const folder = `${CERTS_DIR}/${registry}`
    const caFile = ca === undefined ? undefined : caFileOf(registry)
    return [
      ...(ca === undefined || caFile === undefined
        ? []
        : [file({path: caFile, content: ca.pem, why: `the CA that signed the certificate of ${url}`})]),
      file({
        path: `${folder}/hosts.toml`,
        content: registryHosts(url, caFile),
        why: `pulls images of ${registry} only from ${url}`,
      }),
    ]
  })

/** Where the host requests each of these images: from the mirror of its registry, if it has one. */
export const manifestPlaces = (
  cluster: Pick<Cluster, 'source'>,
  refs: readonly string[],
): Readonly<Record<string, ManifestPlace>> =>
  Object.fromEntries(
    refs.flatMap(ref => {
      const [, registry = '', name = '', tag = ''] = /^([^/]+)\/(.+):([^:]+)$/.exec(ref) ?? []
      if (registry === '') return []
      const mirror = imageMirrors(cluster).find(one => one.registry === registry)
      const {origin, pathname} = new URL(mirror?.url ?? `https://${registryServer(registry)}`)
      const url = `${origin}/v2${pathname.replace(/\/+$/, '')}/${name}/manifests/${tag}`
      return [[ref, {url, caFile: mirror?.ca === undefined ? undefined : caFileOf(registry)}]]
    }),
  )

const caFileOf = (registry: string): string => `${CERTS_DIR}/${registry}/ca.crt`
