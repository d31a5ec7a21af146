/** Reads `length` bytes of a file from `offset`; less at its end. */
export type ReadAt = (offset: number, length: number) => Promise<Buffer>

export interface BoltEntry {
  readonly key: Buffer
  readonly value: Buffer
}

/** The format of the database files of etcd (go.etcd.io/bbolt, page.go and bucket.go). All numbers are little-endian. */
const MAGIC = 0xed0cdaed
const VERSION = 2
const PAGE_HEADER = 16
const META_SIZE = 64
const BRANCH = 0x01
const LEAF = 0x02
const IS_BUCKET = 0x01
/** A page of a tree is never larger than a value that etcd takes, with some space. */
const MOST_PAGES = 4096
const DEEPEST = 64

interface Meta {
  readonly pageSize: number
  readonly root: number
  readonly transaction: bigint
}

interface Database {
  readonly read: ReadAt
  readonly pageSize: number
}

/**
 * The entries of one bucket in the order of their keys; undefined when the file does not have this format. A broken page ends it with
 * undefined in the place of an entry.
 */
export async function boltBucket(
  read: ReadAt,
  name: string,
): Promise<AsyncGenerator<BoltEntry | undefined> | undefined> {
  const meta = await newestMeta(read)
  if (meta === undefined) return undefined
  const database = {read, pageSize: meta.pageSize}
  for await (const entry of entriesBelow(database, meta.root, DEEPEST)) {
    if (entry === undefined) return undefined
    if (!entry.isBucket || entry.key.toString() !== name || entry.value.length < PAGE_HEADER) continue
    const root = Number(entry.value.readBigUInt64LE(0))
    return plain(root === 0 ? inline(entry.value.subarray(PAGE_HEADER)) : entriesBelow(database, root, DEEPEST))
  }
  return undefined
}

async function newestMeta(read: ReadAt): Promise<Meta | undefined> {
  const first = metaOf(await read(0, PAGE_HEADER + META_SIZE))
  const sizes = first === undefined ? [4096, 8192, 16_384, 32_768, 65_536] : [first.pageSize]
  const others = await Promise.all(sizes.map(async size => metaOf(await read(size, PAGE_HEADER + META_SIZE))))
  const [newest] = [first, ...others]
    .filter(meta => meta !== undefined)
    .toSorted((a, b) => (a.transaction < b.transaction ? 1 : -1))
  return newest
}

function metaOf(page: Buffer): Meta | undefined {
  const meta = page.subarray(PAGE_HEADER)
  if (meta.length < META_SIZE || meta.readUInt32LE(0) !== MAGIC || meta.readUInt32LE(4) !== VERSION) return undefined
  if (fnv1a(meta.subarray(0, 56)) !== meta.readBigUInt64LE(56)) return undefined
  return {
    pageSize: meta.readUInt32LE(8),
    root: Number(meta.readBigUInt64LE(16)),
    transaction: meta.readBigUInt64LE(48),
  }
}

function fnv1a(bytes: Buffer): bigint {
  let hash = 0xcbf29ce484222325n
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  return hash
}

type Entry = BoltEntry & {readonly isBucket: boolean}

async function* plain(entries: AsyncIterable<Entry | undefined>): AsyncGenerator<BoltEntry | undefined> {
  for await (const entry of entries) yield entry === undefined ? undefined : {key: entry.key, value: entry.value}
}

async function* inline(page: Buffer): AsyncGenerator<Entry | undefined> {
  await Promise.resolve()
  yield* leafEntries(page)
}

async function* entriesBelow(database: Database, id: number, depth: number): AsyncGenerator<Entry | undefined> {
  const page = await pageOf(database, id)
  const flags = page?.readUInt16LE(8)
  if (page === undefined || depth === 0 || (flags !== BRANCH && flags !== LEAF)) {
    yield undefined
    return
  }
  if (flags === LEAF) {
    yield* leafEntries(page)
    return
  }
  for (const child of branchPages(page)) yield* entriesBelow(database, child, depth - 1)
}

/** A page with those that continue it. */
async function pageOf({read, pageSize}: Database, id: number): Promise<Buffer | undefined> {
  const page = await read(id * pageSize, pageSize)
  if (page.length < PAGE_HEADER || Number(page.readBigUInt64LE(0)) !== id) return undefined
  const more = page.readUInt32LE(12)
  if (more === 0 || more > MOST_PAGES) return more === 0 ? page : undefined
  const whole = await read(id * pageSize, (more + 1) * pageSize)
  return whole.length === (more + 1) * pageSize ? whole : undefined
}

function* branchPages(page: Buffer): Generator<number> {
  for (let i = 0, at = PAGE_HEADER; i < page.readUInt16LE(10) && at + 16 <= page.length; i++, at += 16)
    yield Number(page.readBigUInt64LE(at + 8))
}

function* leafEntries(page: Buffer): Generator<Entry | undefined> {
  for (let i = 0, at = PAGE_HEADER; i < page.readUInt16LE(10); i++, at += 16) {
    if (at + 16 > page.length) {
      yield undefined
      return
    }
    const start = at + page.readUInt32LE(at + 4)
    const middle = start + page.readUInt32LE(at + 8)
    const end = middle + page.readUInt32LE(at + 12)
    yield end > page.length
      ? undefined
      : {
          isBucket: (page.readUInt32LE(at) & IS_BUCKET) !== 0,
          key: page.subarray(start, middle),
          value: page.subarray(middle, end),
        }
  }
}
