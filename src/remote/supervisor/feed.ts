import type {Readable, Writable} from 'node:stream'
import {CONTENT_END, opening, pieceHeader} from './remote-supervisor.ts'

const PIECE = 256 * 1024

export interface Feed {
  readonly script: string
  readonly password: string | undefined
  readonly content: Readable | undefined
  /** Bytes of the content, where they are known. */
  readonly length: number | undefined
}

/** Says the whole protocol of remote-supervisor.ts into `stdin`, no faster than it is taken; stops silently when `over` fires. */
export async function feed(stdin: Writable, job: Feed, over: AbortSignal): Promise<void> {
  const {script, password, content, length} = job
  const stopContent = (): void => void content?.destroy()
  over.addEventListener('abort', stopContent, {once: true})
  try {
    stdin.write(opening(script, password))
    if (content !== undefined && length !== undefined) await giveAll(stdin, content, length, over)
    else if (content !== undefined) for await (const piece of pieces(content)) await give(stdin, piece, over)
    if (!over.aborted) stdin.write(CONTENT_END)
  } catch (cause) {
    // A far side that ended says so itself, by its code or by the lost connection.
    if (!over.aborted && !(cause instanceof NotTaken)) throw cause
  } finally {
    over.removeEventListener('abort', stopContent)
  }
}

/** The content is well; the other end of the line takes no more of it. */
class NotTaken extends Error {}

async function give(stdin: Writable, piece: readonly Buffer[], over: AbortSignal): Promise<void> {
  over.throwIfAborted()
  stdin.write(pieceHeader(piece.reduce((sum, chunk) => sum + chunk.length, 0)))
  for (const chunk of piece) await handOn(stdin, chunk, over)
}

/** As one piece: the far side starts a process for each. */
async function giveAll(stdin: Writable, content: Readable, length: number, over: AbortSignal): Promise<void> {
  if (length > 0) stdin.write(pieceHeader(length))
  let left = length
  for await (const chunk of content as AsyncIterable<Buffer>) {
    left -= chunk.length
    if (left < 0) break
    over.throwIfAborted()
    await handOn(stdin, chunk, over)
  }
  if (left !== 0) throw new Error(`it has ${left < 0 ? 'more' : 'fewer'} bytes than the announced ${String(length)}`)
}

/** One chunk at a time: a channel would keep megabytes waiting, and there are many channels. */
const handOn = (stdin: Writable, chunk: Buffer, over: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const stop = (): void => reject(new NotTaken('the receiver closed it'))
    over.addEventListener('abort', stop, {once: true})
    stdin.write(chunk, error => {
      over.removeEventListener('abort', stop)
      if (error instanceof Error) reject(new NotTaken('the write failed', {cause: error}))
      else resolve()
    })
  })

/** Groups what comes into pieces of a few chunks, without copying. */
async function* pieces(content: Readable): AsyncGenerator<readonly Buffer[]> {
  let piece: Buffer[] = []
  let size = 0
  for await (const chunk of content as AsyncIterable<Buffer | string>) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    if (bytes.length === 0) continue
    piece.push(bytes)
    size += bytes.length
    if (size < PIECE) continue
    yield piece
    piece = []
    size = 0
  }
  if (size > 0) yield piece
}
