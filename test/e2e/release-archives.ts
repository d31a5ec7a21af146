import {spawnSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {chmod, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import type {IncomingMessage, ServerResponse} from 'node:http'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {gunzipSync} from 'node:zlib'
import {readBundle} from '../../src/bundle/read-bundle.ts'
import type {BinaryName} from '../../src/domain/bundle.ts'
import {runtimeReleases} from '../../src/domain/runtime-release.ts'

/** How the server of the archives is today. */
export type ArchiveMood = 'serves' | 'dies-half-way' | 'alters' | {readonly retryAfter: number}

export interface ReleaseArchives {
  /** By file name, as a cluster's file says them. */
  readonly sha256: Readonly<Record<string, string>>
  readonly be: (mood: ArchiveMood) => void
  /** Answers below `/github/`. */
  readonly answer: (request: IncomingMessage, response: ServerResponse) => void
  /** The ranges that were asked for, in order. */
  readonly ranges: readonly string[]
}

/** The runtime's release files as their projects publish them, with the programs of a bundle in them. */
export async function releaseArchives(bundleDir: string): Promise<ReleaseArchives> {
  const {bundle, dir} = await readBundle(bundleDir)
  const program = async (name: BinaryName): Promise<Buffer> => {
    const entry = bundle.entries.find(one => one.kind === 'binary' && one.name === name)
    return gunzipSync(await readFile(join(dir, entry?.path ?? '')))
  }
  const files = new Map<string, Buffer>()
  for (const {file, url, holds} of runtimeReleases(bundle.architecture)) {
    const bytes = 'name' in holds ? await program(holds.name) : await archive(file, holds.paths, program)
    files.set(new URL(url).pathname, bytes)
  }
  let mood: ArchiveMood = 'serves'
  const ranges: string[] = []
  return {
    sha256: Object.fromEntries([...files].map(([path, bytes]) => [path.split('/').at(-1) ?? '', sha256(bytes)])),
    be: next => {
      mood = next
    },
    ranges,
    answer: (request, response) => {
      const bytes = files.get((request.url ?? '').replace(/^\/github/, ''))
      const {range} = request.headers
      if (range !== undefined) ranges.push(range)
      if (bytes === undefined) response.writeHead(404).end()
      else if (typeof mood === 'object') response.writeHead(429, {'retry-after': String(mood.retryAfter)}).end()
      else give(mood === 'alters' ? Buffer.from(bytes).fill(0, 1000, 1001) : bytes, range, mood, response)
    },
  }
}

function give(bytes: Buffer, range: string | undefined, mood: ArchiveMood, response: ServerResponse): void {
  const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0)
  const rest = bytes.subarray(from)
  const head = {'content-length': String(rest.length), 'accept-ranges': 'bytes'}
  const content = `bytes ${String(from)}-${String(bytes.length - 1)}/${String(bytes.length)}`
  response.writeHead(from === 0 ? 200 : 206, from === 0 ? head : {...head, 'content-range': content})
  if (mood === 'dies-half-way') response.write(rest.subarray(0, rest.length / 2), () => response.destroy())
  else response.end(rest)
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

async function archive(
  file: string,
  paths: Readonly<Record<string, BinaryName>>,
  program: (name: BinaryName) => Promise<Buffer>,
): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'kadm-release-'))
  try {
    for (const [path, name] of Object.entries(paths)) {
      const to = join(folder, path)
      await mkdir(dirname(to), {recursive: true})
      await writeFile(to, await program(name))
      await chmod(to, 0o755)
    }
    const {status, stderr} = spawnSync('tar', ['-czf', file, ...Object.keys(paths)], {cwd: folder, encoding: 'utf8'})
    if (status !== 0) throw new Error(`tar: ${stderr}`)
    return await readFile(join(folder, file))
  } finally {
    await rm(folder, {recursive: true, force: true})
  }
}
