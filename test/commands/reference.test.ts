import {readdirSync} from 'node:fs'
import {expect, test} from 'vitest'
import type {Command} from '@oclif/core'
import {COMMANDS} from '../../src/commands/index.ts'
import {OVERVIEW} from '../../src/commands/overview.ts'
import {manual} from './manual.ts'
import {reference} from './reference.ts'

test('docs/reference.md says what the commands say', async () => {
  await expect(reference(COMMANDS)).toMatchFileSnapshot('../../docs/reference.md')
})

const PAGES = manual(COMMANDS)

test.each([...PAGES])('the man page %s says what the command says', async (file, text) => {
  await expect(text).toMatchFileSnapshot(`../../share/man/man1/${file}`)
})

test('there is no man page of a command that is gone', () => {
  expect(readdirSync(new URL('../../share/man/man1/', import.meta.url)).sort()).toEqual([...PAGES.keys()].sort())
})

test('the public words and flags stay: a removed or renamed one shows here', async () => {
  const lines = Object.entries<Command.Class>(COMMANDS).map(([id, command]) => {
    const args = Object.entries(command.args).map(([name, {multiple}]) => (multiple === true ? `${name}...` : name))
    const flags = Object.entries(command.flags).map(
      ([name, flag]: [string, Command.Flag.Any]) => `--${name}${flag.char === undefined ? '' : ` -${flag.char}`}`,
    )
    return [`${id.replaceAll(':', ' ')} ${args.join(' ')}`.trimEnd(), ...flags.sort().map(flag => `  ${flag}`)].join(
      '\n',
    )
  })

  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('golden/public-words.txt')
})

test.each(Object.entries(COMMANDS))('%s has a summary, an example and says its exit codes', (_id, command) => {
  expect(command.summary).toMatch(/^[A-Z].*\.$/)
  expect(command.examples.length).toBeGreaterThan(0)
  expect(command.description).toMatch(/Exit codes: 0 done; 2 /)
})

test('what kadm alone prints names every command, and none that does not exist', () => {
  const listed = [...OVERVIEW.matchAll(/^ {2}([a-z]+(?: [a-z]+)?) {2,}\S(.*)$/gm)].flatMap(
    ([, words = '', rest = '']) => {
      const also = /also (.*)$/.exec(rest)?.[1]?.split(/,| and /) ?? []
      return [words, ...also.map(word => `${words.split(' ')[0] ?? ''} ${word.trim()}`)]
    },
  )

  expect(listed.sort()).toEqual(
    Object.keys(COMMANDS)
      .map(id => id.replaceAll(':', ' '))
      .sort(),
  )
})
