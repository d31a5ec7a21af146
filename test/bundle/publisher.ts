import {execFileSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {Downloads} from '../../src/bundle/create-bundle.ts'
import {releaseFiles} from '../../src/bundle/releases.ts'
import {parseReference} from '../../src/bundle/registry.ts'
import {imagesForRole} from '../../src/domain/images.ts'
import {AGNHOST_NEXT_IMAGE} from '../../src/domain/releases.ts'
import {supportedVersion} from '../../src/domain/version.ts'

const version = supportedVersion('v1.37.2')

/** All images that a cluster of this version needs. */
export const wantedImages = imagesForRole('control-plane', {
  version,
  repository: 'registry.k8s.io',
  podNetwork: 'flannel',
})

export interface Publisher {
  readonly downloads: Downloads
  /** What it serves, by path; a test may alter or remove some of it. */
  readonly content: Map<string, Buffer>
  readonly asked: string[]
  readonly close: () => Promise<void>
}

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')

/** A small web of its own: release files with checksums, and a registry that wants a token and sends elsewhere for blobs. */
export async function publisher(): Promise<Publisher> {
  const content = new Map<string, Buffer>()
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    answer(request, response, content)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const base = `http://127.0.0.1:${String(typeof address === 'object' ? address?.port : '')}`
  const origins = {kubernetes: `${base}/k8s`, github: `${base}/github`}
  await publishReleases(content, base, origins)
  for (const ref of wantedImages.filter(one => one !== AGNHOST_NEXT_IMAGE)) publishImage(content, ref)
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  }
  return {downloads: {fetch, urlOf: host => `${base}/registry/${host}`, origins}, content, asked, close}
}

function answer(request: IncomingMessage, response: ServerResponse, content: ReadonlyMap<string, Buffer>): void {
  const path = (request.url ?? '').replace(/\?.*$/, '')
  const host = `http://${request.headers.host ?? ''}`
  if (path === '/token') {
    response.end(JSON.stringify({token: 'open-sesame'}))
    return
  }
  if (path.startsWith('/registry/') && request.headers.authorization !== 'Bearer open-sesame') {
    response.writeHead(401, {
      'www-authenticate': `Bearer realm="${host}/token",service="test",scope="repository:x:pull"`,
    })
    response.end()
    return
  }
  if (path.includes('/blobs/')) {
    response.writeHead(307, {location: `${host}/storage/${path.split('/').at(-1) ?? ''}`})
    response.end()
    return
  }
  const found = content.get(path)
  response.writeHead(found === undefined ? 404 : 200)
  response.end(found)
}

async function publishReleases(
  content: Map<string, Buffer>,
  base: string,
  origins: Downloads['origins'],
): Promise<void> {
  for (const file of releaseFiles(version, 'amd64', origins)) {
    const bytes = 'name' in file.holds ? Buffer.from(file.holds.name) : await archive(Object.entries(file.holds.paths))
    content.set(file.url.replace(base, ''), bytes)
    content.set(
      file.checksumUrl.replace(base, ''),
      Buffer.from(`${sha256(bytes)}  ${file.url.split('/').at(-1) ?? ''}\n`),
    )
  }
}

/** Each file holds the name of the executable it is. */
async function archive(files: readonly (readonly [string, string])[]): Promise<Buffer> {
  const dir = await mkdtemp(join(tmpdir(), 'kadm-test-'))
  await mkdir(join(dir, 'bin'))
  await writeFile(join(dir, 'README.md'), 'x'.repeat(2000))
  for (const [path, name] of files) await writeFile(join(dir, path), name)
  const bytes = execFileSync('tar', ['-C', dir, '-czf', '-', './README.md', ...files.map(([path]) => `./${path}`)])
  await rm(dir, {recursive: true})
  return bytes
}

function publishImage(content: Map<string, Buffer>, ref: string): void {
  const {host, repository, tag} = parseReference(ref)
  const manifests = `/registry/${host}/v2/${repository}/manifests`
  const store = (value: Buffer): {digest: string; size: number} => {
    content.set(`/storage/sha256:${sha256(value)}`, value)
    return {digest: `sha256:${sha256(value)}`, size: value.length}
  }
  const config = {mediaType: 'application/vnd.oci.image.config.v1+json', ...store(Buffer.from(`config of ${ref}`))}
  const layer = {mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', ...store(Buffer.from(`layer of ${ref}`))}
  const mediaType = 'application/vnd.oci.image.manifest.v1+json'
  const manifest = Buffer.from(JSON.stringify({schemaVersion: 2, mediaType, config, layers: [layer]}))
  const digest = `sha256:${sha256(manifest)}`
  content.set(`${manifests}/${digest}`, manifest)
  const list = {
    schemaVersion: 2,
    manifests: [
      {digest: `sha256:${'0'.repeat(64)}`, mediaType, size: 1, platform: {os: 'linux', architecture: 'arm64'}},
      {digest, mediaType, size: manifest.length, platform: {os: 'linux', architecture: 'amd64'}},
    ],
  }
  content.set(`${manifests}/${tag}`, Buffer.from(JSON.stringify(list)))
}
