import {spawnSync} from 'node:child_process'
import {globSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {program} from '../../src/remote/shell/program.ts'
import {sh} from '../../src/remote/shell/shell.ts'

const FOLDER = join(import.meta.dirname, '../../templates/shell')
const texts = globSync('*.sh', {cwd: FOLDER}).map(name => [name, readFileSync(join(FOLDER, name), 'utf8')] as const)

describe('a shell program in a file', () => {
  test.each(texts)(
    '%s: has holes only where a word stands, outside quotes, and no line that ends a script',
    (_, text) => {
      expect([...text.matchAll(/(?<![\s=(])@\{\w+\}/g)]).toStrictEqual([])
      // A path may go on after the hole: 'a b'/c is one word of the shell.
      expect([...text.matchAll(/@\{\w+\}(?![\s;)/.])/g)]).toStrictEqual([])
      expect(text).not.toContain('#kadm:end')
      const unquoted = text.replaceAll(/'[^'\n]*'/g, "''").split('\n')
      expect(unquoted.filter(line => line.split('"').length % 2 === 0 && /"[^"]*@\{/.test(line))).toStrictEqual([])
      expect(
        text.split('\n').filter(line => /'[^']*@\{\w+\}[^']*'/.test(line.replaceAll(/'[^'@]*'/g, ''))),
      ).toStrictEqual([])
    },
  )

  test('comes without its notes, and with its values quoted', () => {
    const {text} = program('apt-lock', {seconds: 0, lock_files: ["/no such/l'ock", '$(touch x)']})

    expect(text).toMatch(/^kadm_apt_holder\(\) \{\n/)
    expect(text).not.toContain('shellcheck')
    expect(text).toContain(`for kadm_lock in '/no such/l'\\''ock' '$(touch x)'; do`)
    const {status, stderr} = spawnSync('sh', [
      '-euc',
      sh`${program('apt-lock', {seconds: 0, lock_files: ['/none']})}`.text,
    ])
    expect([status, stderr.toString()]).toStrictEqual([0, ''])
  })

  test('with a hole that nobody fills, or a value without a hole, is a bug', () => {
    expect(() => program('apt-lock', {seconds: 1})).toThrow('lock_files')
    expect(() => program('heard', {seconds: 1})).toThrow('seconds')
  })
})
