import {createHash} from 'node:crypto'

const PUBLIC_KEY = 6

/**
 * The fingerprints of the primary keys in an ASCII-armoured OpenPGP key (version 4, RFC 4880 section 12.2), upper-case hex.
 * Enough to pin a key; checking signatures is apt's work.
 */
export function fingerprints(armoured: string): readonly string[] {
  const body = /-----BEGIN PGP PUBLIC KEY BLOCK-----\r?\n(?:[^\r\n]+:[^\r\n]*\r?\n)*\r?\n([\s\S]*?)-----END/.exec(
    armoured,
  )?.[1]
  if (body === undefined) return []
  const base64 = body
    .split(/\r?\n/)
    .filter(line => !line.startsWith('='))
    .join('')
  return packets(Buffer.from(base64, 'base64'))
    .filter(({tag, content}) => tag === PUBLIC_KEY && content[0] === 4)
    .map(({content}) => {
      const length = Buffer.alloc(2)
      length.writeUInt16BE(content.length)
      return createHash('sha1').update(Buffer.of(0x99)).update(length).update(content).digest('hex').toUpperCase()
    })
}

interface Packet {
  readonly tag: number
  readonly content: Buffer
}

/** Splits into packets (RFC 4880 section 4.2); stops at what it cannot read. */
function packets(bytes: Buffer): readonly Packet[] {
  const found: Packet[] = []
  let rest = bytes
  while (rest.length > 2) {
    const head = header(rest)
    if (head === undefined || head.start + head.length > rest.length) return found
    found.push({tag: head.tag, content: rest.subarray(head.start, head.start + head.length)})
    rest = rest.subarray(head.start + head.length)
  }
  return found
}

function header(bytes: Buffer): {readonly tag: number; readonly start: number; readonly length: number} | undefined {
  const first = bytes[0] ?? 0
  if ((first & 0x80) === 0) return undefined
  if ((first & 0x40) === 0) {
    const size = [1, 2, 4][first & 3]
    if (size === undefined || bytes.length < 1 + size) return undefined
    return {tag: (first >> 2) & 0xf, start: 1 + size, length: bytes.readUIntBE(1, size)}
  }
  const tag = first & 0x3f
  const one = bytes[1] ?? 0
  if (one < 192) return {tag, start: 2, length: one}
  if (one < 224 && bytes.length > 2) return {tag, start: 3, length: ((one - 192) << 8) + (bytes[2] ?? 0) + 192}
  if (one === 255 && bytes.length > 5) return {tag, start: 6, length: bytes.readUInt32BE(2)}
  return undefined
}
