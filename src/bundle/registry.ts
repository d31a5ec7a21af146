import {isMapping} from '../domain/mapping.ts'
import {createHash} from 'node:crypto'
import {KadmError} from '../domain/errors.ts'
import {checked, get, type Web} from './fetching.ts'

/** `registry.k8s.io/coredns/coredns:v1.14.6`, taken apart. */
export interface ImageReference {
  readonly host: string
  readonly repository: string
  readonly tag: string
}

export interface Descriptor {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
}

/** One image for one architecture, as a registry has it. */
export interface RegistryImage {
  readonly manifest: Descriptor
  readonly manifestBytes: Buffer
  readonly config: Descriptor
  readonly layers: readonly Descriptor[]
}

export interface Registry extends Web {
  /** Where the registry of a host is: `https://host`; tests say otherwise. */
  readonly urlOf: (host: string) => string
}

const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ')

/** Pure. */
export function parseReference(ref: string): ImageReference {
  const match = /^([^/]+)\/(.+):([\w][\w.-]{0,127})$/.exec(ref)
  const [, host, repository, tag] = match ?? []
  if (host !== undefined && repository !== undefined && tag !== undefined) return {host, repository, tag}
  throw new KadmError('config', `'${ref}' is not an image reference with host and tag`)
}

/** Finds the image of a reference for this architecture; what a list or a manifest says is checked by its digest. */
export async function resolveImage(registry: Registry, ref: string, architecture: string): Promise<RegistryImage> {
  const reference = parseReference(ref)
  const first = await manifestOf(registry, reference, reference.tag)
  const list = arrayOf(first.value, 'manifests')
  if (list === undefined) return imageOf(ref, first)
  const found = list.find(one => {
    const platform = isMapping(one) ? one['platform'] : undefined
    return isMapping(platform) && platform['os'] === 'linux' && platform['architecture'] === architecture
  })
  const digest = isMapping(found) ? found['digest'] : undefined
  if (typeof digest !== 'string') throw new KadmError('config', `${ref} not found for linux/${architecture}`)
  return imageOf(ref, await manifestOf(registry, reference, digest))
}

/** The bytes of a layer or config, checked while they pass. */
export async function* blobOf(registry: Registry, ref: string, blob: Descriptor): AsyncGenerator<Buffer> {
  const reference = parseReference(ref)
  const answer = await authorized(registry, reference, `blobs/${blob.digest}`)
  yield* checked(answer, blob.digest.replace(/^sha256:/, ''), `${ref} ${blob.digest}`)
}

interface Manifest {
  readonly value: unknown
  readonly bytes: Buffer
  readonly digest: string
}

async function manifestOf(registry: Registry, reference: ImageReference, name: string): Promise<Manifest> {
  const answer = await authorized(registry, reference, `manifests/${name}`)
  const bytes = Buffer.from(await answer.arrayBuffer())
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
  if (name.startsWith('sha256:') && name !== digest) {
    throw new KadmError('connect', `received a different manifest of ${reference.repository} than requested`, {
      evidence: `expected digest ${name}, got ${digest}`,
    })
  }
  const value: unknown = JSON.parse(bytes.toString())
  return {value, bytes, digest}
}

function imageOf(ref: string, {value, bytes, digest}: Manifest): RegistryImage {
  const config = isMapping(value) ? value['config'] : undefined
  const layers = arrayOf(value, 'layers')
  const mediaType = isMapping(value) && typeof value['mediaType'] === 'string' ? value['mediaType'] : OCI_MANIFEST
  if (!isDescriptor(config) || layers?.every(isDescriptor) !== true) {
    throw new KadmError('config', `cannot read the manifest of ${ref}`)
  }
  const manifest = {mediaType, digest, size: bytes.length}
  return {manifest, manifestBytes: bytes, config, layers: layers.filter(isDescriptor)}
}

const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json'

/** Asks, and when the registry wants a token, gets the anonymous one it names and asks again. */
async function authorized(registry: Registry, reference: ImageReference, path: string): Promise<Response> {
  const url = `${registry.urlOf(reference.host)}/v2/${reference.repository}/${path}`
  const first = await get(registry, url, {accept: MANIFESTS})
  if (first.status !== 401) return first
  await first.body?.cancel()
  const token = await anonymousToken(registry, reference, first.headers.get('www-authenticate') ?? '')
  const second = await get(registry, url, {accept: MANIFESTS, authorization: `Bearer ${token}`})
  if (second.status !== 401) return second
  throw new KadmError('connect', `${reference.host} requires a login to pull ${reference.repository}`)
}

async function anonymousToken(registry: Registry, reference: ImageReference, challenge: string): Promise<string> {
  const fields = new Map([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(match => [match[1], match[2]]))
  const realm = fields.get('realm')
  if (realm === undefined)
    throw new KadmError('connect', `${reference.host} requires a login method that kadm does not support`)
  const query = new URLSearchParams({scope: fields.get('scope') ?? `repository:${reference.repository}:pull`})
  const service = fields.get('service')
  if (service !== undefined) query.set('service', service)
  const value: unknown = await (await get(registry, `${realm}?${query.toString()}`)).json()
  const token = isMapping(value) ? (value['token'] ?? value['access_token']) : undefined
  if (typeof token === 'string') return token
  throw new KadmError('connect', `${reference.host} gave no token for ${reference.repository}`)
}

function arrayOf(value: unknown, name: string): readonly unknown[] | undefined {
  const found = isMapping(value) ? value[name] : undefined
  return Array.isArray(found) ? found : undefined
}

const isDescriptor = (value: unknown): value is Descriptor =>
  isMapping(value) &&
  typeof value['mediaType'] === 'string' &&
  typeof value['digest'] === 'string' &&
  /^sha256:[0-9a-f]{64}$/.test(value['digest']) &&
  typeof value['size'] === 'number'
