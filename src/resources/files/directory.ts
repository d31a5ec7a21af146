import {z} from 'zod'
import {concat, sh} from '../../remote/shell/shell.ts'
import {hostPath} from './host-path.ts'
import type {Kind, ResourceBase} from '../core/kind.ts'
import {lookAtPath, nameOf, parsePath, pathIdentity, permissionsDiff, refuse, type PathState} from './path-state.ts'
import {makeParents, removeParents} from './write-file.ts'
import {removeTrees} from './remove-tree.ts'
import {base} from '../core/schema.ts'
import {pathState} from './path-state.ts'

/** A folder with this mode and owner; a symbolic link to one counts. */
export interface DirectoryResource extends ResourceBase {
  readonly kind: 'directory'
  readonly path: string
  readonly mode: string
  readonly owner: string
  /** A revert of a folder that kadm created also deletes the files of other programs in it. */
  readonly tree: boolean
}

export interface DirectorySpec {
  readonly path: string
  readonly why: string
  readonly mode?: string
  readonly owner?: string
  readonly tree?: boolean
}

/** A folder of root, by default with mode 0755 and removed only when empty. */
export const directory = ({
  path,
  why,
  mode = '0755',
  owner = 'root:root',
  tree = false,
}: DirectorySpec): DirectoryResource => ({
  kind: 'directory',
  id: `directory:${hostPath(path)}`,
  why,
  path,
  mode,
  owner,
  tree,
})

export const directoryKind: Kind<DirectoryResource, PathState> = {
  schema: {
    resource: z.object({
      ...base,
      kind: z.literal('directory'),
      path: z.string(),
      mode: z.string(),
      owner: z.string(),
      tree: z.boolean(),
    }),
    state: pathState,
  },
  look: ({path}) => lookAtPath(path, {follow: true}),
  parse: parsePath,
  identity: pathIdentity,
  diff: (resource, state) => {
    if (state.type !== 'directory') return nameOf(state)
    const parts = permissionsDiff(resource, state)
    return parts.length === 0 ? undefined : parts.join(', ')
  },
  act: ({path, mode, owner}, state) => {
    if (state.type !== 'directory' && state.type !== 'absent') return refuse(path, state)
    const make = state.type === 'absent' ? concat([makeParents(path), sh`mkdir -p -m 0700 -- ${path}`]) : sh`:`
    return concat([make, sh`chown -- ${owner} ${path}`, chmod(mode, path)])
  },
  revert: ({path, tree}, original) => {
    if (original.type === 'directory')
      return sh`chown -- ${original.ids} ${path}
${chmod(original.mode, path)}`
    if (original.type !== 'absent') return refuse(path, original)
    const remove = tree ? removeOwn(path) : sh`rmdir -- ${path} 2>/dev/null || :`
    return concat([remove, removeParents(original.missing)])
  },
}

/** When a user has moved the folder and replaced it with a link, kadm leaves the link and the folder alone. */
const removeOwn = (path: string) => sh`if [ ! -L ${path} ]; then
${removeTrees(path)}
fi`

/** A fifth digit, because chmod leaves a folder's set-group bit alone when it is given four. */
const chmod = (mode: string, path: string) => sh`chmod -- ${`0${mode}`} ${path}`
