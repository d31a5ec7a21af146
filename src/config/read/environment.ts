import {dirname, isAbsolute, join} from 'node:path'

/** What reading a configuration needs from this machine. */
export interface ConfigEnvironment {
  /** Returns the text of a file; throws if it cannot read it. */
  readonly readFile: (path: string) => string
}

/** A path in a file, relative to that file; a path that begins with `~` stays as it is. */
export const besideFile = (fileName: string, path: string): string =>
  isAbsolute(path) || path.startsWith('~') ? path : join(dirname(fileName), path)
