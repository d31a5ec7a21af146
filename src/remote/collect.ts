import type {Readable, Writable} from 'node:stream'
import {outputCutter} from './begin-mark.ts'

/** What has come out of one stream so far. */
export interface Collected {
  readonly text: () => string
  /** What came before the script began. */
  readonly before: () => string
  /** The script's process group on the far side, once it has begun. */
  readonly group: () => number | undefined
}

export interface CollectOptions {
  readonly limit: number
  readonly tooMuch: () => void
  /** Takes the bytes instead of keeping them, with back pressure. */
  readonly into?: Writable | undefined
}

/** Reads a stream to its end. */
export const collect = (stream: Readable, {limit, tooMuch, into}: CollectOptions): Collected => {
  const cutter = outputCutter()
  const chunks: Buffer[] = []
  let size = 0
  const keep = (bytes: Buffer): void => {
    size += bytes.length
    if (size > limit) tooMuch()
    else chunks.push(bytes)
  }
  const pass = (bytes: Buffer, to: Writable): void => {
    if (to.write(bytes)) return
    stream.pause()
    to.once('drain', () => stream.resume())
  }
  stream.on('data', (chunk: Buffer) => {
    const bytes = cutter.push(chunk)
    if (bytes === undefined) return
    if (into === undefined) keep(bytes)
    else pass(bytes, into)
  })
  stream.on('error', () => undefined)
  return {text: () => Buffer.concat(chunks).toString('utf8'), before: cutter.before, group: cutter.group}
}
