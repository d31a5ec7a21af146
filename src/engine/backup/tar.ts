/** The tar format of POSIX (ustar), as far as a backup needs it: regular files with short names. */
export const BLOCK = 512

const MOST_SIZE = 8 ** 11

export interface TarHeader {
  readonly name: string
  readonly size: number
}

const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}\0`

/** One block that comes before the content of a file of root with mode 0600; `seconds` since the epoch. */
export function tarHeader({name, size}: TarHeader, seconds: number): Buffer {
  if (Buffer.byteLength(name) > 100 || size >= MOST_SIZE) throw new Error(`${name} does not fit in a tar archive`)
  const block = Buffer.alloc(BLOCK)
  block.write(name, 0)
  block.write(octal(0o600, 8), 100)
  block.write(octal(0, 8), 108)
  block.write(octal(0, 8), 116)
  block.write(octal(size, 12), 124)
  block.write(octal(seconds, 12), 136)
  block.write(' '.repeat(8), 148)
  block.write('0', 156)
  block.write('ustar\x0000', 257)
  block.write('root', 265)
  block.write('root', 297)
  block.write(`${sumOf(block).toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

const sumOf = (block: Buffer): number => block.reduce((sum, byte) => sum + byte, 0)

/** What a header says; `end` for the block after the last file, and a text that says what is wrong with it. */
export function readTarHeader(block: Buffer): TarHeader | 'end' | {readonly wrong: string} {
  if (block.length < BLOCK) return {wrong: 'it ends in the middle'}
  if (block.every(byte => byte === 0)) return 'end'
  const text = (from: number, length: number): string => {
    const field = block.subarray(from, from + length).toString('latin1')
    const end = field.indexOf('\0')
    return end < 0 ? field : field.slice(0, end)
  }
  const plain = Buffer.from(block)
  plain.write(' '.repeat(8), 148)
  if (!/^ *[0-7]+[ \0]*$/.test(text(148, 8)) || parseInt(text(148, 8), 8) !== sumOf(plain))
    return {wrong: 'a part of it was changed'}
  const name = text(345, 155) === '' ? text(0, 100) : `${text(345, 155)}/${text(0, 100)}`
  const type = text(156, 1)
  if (type !== '0' && type !== '') return {wrong: `${name} is not a regular file`}
  if (!isPlainName(name)) return {wrong: `the path ${JSON.stringify(name)} leads out of it`}
  const size = text(124, 12).trim()
  return /^[0-7]+$/.test(size) ? {name, size: parseInt(size, 8)} : {wrong: `the size of ${name} cannot be read`}
}

/** A path below the archive, without steps upwards. */
const isPlainName = (name: string): boolean =>
  /^[\w.+-]+(\/[\w.+-]+)*$/.test(name) && !name.split('/').some(part => part === '..' || part === '.')

/** The space that a content of this size takes: whole blocks. */
export const paddedSize = (size: number): number => Math.ceil(size / BLOCK) * BLOCK
