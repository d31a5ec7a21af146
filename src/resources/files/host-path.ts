import {posix} from 'node:path'
import {KadmError} from '../../domain/errors.ts'

/** A path on a host that kadm may write: absolute, normalized, one line, and not the root itself. Throws `config` otherwise. */
export function hostPath(path: string): string {
  if (
    !path.startsWith('/') ||
    path === '/' ||
    posix.normalize(path) !== path ||
    path.endsWith('/') ||
    /[\n\0]/.test(path)
  ) {
    throw new KadmError('config', `kadm cannot write the path '${path}' on a host`, {
      hint: 'use an absolute path without . or .. and without a slash at its end',
    })
  }
  return path
}

/** Its folders from the innermost out, without the root. */
export function parents(path: string): readonly string[] {
  const parent = posix.dirname(path)
  return parent === '/' ? [] : [parent, ...parents(parent)]
}

/** The path of the new content before it is renamed to `path`; hidden, so that programs that watch the folder ignore it. */
export const temporaryPath = (path: string): string =>
  posix.join(posix.dirname(path), `.kadm-${posix.basename(path)}.new`)
