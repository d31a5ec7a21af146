import {Readable} from 'node:stream'
import {extract} from 'tar-stream'
import {KadmError} from '../domain/errors.ts'

/** A regular file in a tar stream; its bytes must be taken before the next one is asked for. */
export interface TarFile {
  /** Without a leading `./`. */
  readonly path: string
  readonly size: number
  readonly bytes: () => AsyncIterable<Buffer>
}

/** Walks through the files of a tar stream and holds no more than a chunk; a file that nobody reads is skipped. */
export async function* tarFiles(source: AsyncIterable<Buffer>): AsyncGenerator<TarFile> {
  const unpacked = extract()
  const input = Readable.from(source)
  input.once('error', error => unpacked.destroy(error))
  input.pipe(unpacked)
  try {
    for await (const entry of unpacked) {
      const {name, size, type} = entry.header
      if (type === 'file') yield {path: name.replace(/^\.\//, ''), size, bytes: () => chunksOf(entry)}
      entry.resume()
    }
  } catch (error) {
    throw explained(error)
  }
}

/** The library types its chunks as unknown; they are buffers. */
async function* chunksOf(entry: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of entry) if (Buffer.isBuffer(chunk)) yield chunk
  } catch (error) {
    throw explained(error)
  }
}

const explained = (error: unknown): unknown =>
  error instanceof Error && error.message === 'Unexpected end of data'
    ? new KadmError('connect', 'a tar file is incomplete', {cause: error})
    : error
