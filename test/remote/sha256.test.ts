import {execFileSync} from 'node:child_process'
import {createHash, randomBytes} from 'node:crypto'
import {chmodSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {sha256Of} from '../../src/remote/shell/sha256.ts'

const bytes = randomBytes(100_000)
const hash = createHash('sha256').update(bytes).digest('hex')
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kadm-sha256-'))
  writeFileSync(join(folder, "it's here"), bytes)
})
afterAll(() => rmSync(folder, {recursive: true}))

const GIVEN = 'a'.repeat(64)

test.each([
  ['openssl computes', `echo '${GIVEN} *stdin'`, GIVEN],
  ['sha256sum computes where openssl fails', 'exit 1', hash],
])('the hash of a large file is what %s', (_, body, expected) => {
  writeFileSync(join(folder, 'openssl'), `#!/bin/sh\n${body}\n`)
  chmodSync(join(folder, 'openssl'), 0o755)
  const env = {PATH: `${folder}:${process.env['PATH'] ?? ''}`}

  const said = execFileSync('sh', ['-c', sha256Of(join(folder, "it's here")).text], {env, encoding: 'utf8'})

  expect(said.trim()).toBe(expected)
})

test('the hash of a large file is the same without openssl', () => {
  const said = execFileSync('sh', ['-c', sha256Of(join(folder, "it's here")).text], {encoding: 'utf8'})

  expect(said.trim()).toBe(hash)
})
