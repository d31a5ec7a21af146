import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {uploadAll} from '../../src/engine/hosts/upload.ts'
import {fakeHost} from './fake-host.ts'
import {NEVER} from './sample-run.ts'

const MB = 1_048_576

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kadm-upload-'))
})
afterEach(() => rmSync(folder, {recursive: true}))

const staged = (name: string, size: number) => {
  const from = join(folder, name)
  writeFileSync(from, Buffer.alloc(size))
  return {from, to: `/stage/${name}`, sha256: 'a'.repeat(64), size}
}

/** Takes all content, and has no file. */
const taking = {
  ...fakeHost('vm-1'),
  run: () => Promise.resolve({code: 0, stdout: '', stderr: ''}),
  read: () => Promise.resolve(''),
  pipe: async (content: AsyncIterable<Buffer>) => {
    for await (const chunk of content) expect(chunk.length).toBeGreaterThan(0)
    return {code: 0, stdout: '', stderr: ''}
  },
}

test('a large upload reports how much was copied while it runs, at most once for each percent', async () => {
  const lines: string[] = []
  const progress = (line: string): void => void lines.push(line)

  await uploadAll(taking, [staged('small', MB), staged('big', 19 * MB)], {fence: 1, signal: NEVER, progress})

  expect(lines.length).toBeGreaterThan(15)
  expect(lines.length).toBeLessThanOrEqual(100)
  expect(lines).toContain('copied 10 MB of 20 MB')
  expect(lines.at(-1)).toBe('copied 20 MB of 20 MB')
})

test('an upload without content reports nothing', async () => {
  const lines: string[] = []
  const progress = (line: string): void => void lines.push(line)

  await uploadAll(taking, [staged('empty', 0)], {fence: 1, signal: NEVER, progress})

  expect(lines).toEqual([])
})
