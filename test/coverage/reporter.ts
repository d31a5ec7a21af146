import {relative} from 'node:path'
import type {Reporter} from 'vitest/node'
import {coverageByRoom, type FileCoverage} from './rooms.ts'

/** Istanbul's coverage of one file: how often each statement ran. */
interface Covered {
  readonly path: string
  readonly s: Readonly<Record<string, number>>
}

interface CoverageMap {
  readonly files: () => readonly string[]
  readonly fileCoverageFor: (path: string) => Covered
}

const isCoverageMap = (value: unknown): value is CoverageMap =>
  typeof value === 'object' && value !== null && 'fileCoverageFor' in value && 'files' in value

/** Prints the coverage of each room; vitest's own table has a line for each of some 500 files. */
export default class CoverageByRoom implements Reporter {
  onCoverage(coverage: unknown): void {
    if (!isCoverageMap(coverage)) throw new Error('vitest gave a coverage of an unknown kind')
    const files = coverage.files().map((path): FileCoverage => {
      const counts = Object.values(coverage.fileCoverageFor(path).s)
      return {
        path: relative(process.cwd(), path),
        statements: counts.length,
        run: counts.filter(count => count > 0).length,
      }
    })
    console.log(`\n${coverageByRoom(files)}`)
  }
}
