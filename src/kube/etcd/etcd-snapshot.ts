import {createHash} from 'node:crypto'
import {KadmError} from '../../domain/errors.ts'
import {parseJson, textAt, at} from '../json.ts'
import {etcdError} from './etcd-error.ts'

/** A part of a snapshot, in order. */
export interface SnapshotPart {
  readonly bytes: Buffer
  /** What comes after this part. */
  readonly remainingBytes: number
}

const DIGEST_BYTES = 32

/** The JSON documents of a stream of the gateway, one a line. */
async function* lines(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let parts: Buffer[] = []
  for await (const chunk of chunks) {
    let from = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      yield Buffer.concat([...parts, chunk.subarray(from, end)]).toString()
      parts = []
      from = end + 1
    }
    if (from < chunk.length) parts.push(chunk.subarray(from))
  }
  if (parts.length > 0) yield Buffer.concat(parts).toString()
}

/**
 * The parts of a snapshot from the stream of `maintenance/snapshot`. etcd ends a snapshot with the sha256 of all
 * bytes before it: the last step fails when that does not match, or when the stream ended early.
 */
export async function* snapshotParts(chunks: AsyncIterable<Buffer>, where: string): AsyncGenerator<SnapshotPart> {
  const hash = createHash('sha256')
  let tail: Buffer = Buffer.alloc(0)
  let remainingBytes = -1
  for await (const line of lines(chunks)) {
    if (line.trim() === '') continue
    const document = parseJson(line)
    const blob = textAt(document, 'result', 'blob')
    if (at(document, 'error') !== undefined || at(document, 'result') === undefined)
      throw etcdError('read a snapshot', where, {status: 200, text: line})
    const bytes = Buffer.from(blob ?? '', 'base64')
    remainingBytes = Number(textAt(document, 'result', 'remaining_bytes') ?? '0')
    const all = Buffer.concat([tail, bytes])
    const known = Math.max(0, all.length - DIGEST_BYTES)
    hash.update(all.subarray(0, known))
    tail = all.subarray(known)
    if (bytes.length > 0) yield {bytes, remainingBytes}
  }
  if (remainingBytes !== 0) throw broken(where, 'the connection ended before the last byte')
  if (!hash.digest().equals(tail)) throw broken(where, 'its sha256 does not match its content')
}

const broken = (where: string, why: string): KadmError =>
  new KadmError('remote', `the snapshot of etcd on ${where} is not usable: ${why}`, {
    hint: 'run the same command again',
  })
