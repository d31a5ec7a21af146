import type {Source} from '../../domain/cluster.ts'
import type {ArchiveMirror, ImageMirror, PackageMirror, Proxy} from '../../domain/online-source.ts'
import type {ClusterDocument} from '../documents/cluster-document.ts'
import {type DraftContext, readBeside} from './draft-context.ts'
import {besideFile} from '../read/environment.ts'
import type {Locate} from '../documents/finding.ts'
import {usable} from '../documents/shapes.ts'

type SourceDocument = NonNullable<ClusterDocument['source']>
type OnlineDocument = Extract<SourceDocument, {kind: 'online'}>

/** The source of software that the file names. Paths start at its folder; the files that it names are read. */
export function sourceOf(
  source: SourceDocument | undefined,
  locate: Locate,
  context: DraftContext,
): Source | undefined {
  if (source === undefined) return undefined
  if (source.kind === 'bundle') return {kind: 'bundle', path: besideFile(context.fileName, source.path)}
  const {runtime, packages, archives, images} = source
  return {
    kind: 'online',
    ...(runtime === undefined ? {} : {runtime}),
    ...(packages === undefined ? {} : {packages: packagesOf(packages, context.fileName)}),
    ...(archives === undefined ? {} : {archives: archivesOf(archives)}),
    ...(images === undefined ? {} : {images: imagesOf(images, locate, context)}),
  }
}

const packagesOf = (
  {url, keyFile, keyFingerprint}: NonNullable<OnlineDocument['packages']>,
  fileName: string,
): PackageMirror => ({
  url,
  ...(keyFile === undefined ? {} : {keyFile: besideFile(fileName, keyFile)}),
  ...(keyFingerprint === undefined ? {} : {keyFingerprint}),
})

const archivesOf = ({url, sha256}: NonNullable<OnlineDocument['archives']>): ArchiveMirror => ({
  ...(url === undefined ? {} : {url}),
  ...(sha256 === undefined
    ? {}
    : {sha256: Object.fromEntries(Object.entries(sha256).map(([name, hash]) => [name, hash.toLowerCase()]))}),
})

const imagesOf = (
  images: NonNullable<OnlineDocument['images']>,
  locate: Locate,
  context: DraftContext,
): readonly ImageMirror[] =>
  usable(images).map(({value: {registry, mirror, caFile}, index}) => {
    const place = locate(['source', 'images', index, 'caFile'])
    const ca = caFile === undefined ? undefined : readBeside(caFile, place, context)
    if (ca !== undefined && !ca.text.includes('-----BEGIN CERTIFICATE-----'))
      context.report({severity: 'error', place, message: `'${ca.path}' does not contain a certificate (PEM)`})
    return {registry, url: mirror, ...(ca === undefined ? {} : {ca: {path: ca.path, pem: ca.text}})}
  })

/** The proxy that the file names. */
export const proxyOf = (proxy: ClusterDocument['proxy']): Proxy | undefined =>
  proxy === undefined
    ? undefined
    : {
        ...(proxy.http === undefined ? {} : {http: proxy.http}),
        ...(proxy.https === undefined ? {} : {https: proxy.https}),
        noProxy: usable(proxy.noProxy).map(({value}) => value),
      }
