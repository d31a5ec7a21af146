import {manifest, ROOT} from './places.ts'
import {run} from './program.ts'

/** What a release is made from. */
export interface Version {
  readonly version: string
  /** `…-dirty` if the checkout has changes that are not committed. */
  readonly commit: string
  /** Seconds since 1970, of the commit: the time of everything in the release. */
  readonly epoch: number
}

/** The version of this checkout. */
export function thisVersion(): Version {
  const git = (...args: readonly string[]): string => run('git', args, {cwd: ROOT}).trim()
  const changed = git('status', '--porcelain', '--untracked-files=no') !== ''
  return {
    version: manifest.version,
    commit: `${git('rev-parse', 'HEAD')}${changed ? '-dirty' : ''}`,
    epoch: Number(git('log', '-1', '--format=%ct')),
  }
}
