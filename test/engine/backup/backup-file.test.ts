import {createHash} from 'node:crypto'
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {execFileSync} from 'node:child_process'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {gunzipSync} from 'node:zlib'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {tarHeader} from '../../../src/archive/tar.ts'
import {openBackup, openSnapshot} from '../../../src/engine/backup/open-restore.ts'
import {writeBackup, type BackupEntry} from '../../../src/engine/backup/write-backup.ts'
import {releasedBackup} from './released-backup.ts'

const SNAPSHOT = gunzipSync(readFileSync(new URL('../../kube/snapshot/snapshot.db.gz', import.meta.url)))
const NOW = Date.parse('2026-11-30T18:00:00Z')
const ENCRYPTION = '/etc/kubernetes/enc/config.yaml'

async function* inPieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 10_000) {
    await Promise.resolve()
    yield bytes.subarray(at, at + 10_000)
  }
}

const manifest = {
  apiVersion: 'kadm/v1',
  kind: 'Backup',
  createdAt: new Date(NOW).toISOString(),
  host: 'cp-1',
  etcdVersion: '3.7.0',
  files: [{entry: 'files/0', path: ENCRYPTION}],
}

const entries = (): readonly BackupEntry[] => [
  {name: 'backup.json', content: JSON.stringify(manifest)},
  {name: 'pki/ca.crt', content: 'a certificate'},
  {name: 'pki/ca.key', content: 'a key'},
  {name: 'files/0', content: 'kind: EncryptionConfiguration'},
  {name: 'etcd.db', content: inPieces(SNAPSHOT)},
]

const headerOf = (path: string): Buffer => tarHeader({kind: 'file', path, mode: 0o600, size: 0})

let dir: string
let file: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'kadm-backup-'))
  file = join(dir, 'cluster.backup')
})
afterEach(() => rmSync(dir, {recursive: true, force: true}))

describe('the file of a backup', () => {
  it('is readable by its owner only, and tar and sha256sum understand it', async () => {
    const written = await writeBackup(file, entries(), NOW)

    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(written.bytes).toBe(statSync(file).size)
    expect(written.sha256).toBe(createHash('sha256').update(readFileSync(file)).digest('hex'))
    execFileSync('tar', ['-xf', file, '-C', dir])
    expect(execFileSync('sha256sum', ['-c', '--quiet', 'SHA256SUMS'], {cwd: dir}).toString()).toBe('')
    expect(readFileSync(join(dir, 'etcd.db')).equals(SNAPSHOT)).toBe(true)
  })

  it('never replaces another file', async () => {
    writeFileSync(file, 'yesterday')
    await expect(writeBackup(file, entries(), NOW)).rejects.toMatchObject({
      code: 'config',
      message: `${file} already exists`,
    })
    expect(readFileSync(file, 'utf8')).toBe('yesterday')
    expect(readdirSync(dir)).toEqual(['cluster.backup'])
  })

  it('does not appear when the data were cut off', async () => {
    async function* cut(): AsyncGenerator<Buffer> {
      await Promise.resolve()
      yield SNAPSHOT.subarray(0, 100)
      throw new Error('the connection was lost')
    }
    const broken = [...entries().slice(0, 4), {name: 'etcd.db', content: cut()}]
    await expect(writeBackup(file, broken, NOW)).rejects.toThrow('the connection was lost')
    expect(readdirSync(dir)).toEqual([])
  })

  it('has what was saved, with the snapshot in a file of its own until the end', async () => {
    await writeBackup(file, entries(), NOW)
    const opened = await openBackup(file)

    expect(opened.keys?.get('ca.key')).toBe('a key')
    expect([...opened.files]).toEqual([[ENCRYPTION, 'kind: EncryptionConfiguration']])
    expect(opened.snapshot.nodes).toEqual(['cp-1', 'worker-1', 'worker-2'])
    expect(readFileSync(opened.staged.from).equals(SNAPSHOT)).toBe(true)
    expect(statSync(opened.staged.from).mode & 0o777).toBe(0o600)
    expect(opened.staged).toMatchObject({sha256: opened.snapshot.sha256, size: SNAPSHOT.length})
    await opened.close()
    expect(existsSync(opened.staged.from)).toBe(false)
  })

  it('is the same, byte for byte, as earlier versions of kadm wrote it, and theirs opens', async () => {
    const texts = entries().filter(
      (entry): entry is BackupEntry & {content: string} => typeof entry.content === 'string',
    )
    const earlier = releasedBackup([...texts, {name: 'etcd.db', content: SNAPSHOT}], NOW / 1000)
    await writeBackup(file, entries(), NOW)
    expect(readFileSync(file).equals(earlier)).toBe(true)

    writeFileSync(file, earlier)
    const opened = await openBackup(file)
    expect(opened.keys?.get('ca.crt')).toBe('a certificate')
    await opened.close()
  })

  it('opens when tar wrote it again in its own format', async () => {
    await writeBackup(file, entries(), NOW)
    execFileSync('tar', ['-xf', file, '-C', dir])
    const names = [...entries().map(({name}) => name), 'SHA256SUMS']
    execFileSync('tar', ['--format=pax', '-C', dir, '-cf', file, ...names])
    const opened = await openBackup(file)
    expect(readFileSync(opened.staged.from).equals(SNAPSHOT)).toBe(true)
    await opened.close()
  })

  it('gives etcd restore its snapshot alone', async () => {
    await writeBackup(file, entries(), NOW)
    const opened = await openSnapshot(file)
    expect([opened.keys, opened.files.size]).toEqual([undefined, 0])
    await opened.close()
  })

  it('is refused wherever a byte was changed', async () => {
    await writeBackup(file, entries(), NOW)
    const good = readFileSync(file)
    const places = [0, 30, 130, 512, 1024 + 512, 4000, 20_000, good.length - 3000]
    for (const at of places) {
      const bad = Buffer.from(good)
      bad[at] = (bad[at] ?? 0) ^ 1
      writeFileSync(file, bad)
      await expect(openBackup(file), `byte ${String(at)}`).rejects.toMatchObject({
        code: 'config',
        message: expect.stringContaining(`${file} is not a usable`) as string,
      })
    }
  })

  it.each([0.1, 0.5, 0.95])('is refused when only a part of it is there (%s)', async share => {
    await writeBackup(file, entries(), NOW)
    const good = readFileSync(file)
    writeFileSync(file, good.subarray(0, Math.floor(good.length * share)))
    await expect(openBackup(file)).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('is not a usable backup') as string,
    })
  })

  it.each(['../../etc/cron.d/x', '/etc/shadow', 'pki/../../x', './x', 'a b', 'pki//ca.key'])(
    'is refused with a path that leads out of it: %s',
    async name => {
      writeFileSync(file, Buffer.concat([headerOf(name), Buffer.alloc(1024)]))
      await expect(openBackup(file)).rejects.toMatchObject({
        message: expect.stringContaining(`the path ${JSON.stringify(name)} leads out of it`) as string,
      })
    },
  )

  it.each([
    ['a link', '2'],
    ['a device', '3'],
    ['a folder', '5'],
  ])('is refused with %s', async (_, type) => {
    const header = headerOf('pki/ca.key')
    header.write(type, 156)
    header.write(' '.repeat(8), 148)
    header.write(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    )
    writeFileSync(file, Buffer.concat([header, Buffer.alloc(1024)]))
    await expect(openBackup(file)).rejects.toThrow('pki/ca.key is not a regular file')
  })

  it('is refused without its end', async () => {
    await writeBackup(file, entries(), NOW)
    writeFileSync(file, readFileSync(file).subarray(0, -1024))
    await expect(openBackup(file)).rejects.toThrow('it ends in the middle')
  })

  it('is refused when it has a file twice, or one that its sums do not list', async () => {
    await writeBackup(file, entries(), NOW)
    const good = readFileSync(file)
    writeFileSync(file, Buffer.concat([headerOf('pki/ca.key'), good]))
    await expect(openBackup(file)).rejects.toThrow('it has pki/ca.key twice')
    writeFileSync(file, Buffer.concat([headerOf('pki/sa.key'), good]))
    await expect(openBackup(file)).rejects.toThrow('SHA256SUMS does not list pki/sa.key')
  })
})

describe('the file of a snapshot', () => {
  it('is read with what it says about its cluster', async () => {
    writeFileSync(file, SNAPSHOT)
    const opened = await openSnapshot(file)
    expect(opened.staged).toEqual({
      from: file,
      to: `/var/lib/kadm/stage/etcd-${opened.snapshot.sha256.slice(0, 16)}.db`,
      sha256: createHash('sha256').update(SNAPSHOT).digest('hex'),
      size: SNAPSHOT.length,
    })
    expect(opened.snapshot.kubernetesVersion).toBe('v1.37.2')
  })

  it.each([
    [
      'changed',
      (good: Buffer) => Buffer.concat([good.subarray(0, 5000), Buffer.from('x'), good.subarray(5001)]),
      'its sha256 does not match its content',
    ],
    ['cut off', (good: Buffer) => good.subarray(0, 5000), 'it is incomplete'],
    [
      'copied from a data folder',
      (good: Buffer) => good.subarray(0, good.length - 32),
      'it has no checksum at its end',
    ],
    ['empty', () => Buffer.alloc(0), 'it has no checksum at its end'],
    [
      'of another program',
      () => Buffer.concat([Buffer.alloc(512, 'x'), createHash('sha256').update(Buffer.alloc(512, 'x')).digest()]),
      'it is not a database of etcd',
    ],
  ])('is refused when it was %s', async (_, change, message) => {
    writeFileSync(file, change(SNAPSHOT))
    await expect(openSnapshot(file)).rejects.toMatchObject({
      code: 'config',
      message: `${file} is not a usable snapshot of etcd: ${message}`,
    })
  })

  it('is not taken for a backup', async () => {
    writeFileSync(file, SNAPSHOT)
    await expect(openBackup(file)).rejects.toMatchObject({
      message: `${file} is only a snapshot of etcd; it has no keys and settings`,
      hint: expect.stringContaining('kadm etcd restore') as string,
    })
  })

  it('must exist', async () => {
    await expect(openSnapshot(join(dir, 'none'))).rejects.toMatchObject({code: 'config'})
  })
})
