/** Header and program headers of a 64-bit little-endian ELF file: offsets of the fields used here, from elf(5). */
const HEADER = {programHeaders: 32, sectionHeaders: 40, programHeaderCount: 56, sectionHeaderCount: 60} as const
const HEADER_SIZE = 64
const ENTRY_SIZE = 56
const PT = {load: 1, note: 4, phdr: 6} as const
const READABLE = 4
/** The largest page of the machines kadm runs on (arm64 with 64 KiB pages). */
const PAGE = 65_536

interface Segment {
  readonly type: number
  readonly flags: number
  readonly offset: number
  readonly address: number
  readonly fileSize: number
  readonly memorySize: number
  readonly align: number
}

/** The SEA fuse that Node looks for in itself, and the name of the note with the program: from Node's `src/node_sea.cc`. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:'
/** From here to the 16th byte the header has the ABI and padding; Linux reads neither. */
const FREE_IDENT = 7
const SHELL_TEXT = `'
echo "kadm: cannot run $0 on this machine ($(uname -m)): it is for another architecture, or not completely downloaded; compare it with SHA256SUMS" >&2
exit 126
`
const NOTE_NAME = 'NODE_SEA_BLOB\0'

/**
 * Node's program with a SEA blob in it. What only debuggers read is left out. The program headers come last in the file, so that a system refuses
 * to start a file that is cut off anywhere, where it would otherwise kill it in the middle of its start.
 */
export function withBlob(node: Buffer, blob: Buffer): Buffer {
  const segments = readSegments(node)
  const loads = segments.filter(({type}) => type === PT.load)
  const fileEnd = Math.max(...loads.map(({offset, fileSize}) => offset + fileSize))
  const first = loads.find(({offset}) => offset === 0)
  if (first === undefined) throw new Error('the first segment of this ELF file does not start with its header')
  const memoryEnd = Math.max(...loads.map(({address, memorySize}) => address + memorySize)) - first.address
  // The headers are where their offset says also in memory, since old kernels compute their address so.
  const start = roundUp(Math.max(fileEnd, memoryEnd), PAGE)
  const note = elfNote(blob)
  const table = start + note.length
  const size = (segments.length + 2) * ENTRY_SIZE
  const added = (type: number, offset: number, bytes: number, align: number): Segment => ({
    type,
    flags: READABLE,
    offset,
    address: first.address + offset,
    fileSize: bytes,
    memorySize: bytes,
    align,
  })
  const all = [
    ...segments.map(one => (one.type === PT.phdr ? added(PT.phdr, table, size, 8) : one)),
    added(PT.load, start, note.length + size, PAGE),
    added(PT.note, start, note.length, 4),
  ]
  const made = Buffer.alloc(table + size)
  node.copy(made, 0, 0, fileEnd)
  note.copy(made, start)
  all.forEach((one, i) => {
    writeSegment(made, table + i * ENTRY_SIZE, one)
  })
  made.writeBigUInt64LE(BigInt(table), HEADER.programHeaders)
  made.writeUInt16LE(all.length, HEADER.programHeaderCount)
  made.fill(0, HEADER.sectionHeaders, HEADER.sectionHeaders + 8)
  made.fill(0, HEADER.sectionHeaderCount, HEADER_SIZE)
  return speaking(lightFuse(made), 64 + segments.length * ENTRY_SIZE)
}

function readSegments(elf: Buffer): readonly Segment[] {
  if (elf.readUInt32BE(0) !== 0x7f454c46 || elf[4] !== 2 || elf[5] !== 1) {
    throw new Error('this is not a 64-bit little-endian ELF file')
  }
  const table = Number(elf.readBigUInt64LE(HEADER.programHeaders))
  return Array.from({length: elf.readUInt16LE(HEADER.programHeaderCount)}, (_, i) => {
    const at = table + i * ENTRY_SIZE
    const word = (offset: number): number => Number(elf.readBigUInt64LE(at + offset))
    return {
      type: elf.readUInt32LE(at),
      flags: elf.readUInt32LE(at + 4),
      offset: word(8),
      address: word(16),
      fileSize: word(32),
      memorySize: word(40),
      align: word(48),
    }
  })
}

function writeSegment(elf: Buffer, at: number, one: Segment): void {
  elf.writeUInt32LE(one.type, at)
  elf.writeUInt32LE(one.flags, at + 4)
  const words = [one.offset, one.address, one.address, one.fileSize, one.memorySize, one.align]
  words.forEach((word, i) => elf.writeBigUInt64LE(BigInt(word), at + 8 + i * 8))
}

function elfNote(blob: Buffer): Buffer {
  const name = Buffer.alloc(roundUp(NOTE_NAME.length, 4))
  name.write(NOTE_NAME)
  const header = Buffer.alloc(12)
  header.writeUInt32LE(NOTE_NAME.length, 0)
  header.writeUInt32LE(blob.length, 4)
  const made = Buffer.concat([header, name, blob])
  return Buffer.concat([made, Buffer.alloc(roundUp(made.length, 8) - made.length)])
}

function lightFuse(elf: Buffer): Buffer {
  const at = elf.indexOf(FUSE)
  if (at < 0 || elf.indexOf(FUSE, at + 1) >= 0) throw new Error('this Node has no SEA fuse')
  elf.write('1', at + FUSE.length)
  return elf
}

/**
 * Makes the file a shell program too: where the system cannot start it, shells and sudo read it as one, and it says why. The first line ends in
 * bytes of the header that no loader reads, and the text takes the place of the old program headers, up to `end`.
 */
function speaking(elf: Buffer, end: number): Buffer {
  elf.write(` 2>&-\n: '`, FREE_IDENT, 'latin1')
  if (elf.subarray(FREE_IDENT + 9, HEADER_SIZE).includes("'")) throw new Error('the header of this file ends the quote')
  const text = Buffer.from(SHELL_TEXT)
  if (HEADER_SIZE + text.length > end) throw new Error('the text is longer than the program headers')
  text.copy(elf, HEADER_SIZE)
  return elf
}

const roundUp = (value: number, to: number): number => Math.ceil(value / to) * to
