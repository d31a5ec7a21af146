import {appendFile, rm, writeFile} from 'node:fs/promises'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {parseBundle, readBundle, verifyBundle} from '../../src/bundle/read-bundle.ts'
import {KadmError} from '../../src/domain/errors.ts'
import {inFolder, sampleBundle} from './sample.ts'

describe('verifyBundle', () => {
  it('gives the bundle of a folder in which every file is whole', async () =>
    inFolder(async dir => {
      const bundle = await sampleBundle(dir)

      const seen: number[] = []
      const open = await verifyBundle(dir, {onProgress: bytes => seen.push(bytes)})

      expect(open).toEqual({dir, bundle})
      expect(seen.at(-1)).toBe(bundle.entries.reduce((sum, entry) => sum + entry.size, 0))
    }))

  it('names every file that is missing or altered, not the first alone', async () =>
    inFolder(async dir => {
      await sampleBundle(dir)
      await rm(join(dir, 'binaries/kubelet.gz'))
      await appendFile(join(dir, 'binaries/ctr.gz'), 'x')
      const runc = readFileSync(join(dir, 'binaries/runc.gz'))
      runc[20] = (runc[20] ?? 0) ^ 1
      await writeFile(join(dir, 'binaries/runc.gz'), runc)

      const failure: unknown = await verifyBundle(dir).catch((error: unknown) => error)

      expect(failure).toBeInstanceOf(KadmError)
      expect(failure).toMatchObject({code: 'config'})
      const {message, evidence} = failure as KadmError
      expect(message).toContain('3 missing or modified files')
      const lines = (evidence ?? '').split('\n').sort()
      expect(lines[0]).toMatch(/^binaries\/ctr\.gz: modified \(\d+ bytes instead of \d+\)$/)
      expect(lines.slice(1)).toEqual(['binaries/kubelet.gz: missing', 'binaries/runc.gz: modified (different sha256)'])
    }))

  it('looks at sizes alone when that is asked for', async () =>
    inFolder(async dir => {
      await sampleBundle(dir)
      const runc = readFileSync(join(dir, 'binaries/runc.gz'))
      runc[20] = (runc[20] ?? 0) ^ 1
      await writeFile(join(dir, 'binaries/runc.gz'), runc)
      await expect(verifyBundle(dir, {sizesOnly: true})).resolves.toMatchObject({dir})

      await appendFile(join(dir, 'binaries/ctr.gz'), 'x')

      await expect(verifyBundle(dir, {sizesOnly: true})).rejects.toThrow(
        /a missing or modified file: binaries\/ctr\.gz/,
      )
    }))

  it('says that a folder without bundle.json is not a bundle', async () =>
    inFolder(async dir => {
      await expect(readBundle(dir)).rejects.toMatchObject({
        code: 'config',
        message: `${dir} is not a bundle: it has no bundle.json`,
      })
    }))
})

describe('parseBundle', () => {
  const entry = {
    kind: 'image',
    ref: 'pause:1',
    configDigest: `sha256:${'0'.repeat(64)}`,
    path: 'p',
    sha256: 'f'.repeat(64),
    size: 1,
  }
  const whole = {
    apiVersion: 'kadm/v1',
    kind: 'Bundle',
    kubernetesVersion: 'v1.37.2',
    architecture: 'amd64',
    entries: [entry],
  }

  it('reads what describes a bundle', () => {
    expect(parseBundle(JSON.stringify(whole), 'bundle.json')).toEqual(whole)
  })

  it.each([
    ['a file that was cut off', JSON.stringify(whole).slice(0, 50), 'is not JSON'],
    ['another kind of document', JSON.stringify({...whole, kind: 'Cluster'}), "kind 'Bundle'"],
    ['an unknown architecture', JSON.stringify({...whole, architecture: 'vax'}), 'architecture'],
    [
      'a file outside the folder',
      JSON.stringify({...whole, entries: [{...entry, path: '../etc/passwd'}]}),
      'outside the bundle',
    ],
    ['an absolute path', JSON.stringify({...whole, entries: [{...entry, path: '/etc/passwd'}]}), 'outside the bundle'],
    ['a hash that is none', JSON.stringify({...whole, entries: [{...entry, sha256: 'abc'}]}), 'entries[0]'],
    [
      'an unknown binary',
      JSON.stringify({...whole, entries: [{...entry, kind: 'binary', name: 'rm', version: '1'}]}),
      'entries[0]',
    ],
  ])('refuses %s', (_, text, words) => {
    expect(() => parseBundle(text, 'bundle.json')).toThrow(words)
  })
})
