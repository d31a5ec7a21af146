import {z} from 'zod'
import type {SharedFile} from '../../domain/shared-certs.ts'
import type {Kind} from '../core/kind.ts'
import {base} from '../core/schema.ts'
import {pathState, type PathState} from '../files/path-state.ts'
import {copiedFile, writeCopy, type CopiedFile} from './copied-file.ts'

/** A file that another control plane has and this one needs too. */
export interface SharedFileResource extends CopiedFile, SharedFile {
  readonly kind: 'shared-file'
}

export const sharedFile = (file: SharedFile, why: string): SharedFileResource => ({
  kind: 'shared-file',
  id: `shared-file:${file.path}`,
  why,
  ...file,
})

export const sharedFileKind: Kind<SharedFileResource, PathState> = {
  ...copiedFile,
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
  diff: (_, state) => (state.type === 'file' ? undefined : 'will be copied from a control plane'),
  resolve: async (resource, _, values) => ({...resource, made: await values.sharedFile(resource)}),
  act: resource => writeCopy(resource, resource.isKey ? '0600' : '0644'),
  redact: resource => ({...resource, made: undefined}),
}
