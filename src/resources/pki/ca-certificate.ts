import {z} from 'zod'
import type {Kind} from '../core/kind.ts'
import {base} from '../core/schema.ts'
import {pathState, type PathState} from '../files/path-state.ts'
import {copiedFile, writeCopy, type CopiedFile} from './copied-file.ts'

/** The cluster authority's certificate on a worker. Preflight has compared one that is there with the cluster's. */
export interface CaCertificateResource extends CopiedFile {
  readonly kind: 'ca-certificate'
}

export const caCertificate = (path: string): CaCertificateResource => ({
  kind: 'ca-certificate',
  id: `ca-certificate:${path}`,
  why: 'a worker trusts only an API server whose certificate this CA signed',
  path,
})

export const caCertificateKind: Kind<CaCertificateResource, PathState> = {
  ...copiedFile,
  schema: {
    resource: z.object({...base, kind: z.literal('ca-certificate'), path: z.string()}),
    state: pathState,
  },
  diff: (_, state) => (state.type === 'file' ? undefined : 'will be copied from the cluster'),
  resolve: async (resource, _, values) => ({...resource, made: await values.clusterCa()}),
  act: resource => writeCopy(resource, '0644'),
  redact: resource => ({...resource, made: undefined}),
}
