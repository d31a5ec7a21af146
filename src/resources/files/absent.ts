import {z} from 'zod'
import {concat, sh} from '../../remote/shell/shell.ts'
import {temporaryPath, hostPath} from './host-path.ts'
import type {Kind, ResourceBase} from '../core/kind.ts'
import {lookAtPath, nameOf, parsePath, pathIdentity, type PathState} from './path-state.ts'
import {backUpFile, restoreFile} from './write-file.ts'
import {removeTrees} from './remove-tree.ts'
import {base} from '../core/schema.ts'
import {pathState} from './path-state.ts'

/** A path that must not exist; kadm keeps a copy of what it removes, with its content. */
export interface AbsentResource extends ResourceBase {
  readonly kind: 'absent'
  readonly path: string
}

export const absent = ({path, why}: Omit<AbsentResource, 'kind' | 'id'>): AbsentResource => ({
  kind: 'absent',
  id: `absent:${hostPath(path)}`,
  why,
  path,
})

export const absentKind: Kind<AbsentResource, PathState> = {
  schema: {resource: z.object({...base, kind: z.literal('absent'), path: z.string()}), state: pathState},
  look: ({path}) => lookAtPath(path),
  parse: parsePath,
  identity: state => ({path: pathIdentity(state)}),
  diff: (_, state) => (state.type === 'absent' ? undefined : `${nameOf(state)} that must not exist`),
  act: ({path}) => removeTrees(path),
  backup: ({path}, state) => (state.type === 'absent' ? sh`:` : backUpFile(path)),
  revert: ({path}, original) =>
    original.type === 'absent' ? sh`:` : concat([removeTrees(temporaryPath(path), path), restoreFile(path)]),
}
