import {execFileSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {text} from 'node:stream/consumers'
import {describe, expect, it, test} from 'vitest'
import {type TarFault, tarItems} from '../../src/archive/tar-reader.ts'
import {tarEnd, tarHeader} from '../../src/archive/tar.ts'

const LONG = `${'deep/'.repeat(40)}containerd`

/** A tar file of the system's own tar, in a format, with a big file, a link and a file of a long name. */
function archive(format: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'kadm-tar-'))
  try {
    mkdirSync(join(folder, LONG, '..'), {recursive: true})
    writeFileSync(join(folder, LONG), 'program')
    writeFileSync(join(folder, 'big'), Buffer.alloc(100_000))
    execFileSync('ln', ['-s', 'big', join(folder, 'link')])
    return execFileSync('tar', [`--format=${format}`, '-C', folder, '-cf', '-', './big', './link', `./${LONG}`])
  } finally {
    rmSync(folder, {recursive: true, force: true})
  }
}

async function* inPieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 1000) yield await Promise.resolve(bytes.subarray(at, at + 1000))
}

const itemsOf = (source: AsyncIterable<Buffer>) => tarItems(source, (fault: TarFault) => new Error(`it is ${fault}`))

async function readAll(source: AsyncIterable<Buffer>): Promise<void> {
  for await (const {bytes} of itemsOf(source)) await text(bytes())
}

test.each(['gnu', 'pax'])('a %s archive gives its entries in order, with long names and their places', async format => {
  const bytes = archive(format)
  const read: [string, boolean, string][] = []
  for await (const item of itemsOf(inPieces(bytes))) {
    const content = item.path === './big' ? 'skipped' : await text(item.bytes())
    read.push([item.path, item.isFile, content])
    if (item.path.endsWith('containerd'))
      expect(bytes.toString('latin1', item.offset, item.offset + item.size)).toBe('program')
  }

  expect(read).toEqual([
    ['./big', true, 'skipped'],
    ['./link', false, ''],
    [`./${LONG}`, true, 'program'],
  ])
})

describe('an error', () => {
  it('says that the archive was cut off', async () => {
    await expect(readAll(inPieces(archive('pax').subarray(0, 50_000)))).rejects.toThrow('it is incomplete')
  })

  it('says that a header was altered', async () => {
    const bytes = archive('pax')
    bytes[3] = (bytes[3] ?? 0) ^ 1
    await expect(readAll(inPieces(bytes))).rejects.toThrow('it is altered')
  })

  it('of the source stays as it is', async () => {
    async function* cut(): AsyncGenerator<Buffer> {
      yield await Promise.resolve(archive('pax').subarray(0, 50_000))
      throw new Error('the connection was lost')
    }
    await expect(readAll(cut())).rejects.toThrow('the connection was lost')
  })

  it('of the caller ends the source', async () => {
    let isEnded = false
    async function* endless(): AsyncGenerator<Buffer> {
      try {
        for (;;) yield await Promise.resolve(tarHeader({kind: 'directory', path: 'folder', mode: 0o755}))
      } finally {
        isEnded = true
      }
    }
    const refuse = async (): Promise<void> => {
      for await (const {path} of itemsOf(endless())) throw new Error(`refused ${path}`)
    }

    await expect(refuse()).rejects.toThrow('refused folder/')
    await expect.poll(() => isEnded).toBe(true)
  })
})

test('an archive without entries has none', async () => {
  await expect(readAll(inPieces(tarEnd()))).resolves.toBeUndefined()
})
