import {Readable} from 'node:stream'
import {extract} from 'tar-stream'
import {BLOCK} from './tar.ts'

/** An entry of a tar stream; its bytes must be taken before the next one is asked for. */
export interface TarItem {
  readonly path: string
  /** False for a folder, a link or a device. */
  readonly isFile: boolean
  readonly size: number
  /** Where its bytes are in the stream. */
  readonly offset: number
  readonly bytes: () => AsyncIterable<Buffer>
}

/** What is wrong with a stream that is not a tar file. */
export type TarFault = 'incomplete' | 'altered'

type Explain = (fault: TarFault, cause: Error) => Error

/**
 * Walks through a tar stream and holds no more than a chunk; an entry that nobody reads is skipped. An error of the source is thrown as it
 * is, and `explain` gives the error for a stream that is not a tar file.
 */
export async function* tarItems(source: AsyncIterable<Buffer>, explain: Explain): AsyncGenerator<TarItem> {
  const unpacked = extract()
  const input = Readable.from(source)
  input.once('error', error => unpacked.destroy(error))
  input.pipe(unpacked)
  const explained = (error: unknown): unknown => {
    if (!(error instanceof Error) || error === input.errored) return error
    return explain(error.message === 'Unexpected end of data' ? 'incomplete' : 'altered', error)
  }
  try {
    for await (const entry of unpacked) {
      const {name: path, size, type} = entry.header
      const bytes = (): AsyncIterable<Buffer> => chunksOf(entry, explained)
      yield {path, isFile: type === 'file', size, offset: entry.offset + BLOCK, bytes}
      entry.resume()
    }
  } catch (error) {
    throw explained(error)
  } finally {
    input.destroy()
  }
}

/** The library types its chunks as unknown; they are buffers. */
async function* chunksOf(
  entry: AsyncIterable<unknown>,
  explained: (error: unknown) => unknown,
): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of entry) if (Buffer.isBuffer(chunk)) yield chunk
  } catch (error) {
    throw explained(error)
  }
}
