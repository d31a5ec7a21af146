import {z} from 'zod'
import type {SharedFile} from '../../domain/shared-certs.ts'
import {sh} from '../../remote/shell/shell.ts'
import type {Kind, ResourceBase} from '../core/kind.ts'
import {base} from '../core/schema.ts'
import {contentOf} from '../files/file.ts'
import {lookAtPath, parsePath, pathIdentity, pathState, type PathState} from '../files/path-state.ts'
import {removeParents, writeContent, writeFileAtomically} from '../files/write-file.ts'

/** A file that another control plane has and this one needs too. One that is there is kept. */
export interface SharedFileResource extends ResourceBase, SharedFile {
  readonly kind: 'shared-file'
  /** Present once copied; never stored or shown. */
  readonly made?: string | undefined
}

export const sharedFile = (file: SharedFile, why: string): SharedFileResource => ({
  kind: 'shared-file',
  id: `shared-file:${file.path}`,
  why,
  ...file,
})

export const sharedFileKind: Kind<SharedFileResource, PathState> = {
  schema: {
    resource: z.object({
      ...base,
      kind: z.literal('shared-file'),
      entry: z.string(),
      path: z.string(),
      isKey: z.boolean(),
    }),
    state: pathState,
  },
  look: ({path}) => lookAtPath(path),
  parse: parsePath,
  identity: state => ({path: pathIdentity(state)}),
  diff: (_, state) => (state.type === 'file' ? undefined : 'will be copied from a control plane'),
  resolve: async (resource, _, values) => ({...resource, made: await values.sharedFile(resource)}),
  act: ({path, isKey, made}) => {
    if (made === undefined) throw new Error(`${path} was never copied`)
    return writeFileAtomically(path, {
      mode: isKey ? '0600' : '0644',
      owner: 'root:root',
      sha256: contentOf(made).sha256,
      write: to => writeContent(made, to),
    })
  },
  revert: ({path}, original) => sh`rm -f -- ${path}
${removeParents(original.type === 'absent' ? original.missing : [])}`,
  redact: resource => ({...resource, made: undefined}),
}
