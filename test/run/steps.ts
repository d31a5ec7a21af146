import {spawn, type ChildProcess} from 'node:child_process'
import {closeSync, mkdtempSync, openSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, relative} from 'node:path'
import type {Counts, TimedTest} from './counts.ts'

const env = {...process.env, NO_COLOR: '1'}

const exitCode = (child: ChildProcess): Promise<number> =>
  new Promise(resolve => {
    child.once('error', () => resolve(1))
    child.once('close', status => resolve(status ?? 1))
  })

/** Runs a script of package.json; its output goes to the file descriptor `output`. */
export async function script(name: string, output: number): Promise<Counts> {
  const code = await exitCode(spawn('npm', ['run', '--silent', name], {stdio: ['ignore', output, output], env}))
  return {passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, tests: []}
}

/** Runs a project of vitest; its output goes to the file descriptor `output`. */
export async function suite(project: string, output: number): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), 'kadm-test-'))
  const report = join(folder, 'report.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const args = ['vitest', 'run', '--project', project, ...reporters]
  try {
    const code = await exitCode(spawn('npx', args, {stdio: ['ignore', output, output], env}))
    return counted(JSON.parse(readFileSync(report, 'utf8')) as Report, code)
  } catch {
    return {passed: 0, failed: 1, tests: []}
  } finally {
    rmSync(folder, {recursive: true, force: true})
  }
}

/** Gives `work` a file for its output, and prints that whole, under its title, when the work is done. */
export async function printedAtItsEnd(title: string, work: (output: number) => Promise<Counts>): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), 'kadm-test-'))
  const file = join(folder, 'output')
  const output = openSync(file, 'w')
  try {
    const counts = await work(output)
    console.log(`\n== ${title}\n${readFileSync(file, 'utf8')}${title}: ${counts.failed === 0 ? 'passed' : 'FAILED'}`)
    return counts
  } finally {
    closeSync(output)
    rmSync(folder, {recursive: true, force: true})
  }
}

/** What vitest's JSON reporter writes, as far as it is read here. */
interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly {readonly fullName: string; readonly duration?: number | null}[]
  }[]
}

function counted({numPassedTests: passed, numFailedTests: failed, testResults}: Report, code: number): Counts {
  const tests = testResults.flatMap(({name, assertionResults}): readonly TimedTest[] =>
    assertionResults.map(({fullName, duration}) => ({
      name: `${relative(process.cwd(), name)}: ${fullName}`,
      ms: duration ?? 0,
    })),
  )
  // A suite that failed without a failed test, and one that ran nothing, must not pass for a good one.
  const hidden = failed === 0 && (code !== 0 || passed === 0) ? 1 : 0
  return {passed, failed: failed + hidden, tests}
}
