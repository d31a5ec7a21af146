import {Parser, type Command} from '@oclif/core'
import {describe, expect, test} from 'vitest'
import {COMMANDS} from '../../src/commands/index.ts'
import {runCommand} from './run-command.ts'

const examples = Object.entries<Command.Class>(COMMANDS).flatMap(([id, command]) =>
  command.examples.map(example => {
    const text = typeof example === 'string' ? example : example.command
    return {id, command, line: text.replaceAll('<%= config.bin %>', 'kadm')}
  }),
)

/** What the shell would hand over: without a prompt, sudo, redirections and quotes. */
function argumentsOf(line: string): readonly string[] {
  const command = line.replace(/^.*?\bkadm /, '').replace(/ > .*$|\)$/, '')
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare = '']) => quoted ?? bare)
}

const afterWords = (id: string, line: string): readonly string[] => {
  const words = id.split(':')
  const given = argumentsOf(line)
  expect(given.slice(0, words.length)).toEqual(words)
  return given.slice(words.length)
}

test.each(examples)('$line can be parsed', async ({id, command, line}) => {
  const {args, baseFlags, flags, strict} = command
  const parsed = await Parser.parse([...afterWords(id, line)], {args, flags: {...baseFlags, ...flags}, strict})

  expect(parsed.nonExistentFlags).toEqual([])
})

/** They look at nothing but what they are given, so each example must work as it stands. */
const WITHOUT_A_HOST = ['completion', 'config:images', 'config:schema', 'explain', 'phase:list', 'version']

describe('an example that needs no machine and no file works as it is printed', () => {
  const runnable = examples.filter(
    ({id, line}) => WITHOUT_A_HOST.includes(id) || line.startsWith('kadm config print u'),
  )

  test.each(runnable)('$line', async ({id, command, line}) => {
    const {exitCode, stdout, stderr} = await runCommand(command, id, afterWords(id, line))

    expect({exitCode, stderr}).toEqual({exitCode: 0, stderr: ''})
    expect(stdout).not.toBe('')
  })

  test('each of those commands has one', () => {
    expect(new Set(runnable.map(({id}) => id))).toEqual(new Set([...WITHOUT_A_HOST, 'config:print']))
  })
})
