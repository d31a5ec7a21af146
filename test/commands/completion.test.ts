import {execFile, spawnSync} from 'node:child_process'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {COMMANDS} from '../../src/commands/index.ts'
import {completionScript, type Shell} from '../../src/commands/shell-completion/script.ts'

const run = promisify(execFile)
const FILES = {bash: 'kadm.bash', zsh: '_kadm', fish: 'kadm.fish'} as const satisfies Record<Shell, string>

test.each(Object.entries(FILES))('share/completions has the script for %s', async (shell, file) => {
  await expect(completionScript(shell as Shell, COMMANDS)).toMatchFileSnapshot(`../../share/completions/${file}`)
})

/** A folder with a cluster file, and a `kadm` that gives the hosts of the file that it is asked for. */
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kadm-completion-'))
  await writeFile(join(folder, 'kadm.yaml'), '')
  const script =
    '#!/bin/sh\ncase "$*" in "config hosts") printf "alpha\\\\nbeta\\\\n";; "config hosts --file x") echo gamma;; esac\n'
  await writeFile(join(folder, 'kadm'), script, {mode: 0o755})
  for (const shell of ['bash', 'zsh', 'fish'] as const)
    await writeFile(join(folder, FILES[shell]), completionScript(shell, COMMANDS))
})
afterAll(() => rm(folder, {recursive: true, force: true}))

const inFolder = async (program: string, args: readonly string[]): Promise<readonly string[]> => {
  const env = {...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}`}
  const {stdout} = await run(program, args, {cwd: folder, env})
  return [...new Set(stdout.split('\n').map(line => line.split('\t')[0] ?? ''))].filter(word => word !== '').sort()
}

const inBash = (...words: readonly string[]): Promise<readonly string[]> =>
  inFolder('bash', [
    '--norc',
    '-c',
    'source ./kadm.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _kadm_complete; printf "%s\\n" "${COMPREPLY[@]}"',
    'bash',
    'kadm',
    ...words,
  ])

const inFish = (...words: readonly string[]): Promise<readonly string[]> =>
  inFolder('fish', ['--no-config', '-c', `source ./kadm.fish; complete -C 'kadm ${words.join(' ')}'`])

const has = (program: string): boolean => spawnSync(program, ['--version']).status === 0

describe.each([
  ['bash', inBash],
  ['fish', inFish],
] as const)('completion in %s', (shell, complete) => {
  test.skipIf(!has(shell)).each([
    ['first words', ['ver'], ['verify', 'version']],
    ['a topic once', ['la'], ['lab']],
    ['the second word of a topic', ['token', ''], ['create', 'delete', 'list']],
    ["a command's own flags", ['token', 'create', '--pr'], ['--print-join-command']],
    [
      'flags after arguments and other flags',
      ['join', 'ubuntu@10.0.0.11', '--to', 'x', '--discovery-token-u'],
      ['--discovery-token-unsafe-skip-ca-verification'],
    ],
    ['the values of a flag', ['init', '--swap', ''], ['keep', 'off']],
    ['the values of an argument', ['completion', 'f'], ['fish']],
    ['phases', ['apply', '--only', 'upload-c'], ['upload-config']],
    ['phases as arguments', ['explain', 'prepare/sw'], ['prepare/swap']],
    [
      'check names',
      ['init', '--ignore-preflight-errors', 'Pack'],
      ['PackageLock', 'PackageRepository', 'PackageState', 'PacketFilter'],
    ],
    ['hosts of kadm.yaml', ['reset', ''], ['alpha', 'beta']],
    ['hosts of the named file', ['reset', '--file', 'x', 'g'], ['gamma']],
  ] as const)('gives %s', async (_what, words, expected) => {
    expect(await complete(...words)).toEqual([...expected].sort())
  })
})

describe('completion in bash of lists', () => {
  test('completes the last of several names', async () => {
    expect(await inBash('init', '--ignore-preflight-errors', 'Swap,Ufw,VX')).toEqual(['Swap,Ufw,VXLAN'])
  })
})
