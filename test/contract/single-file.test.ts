import {execFileSync, spawnSync} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {withBlob} from '../../scripts/release/elf.ts'

const NODE = join(import.meta.dirname, '..', '..', 'node_modules', 'node', 'bin', 'node')
const isLinux = process.platform === 'linux'
/** Of the machine in an ELF header, and what it is for `riscv64`. */
const [MACHINE, RISCV] = [18, 243]

describe.skipIf(!isLinux)('a program inside Node', () => {
  let folder = ''
  let whole: Buffer = Buffer.alloc(0)

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kadm-single-'))
    const config = {main: 'main.cjs', output: 'blob', disableExperimentalSEAWarning: true, assets: {words: 'words'}}
    writeFileSync(join(folder, 'sea.json'), JSON.stringify(config))
    writeFileSync(join(folder, 'words'), 'an asset')
    writeFileSync(
      join(folder, 'main.cjs'),
      `console.log(require('node:sea').getAsset('words', 'utf8'), process.argv.slice(2).join(' '))`,
    )
    execFileSync(NODE, ['--experimental-sea-config', 'sea.json'], {cwd: folder, stdio: 'ignore'})
    whole = withBlob(readFileSync(NODE), readFileSync(join(folder, 'blob')))
    writeFileSync(join(folder, 'whole'), whole, {mode: 0o755})
  })
  afterAll(() => rmSync(folder, {recursive: true, force: true}))

  it('runs, with its files and arguments', () => {
    expect(execFileSync(join(folder, 'whole'), ['one', 'two'], {encoding: 'utf8'})).toBe('an asset one two\n')
  })

  it('is smaller than Node, without what debuggers read', () => {
    expect(whole.length).toBeLessThan(readFileSync(NODE).length)
  })

  /** `env` gives what the system cannot start to sh, as sudo and many programs do. */
  const started = (name: string): {status: number | null; said: string} => {
    const {status, stdout, stderr} = spawnSync('env', [join(folder, name)], {encoding: 'utf8'})
    return {status, said: `${stdout}${stderr}`}
  }
  const oneLine = (name: string): string =>
    `kadm: cannot run ${join(folder, name)} on this machine (${execFileSync('uname', ['-m'], {encoding: 'utf8'}).trim()}): ` +
    'it is for another architecture, or not completely downloaded; compare it with SHA256SUMS\n'

  it.each([0.0001, 0.1, 0.5, 0.99, 1])('says in one line that it is cut off at %d of its length', part => {
    writeFileSync(join(folder, 'cut'), whole, {mode: 0o755})
    truncateSync(join(folder, 'cut'), Math.min(Math.floor(whole.length * part), whole.length - 1))

    expect(started('cut')).toEqual({status: 126, said: oneLine('cut')})
  })

  it('says in one line that it is for another architecture', () => {
    const foreign = Buffer.from(whole)
    foreign.writeUInt16LE(RISCV, MACHINE)
    writeFileSync(join(folder, 'foreign'), foreign, {mode: 0o755})

    expect(started('foreign')).toEqual({status: 126, said: oneLine('foreign')})
  })
})

it('refuses what is not Node', () => {
  expect(() => withBlob(Buffer.from('#!/bin/sh\n'.padEnd(100)), Buffer.alloc(4))).toThrow(/not a 64-bit/)
})
