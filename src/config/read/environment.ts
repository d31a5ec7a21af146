import {dirname, isAbsolute, join} from 'node:path'

/** What reading a configuration needs of the machine it is read on. */
export interface ConfigEnvironment {
  /** Gives the text of a file; throws when it cannot. */
  readonly readFile: (path: string) => string
}

/** A path as written in a file, seen from where that file's own name is seen; `~` is left for the one who opens it. */
export const besideFile = (fileName: string, path: string): string =>
  isAbsolute(path) || path.startsWith('~') ? path : join(dirname(fileName), path)
