import {execFileSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {text} from 'node:stream/consumers'
import {expect, test} from 'vitest'
import {tarFiles} from '../../src/bundle/tar-reader.ts'

const LONG = `${'deep/'.repeat(40)}containerd`

/** A tar file of the system's own tar, in a format, with a folder, a link, a file of a long name and one that nobody reads. */
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

test.each(['gnu', 'pax'])(
  'a %s archive gives the files that are read, with long names, and skips the others',
  async format => {
    const read: [string, string][] = []
    for await (const {path, bytes} of tarFiles(inPieces(archive(format)))) {
      if (path === 'big') continue
      const chunks: Buffer[] = []
      for await (const chunk of bytes()) chunks.push(chunk)
      read.push([path, Buffer.concat(chunks).toString()])
    }

    expect(read).toEqual([[LONG, 'program']])
  },
)

test('an archive that is cut off is an error', async () => {
  const cut = archive('pax').subarray(0, 50_000)
  const all = async (): Promise<void> => {
    for await (const {bytes} of tarFiles(inPieces(cut))) await text(bytes())
  }

  await expect(all()).rejects.toMatchObject({code: 'connect', message: 'a tar file is incomplete'})
})
