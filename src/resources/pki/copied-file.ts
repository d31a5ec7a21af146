import {type Script, sh} from '../../remote/shell/shell.ts'
import type {Kind, ResourceBase} from '../core/kind.ts'
import {contentOf} from '../files/file.ts'
import {lookAtPath, parsePath, pathIdentity, type PathState} from '../files/path-state.ts'
import {removeParents, writeContent, writeFileAtomically} from '../files/write-file.ts'

/** A file that is copied from the cluster. One that is there is kept. */
export interface CopiedFile extends ResourceBase {
  readonly path: string
  /** Present once copied; never stored or shown. */
  readonly made?: string | undefined
}

/** What the kinds of such files have in common. */
export const copiedFile: Pick<Kind<CopiedFile, PathState>, 'look' | 'parse' | 'identity' | 'revert'> = {
  look: ({path}) => lookAtPath(path),
  parse: parsePath,
  identity: state => ({path: pathIdentity(state)}),
  revert: ({path}, original) => sh`rm -f -- ${path}
${removeParents(original.type === 'absent' ? original.missing : [])}`,
}

export function writeCopy({path, made}: CopiedFile, mode: string): Script {
  if (made === undefined) throw new Error(`${path} was never copied`)
  return writeFileAtomically(path, {
    mode,
    owner: 'root:root',
    sha256: contentOf(made).sha256,
    write: to => writeContent(made, to),
  })
}
