import {Buffer} from 'node:buffer'

/** One entry of a tar file; root owns it. */
export type TarEntry =
  | {readonly kind: 'file'; readonly path: string; readonly mode: number; readonly size: number}
  | {readonly kind: 'directory'; readonly path: string; readonly mode: number}
  | {readonly kind: 'symlink'; readonly path: string; readonly target: string}

export interface TarStamp {
  /** When the entry was last changed, since the epoch. */
  readonly seconds: number
  /** The name of its owner. */
  readonly owner: string
}

/** The same content always gives the same bytes. */
const REPRODUCIBLE: TarStamp = {seconds: 0, owner: ''}

/** A header has one block, and contents fill whole blocks. */
export const BLOCK = 512
const TYPES = {file: '0', directory: '5', symlink: '2'} as const
const NAME_LIMIT = 100
const SIZE_LIMIT = 8 ** 11

/** The header block of an entry, in the ustar format. */
export function tarHeader(entry: TarEntry, {seconds, owner} = REPRODUCIBLE): Buffer {
  const path = entry.kind === 'directory' ? `${entry.path}/` : entry.path
  const target = entry.kind === 'symlink' ? entry.target : ''
  const size = entry.kind === 'file' ? entry.size : 0
  if (Buffer.byteLength(path) > NAME_LIMIT || Buffer.byteLength(target) > NAME_LIMIT)
    throw new Error(`path is too long for a tar file: ${path}`)
  if (size >= SIZE_LIMIT) throw new Error(`${path} is too large for a tar file`)
  const header = Buffer.alloc(BLOCK)
  const octal = (value: number, at: number, length: number): void => {
    header.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at)
  }
  header.write(path, 0)
  octal(entry.kind === 'symlink' ? 0o777 : entry.mode, 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(size, 124, 12)
  octal(seconds, 136, 12)
  header.write('        ', 148)
  header.write(TYPES[entry.kind], 156)
  header.write(target, 157)
  header.write('ustar\x0000', 257)
  header.write(owner, 265)
  header.write(owner, 297)
  octal(
    header.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  )
  return header
}

/** What fills the last block of a file of this size. */
export const tarPadding = (size: number): Buffer => Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK)

/** Two empty blocks end a tar file. */
export const tarEnd = (): Buffer => Buffer.alloc(2 * BLOCK)

/** A whole small file that everybody can read. */
export function* tarFile(path: string, content: Buffer): Generator<Buffer> {
  yield tarHeader({kind: 'file', path, mode: 0o644, size: content.length})
  yield content
  yield tarPadding(content.length)
}
