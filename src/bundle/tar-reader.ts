import {KadmError} from '../domain/errors.ts'

const BLOCK = 512

/** A regular file in a tar stream; its bytes must be taken before the next one is asked for. */
export interface TarFile {
  /** Without a leading `./`. */
  readonly path: string
  readonly size: number
  readonly bytes: () => AsyncGenerator<Buffer>
}

/** Walks through the files of a tar stream and holds no more than a chunk; a file nobody reads is passed over. */
export async function* tarFiles(source: AsyncIterable<Buffer>): AsyncGenerator<TarFile> {
  const reader = byteReader(source)
  for (;;) {
    const header = await reader.exactly(BLOCK)
    if (header === undefined || header.every(byte => byte === 0)) break
    const size = parseInt(header.subarray(124, 136).toString().replaceAll('\0', '').trim() || '0', 8)
    const type = String.fromCharCode(header[156] ?? 0)
    let left = size
    async function* bytes(): AsyncGenerator<Buffer> {
      while (left > 0) {
        const chunk = await reader.upTo(left)
        if (chunk === undefined) throw new KadmError('connect', 'a tar file ended early')
        left -= chunk.length
        yield chunk
      }
    }
    if (type === '0' || type === '\0') yield {path: nameOf(header), size, bytes}
    while (left > 0 && (await bytes().next()).done !== true);
    await reader.exactly((BLOCK - (size % BLOCK)) % BLOCK)
  }
  await reader.drain()
}

function nameOf(header: Buffer): string {
  const text = (from: number, to: number): string => header.subarray(from, to).toString().replace(/\0.*$/s, '')
  const prefix = text(257, 262) === 'ustar' ? text(345, 500) : ''
  return `${prefix === '' ? '' : `${prefix}/`}${text(0, 100)}`.replace(/^\.\//, '')
}

interface ByteReader {
  /** So many bytes; undefined at the end. */
  readonly exactly: (count: number) => Promise<Buffer | undefined>
  /** At least one byte and at most so many; undefined at the end. */
  readonly upTo: (count: number) => Promise<Buffer | undefined>
  readonly drain: () => Promise<void>
}

function byteReader(source: AsyncIterable<Buffer>): ByteReader {
  const iterator = source[Symbol.asyncIterator]()
  let rest: Buffer = Buffer.alloc(0)
  const fill = async (): Promise<boolean> => {
    while (rest.length === 0) {
      const next = await iterator.next()
      if (next.done === true) return false
      rest = next.value
    }
    return true
  }
  const upTo = async (count: number): Promise<Buffer | undefined> => {
    if (!(await fill())) return undefined
    const taken = rest.subarray(0, count)
    rest = rest.subarray(count)
    return taken
  }
  const exactly = async (count: number): Promise<Buffer | undefined> => {
    const parts: Buffer[] = []
    let left = count
    while (left > 0) {
      const part = await upTo(left)
      if (part === undefined) return undefined
      parts.push(part)
      left -= part.length
    }
    return Buffer.concat(parts)
  }
  const drain = async (): Promise<void> => {
    while ((await iterator.next()).done !== true) rest = Buffer.alloc(0)
  }
  return {exactly, upTo, drain}
}
