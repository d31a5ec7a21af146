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
  /** Told once, when the script begins. */
  readonly begun?: (() => void) | undefined
  /** Told of each whole line as it comes. */
  readonly onStderrLine?: ((line: string) => void) | undefined
}

/** Reads a stream to its end. */
export const collect = (stream: Readable, {limit, tooMuch, into, onStderrLine, begun}: CollectOptions): Collected => {
  const cutter = outputCutter()
  const lines = lineCutter()
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
    const isWaiting = cutter.group() === undefined
    const bytes = cutter.push(chunk)
    if (isWaiting && cutter.group() !== undefined) begun?.()
    if (bytes === undefined) return
    if (onStderrLine !== undefined) lines.push(bytes).forEach(onStderrLine)
    if (into === undefined) keep(bytes)
    else pass(bytes, into)
  })
  stream.on('error', () => undefined)
  return {text: () => Buffer.concat(chunks).toString('utf8'), before: cutter.before, group: cutter.group}
}

/** Whole lines of a stream, whatever the pieces it comes in. */
function lineCutter(): {readonly push: (bytes: Buffer) => readonly string[]} {
  let rest = Buffer.alloc(0)
  return {
    push: bytes => {
      const all = Buffer.concat([rest, bytes])
      const end = all.lastIndexOf(0x0a)
      rest = Buffer.from(all.subarray(end + 1))
      return end < 0 ? [] : all.subarray(0, end).toString('utf8').split('\n')
    },
  }
}
