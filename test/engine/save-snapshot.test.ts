import {createHash} from 'node:crypto'
import {mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {saveSnapshot} from '../../src/engine/cluster/save-snapshot.ts'
import type {SnapshotPart} from '../../src/kube/etcd/etcd-snapshot.ts'

const PARTS = ['one ', 'two ', 'three']

async function* parts(failAfter = Infinity): AsyncGenerator<SnapshotPart> {
  for (const [i, text] of PARTS.entries()) {
    await Promise.resolve()
    if (i >= failAfter) throw new Error('the connection was lost')
    yield {bytes: Buffer.from(text), remainingBytes: PARTS.slice(i + 1).join('').length}
  }
}

describe('the file of a snapshot', () => {
  let dir: string
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'kadm-snapshot-'))
  })
  afterEach(() => rmSync(dir, {recursive: true, force: true}))

  it('has all parts, for its owner only', async () => {
    const file = join(dir, 'etcd.db')
    const seen: string[] = []
    const saved = await saveSnapshot(parts(), file, (bytes, total) => seen.push(`${String(bytes)}/${String(total)}`))
    const text = PARTS.join('')

    expect(readFileSync(file, 'utf8')).toBe(text)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(saved).toEqual({file, bytes: text.length, sha256: createHash('sha256').update(text).digest('hex')})
    expect(seen).toEqual(['4/13', '8/13', '13/13'])
    expect(readdirSync(dir)).toEqual(['etcd.db'])
  })

  it('keeps the former one when the new one was cut off', async () => {
    const file = join(dir, 'etcd.db')
    writeFileSync(file, 'yesterday')

    await expect(saveSnapshot(parts(2), file, () => undefined)).rejects.toThrow('the connection was lost')
    expect(readFileSync(file, 'utf8')).toBe('yesterday')
    expect(readdirSync(dir)).toEqual(['etcd.db'])
  })

  it('is refused with the path where it cannot be written', async () => {
    const file = join(dir, 'no', 'etcd.db')
    await expect(saveSnapshot(parts(), file, () => undefined)).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining(file) as string,
    })
  })
})
