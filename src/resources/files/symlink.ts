import {concat, sh} from '../../remote/shell/shell.ts'
import {temporaryPath, hostPath} from './host-path.ts'
import type {Kind, ResourceBase} from '../core/kind.ts'
import {lookAtPath, nameOf, parsePath, pathIdentity, refuse, type PathState} from './path-state.ts'
import {backUpFile, makeParents, restoreFile, removeParents} from './write-file.ts'

/** A symbolic link; a file or another link in its place is kept and replaced. */
export interface SymlinkResource extends ResourceBase {
  readonly kind: 'symlink'
  readonly path: string
  readonly target: string
}

export const symlink = ({path, target, why}: Omit<SymlinkResource, 'kind' | 'id'>): SymlinkResource => ({
  kind: 'symlink',
  id: `symlink:${hostPath(path)}`,
  why,
  path,
  target,
})

export const symlinkKind: Kind<SymlinkResource, PathState> = {
  look: ({path}) => lookAtPath(path),
  parse: parsePath,
  identity: state => ({path: pathIdentity(state)}),
  diff: ({target}, state) => {
    if (state.type !== 'symlink') return nameOf(state)
    return state.target === target ? undefined : `points at ${state.target} instead of ${target}`
  },
  act: ({path, target}, state) => {
    if (state.type === 'directory' || state.type === 'other') return refuse(path, state)
    return concat([
      makeParents(path),
      sh`rm -f -- ${temporaryPath(path)}
ln -s -- ${target} ${temporaryPath(path)}
mv -fT -- ${temporaryPath(path)} ${path}`,
    ])
  },
  backup: ({path}, state) => (state.type === 'absent' ? sh`:` : backUpFile(path)),
  revert: ({path}, original) =>
    original.type === 'absent' ? concat([sh`rm -f -- ${path}`, removeParents(original.missing)]) : restoreFile(path),
}
