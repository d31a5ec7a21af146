import {createHash} from 'node:crypto'
import type {ServerResponse} from 'node:http'
import {gzipSync} from 'node:zlib'

/** How a registry answers: with an image for every name, as one that is asked too much, or as one that ends in the middle of a layer. */
export type Mood = 'serves' | 'refuses' | 'dies-half-way' | {readonly retryAfter: number}

export interface SmallRegistry {
  readonly answer: (path: string, response: ServerResponse) => void
  readonly be: (mood: Mood) => void
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
const digest = (bytes: Buffer | string): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

/** An archive with nothing in it. */
const EMPTY_TAR = Buffer.alloc(10_240)

/** A registry that has one empty image under every name and tag. */
export function smallRegistry(architecture: string): SmallRegistry {
  const layer = gzipSync(EMPTY_TAR)
  const rootfs = {type: 'layers', diff_ids: [digest(EMPTY_TAR)]}
  const config = Buffer.from(JSON.stringify({architecture, os: 'linux', config: {}, rootfs}))
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: {mediaType: 'application/vnd.oci.image.config.v1+json', digest: digest(config), size: config.length},
      layers: [{mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: digest(layer), size: layer.length}],
    }),
  )
  const blobs = new Map([layer, config, manifest].map(bytes => [digest(bytes), bytes]))
  let mood: Mood = 'serves'
  return {
    be: next => {
      mood = next
    },
    answer: (asked, response) => {
      // A mirror is told which registry it stands for: `?ns=registry.k8s.io`.
      const [path = ''] = asked.split('?')
      if (mood === 'refuses' || typeof mood === 'object') {
        response
          .writeHead(429, typeof mood === 'object' ? {'retry-after': String(mood.retryAfter)} : {})
          .end('{"errors":[{"code":"TOOMANYREQUESTS","message":"you have reached your limit"}]}')
        return
      }
      const bytes = path.includes('/blobs/') ? blobs.get(path.split('/').at(-1) ?? '') : manifest
      if (bytes === undefined) response.writeHead(404).end()
      else {
        const head = {'content-length': String(bytes.length), 'docker-content-digest': digest(bytes)}
        response.writeHead(200, {...head, 'content-type': bytes === manifest ? MANIFEST : 'application/octet-stream'})
        if (mood === 'dies-half-way' && bytes === layer)
          response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy())
        else response.end(bytes)
      }
    },
  }
}
