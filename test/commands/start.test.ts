import {execFile} from 'node:child_process'
import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {describe, expect, test} from 'vitest'
import {ROOT} from './run-command.ts'

const run = promisify(execFile)
const kadm = (...argv: readonly string[]): Promise<{stdout: string; stderr: string}> =>
  run(process.execPath, [join(ROOT, 'bin', 'run.js'), ...argv], {env: {...process.env, NO_COLOR: '1'}})

// `npm ci` builds dist; without it there is nothing to start.
describe.skipIf(!existsSync(join(ROOT, 'dist', 'commands', 'main.js')))('the built command', () => {
  const {version} = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {version: string}

  test('says its version without loading itself', async () => {
    const {stdout} = await kadm('--version')

    expect(stdout).toBe(`kadm/${version} ${process.platform}-${process.arch} node-${process.version}\n`)
  })

  test.each([[[]], [['--help']], [['-h']], [['help']]])('prints the overview for %j', async argv => {
    const {OVERVIEW} = (await import(join(ROOT, 'dist', 'commands', 'overview.js'))) as {OVERVIEW: string}

    expect((await kadm(...argv)).stdout).toBe(OVERVIEW)
  })

  test('prints the help of a command', async () => {
    const {stdout} = await kadm('token', 'create', '--help')

    expect(stdout).toContain('USAGE\n  $ kadm token create')
    expect(stdout).toContain('Exit codes: 0 done')
  })

  test('runs a command', async () => {
    const {stdout} = await kadm('version', '--json')

    expect(JSON.parse(stdout)).toMatchObject({kadm: version})
  })

  test('ends with 2 and the nearest name for a command that does not exist', async () => {
    await expect(kadm('statsu')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean: kadm status') as string,
    })
  })
})
