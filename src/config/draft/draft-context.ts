import {besideFile, type ConfigEnvironment} from '../read/environment.ts'
import type {Place, Report} from '../documents/finding.ts'

/** What reading a document needs besides the document. */
export interface DraftContext {
  readonly fileName: string
  readonly environment: ConfigEnvironment
  readonly report: Report
  /** The port of an endpoint that has no port. */
  readonly apiPort: number | undefined
}

/** The file that a document names, with its text; reports an unreadable file at `place`. */
export function readBeside(
  name: string,
  place: Place,
  {fileName, environment, report}: Pick<DraftContext, 'fileName' | 'environment' | 'report'>,
): {readonly path: string; readonly text: string} | undefined {
  const path = besideFile(fileName, name)
  try {
    return {path, text: environment.readFile(path)}
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    report({severity: 'error', place, message: `cannot read '${path}': ${reason}`})
    return undefined
  }
}
