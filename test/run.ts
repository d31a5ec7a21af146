/**
 * What `npm test` runs: types, lint, format, layers, dead code, then unit, contract and end-to-end tests. Everything runs, whatever
 * failed before, and the last line says how much passed: `N passed, N failed`.
 */
import {spawnSync} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {installPrerequisites} from './prerequisites.ts'

const CHECKS = ['check:types', 'check:lint', 'check:format', 'check:layers', 'check:dead']

interface Counts {
  readonly passed: number
  readonly failed: number
}

const run = (command: string, args: readonly string[]): number =>
  spawnSync(command, args, {stdio: 'inherit', env: {...process.env, NO_COLOR: '1'}}).status ?? 1

function check(name: string): Counts {
  console.log(`\n== ${name}`)
  const ok = run('npm', ['run', '--silent', name]) === 0
  console.log(`${name}: ${ok ? 'passed' : 'FAILED'}`)
  return {passed: ok ? 1 : 0, failed: ok ? 0 : 1}
}

function suite(project: string): Counts {
  console.log(`\n== ${project} tests`)
  const folder = mkdtempSync(join(tmpdir(), 'kadm-test-'))
  const report = join(folder, 'report.json')
  const code = run('npx', [
    'vitest',
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ])
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

installPrerequisites()
const counts = [...CHECKS.map(check), ...['unit', 'contract', 'e2e'].map(suite)]
const passed = counts.reduce((sum, {passed: n}) => sum + n, 0)
const failed = counts.reduce((sum, {failed: n}) => sum + n, 0)
console.log(`\n${passed.toString()} passed, ${failed.toString()} failed`)
process.exitCode = failed === 0 ? 0 : 1
