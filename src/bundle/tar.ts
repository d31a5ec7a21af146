import {Buffer} from 'node:buffer'

/** One entry of a tar file; owner root and time 0 always, so that the same content gives the same bytes. */
export type TarEntry =
  | {readonly kind: 'file'; readonly path: string; readonly mode: number; readonly size: number}
  | {readonly kind: 'directory'; readonly path: string; readonly mode: number}
  | {readonly kind: 'symlink'; readonly path: string; readonly target: string}

const BLOCK = 512
const TYPES = {file: '0', directory: '5', symlink: '2'} as const
const NAME_LIMIT = 100

/** The header block of an entry, in the ustar format. */
export function tarHeader(entry: TarEntry): Buffer {
  const header = Buffer.alloc(BLOCK)
  const path = entry.kind === 'directory' ? `${entry.path}/` : entry.path
  const target = entry.kind === 'symlink' ? entry.target : ''
  if (path.length > NAME_LIMIT || target.length > NAME_LIMIT)
    throw new Error(`path is too long for a tar file: ${path}`)
  const octal = (value: number, at: number, length: number): void => {
    header.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at)
  }
  header.write(path, 0)
  octal(entry.kind === 'symlink' ? 0o777 : entry.mode, 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(entry.kind === 'file' ? entry.size : 0, 124, 12)
  octal(0, 136, 12)
  header.write('        ', 148)
  header.write(TYPES[entry.kind], 156)
  header.write(target, 157)
  header.write('ustar\x0000', 257)
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
