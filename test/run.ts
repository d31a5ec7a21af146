/**
 * What `npm test` runs: types, lint, format, layers, dead code, then unit and contract tests, a cluster of VMs, and the other
 * end-to-end tests, those on containers and those on single VMs side by side. Everything runs, whatever failed before, and the
 * last line says how much passed: `N passed, N failed`.
 */
import {spawn, type ChildProcess} from 'node:child_process'
import {closeSync, createReadStream, mkdtempSync, openSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {text} from 'node:stream/consumers'
import {pipeline} from 'node:stream/promises'
import {installPrerequisites} from './prerequisites.ts'

const CHECKS = ['check:types', 'check:lint', 'check:format', 'check:layers', 'check:dead']

interface Counts {
  readonly passed: number
  readonly failed: number
}

const exitCode = (child: ChildProcess): Promise<number> =>
  new Promise(resolve => {
    child.once('error', () => resolve(1))
    child.once('close', status => resolve(status ?? 1))
  })

/** Side by side: most of them keep only one processor busy. */
async function check(name: string): Promise<Counts> {
  const child = spawn('npm', ['run', '--silent', name], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {...process.env, NO_COLOR: '1'},
  })
  const [output, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), exitCode(child)])
  const ok = code === 0
  console.log(`\n== ${name}\n${output}${errors}${name}: ${ok ? 'passed' : 'FAILED'}`)
  return {passed: ok ? 1 : 0, failed: ok ? 0 : 1}
}

/** Runs a project of vitest with its output to the file descriptor `output`. */
async function suite(project: string, output: number): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), 'kadm-test-'))
  const report = join(folder, 'report.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const child = spawn('npx', ['vitest', 'run', '--project', project, ...reporters], {
    stdio: ['ignore', output, output],
    env: {...process.env, NO_COLOR: '1'},
  })
  const code = await exitCode(child)
  try {
    const {numPassedTests, numFailedTests} = JSON.parse(readFileSync(report, 'utf8')) as {
      numPassedTests: number
      numFailedTests: number
    }
    const hidden = code !== 0 && numFailedTests === 0 ? 1 : 0
    return {passed: numPassedTests, failed: numFailedTests + hidden + (numPassedTests + numFailedTests === 0 ? 1 : 0)}
  } catch {
    return {passed: 0, failed: 1}
  } finally {
    rmSync(folder, {recursive: true, force: true})
  }
}

/** The first suite is seen as it goes on; what the others say meanwhile comes after it. */
async function sideBySide(first: string, ...others: readonly string[]): Promise<readonly Counts[]> {
  const folder = mkdtempSync(join(tmpdir(), 'kadm-test-'))
  try {
    console.log(`\n== ${[first, ...others].join(' tests, and beside them ')} tests`)
    const seen = suite(first, 1)
    const kept = others.map(async project => {
      const file = join(folder, project)
      const output = openSync(file, 'w')
      const counts = await suite(project, output)
      closeSync(output)
      return {project, file, counts}
    })
    const counts = [await seen]
    for (const {project, file, counts: own} of await Promise.all(kept)) {
      console.log(`\n== ${project} tests, which ran beside the ${first} tests`)
      await pipeline(createReadStream(file), process.stdout, {end: false})
      counts.push(own)
    }
    return counts
  } finally {
    rmSync(folder, {recursive: true, force: true})
  }
}

installPrerequisites()
const counts = [
  ...(await Promise.all(CHECKS.map(check))),
  ...(await sideBySide('unit', 'contract')),
  ...(await sideBySide('vm-cluster')),
  // Containers wait for one another most of the time, and an emulated VM keeps one core busy.
  ...(await sideBySide('e2e', 'vm')),
]
const passed = counts.reduce((sum, {passed: n}) => sum + n, 0)
const failed = counts.reduce((sum, {failed: n}) => sum + n, 0)
console.log(`\n${passed.toString()} passed, ${failed.toString()} failed`)
process.exitCode = failed === 0 ? 0 : 1
