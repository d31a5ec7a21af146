import {join, sh} from '../../remote/shell/shell.ts'
import {besides, hostPath} from './host-path.ts'
import type {Kind, ResourceBase} from '../core/kind.ts'
import {lookAtPath, nameOf, parsePath, pathIdentity, refuse, type PathState} from './path-state.ts'
import {keepCopy, makeParents, putBack, removeParents} from './write-file.ts'

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
    return join([
      makeParents(path),
      sh`rm -f -- ${besides(path)}
ln -s -- ${target} ${besides(path)}
mv -fT -- ${besides(path)} ${path}`,
    ])
  },
  keep: ({path}, state) => (state.type === 'absent' ? sh`:` : keepCopy(path)),
  undo: ({path}, original) =>
    original.type === 'absent' ? join([sh`rm -f -- ${path}`, removeParents(original.missing)]) : putBack(path),
}
