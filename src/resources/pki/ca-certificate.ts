import {z} from 'zod'
import {sh} from '../../remote/shell/shell.ts'
import {contentOf} from '../files/file.ts'
import type {Kind, ResourceBase} from '../core/kind.ts'
import {type PathState, lookAtPath, parsePath, pathIdentity, pathState} from '../files/path-state.ts'
import {writeFileAtomically, removeParents, writeContent} from '../files/write-file.ts'
import {base} from '../core/schema.ts'

/** The cluster authority's certificate on a worker. One that is there is kept: preflight has compared it with the cluster's. */
export interface CaCertificateResource extends ResourceBase {
  readonly kind: 'ca-certificate'
  readonly path: string
  readonly made?: string | undefined
}

export const caCertificate = (path: string): CaCertificateResource => ({
  kind: 'ca-certificate',
  id: `ca-certificate:${path}`,
  why: 'a worker trusts only an API server whose certificate this CA signed',
  path,
})

export const caCertificateKind: Kind<CaCertificateResource, PathState> = {
  schema: {
    resource: z.object({...base, kind: z.literal('ca-certificate'), path: z.string()}),
    state: pathState,
  },
  look: ({path}) => lookAtPath(path),
  parse: parsePath,
  identity: state => ({path: pathIdentity(state)}),
  diff: (_, state) => (state.type === 'file' ? undefined : 'will be copied from the cluster'),
  resolve: async (resource, _, values) => ({...resource, made: await values.clusterCa()}),
  act: ({path, made}) => {
    if (made === undefined) throw new Error(`${path} was never made`)
    return writeFileAtomically(path, {
      mode: '0644',
      owner: 'root:root',
      sha256: contentOf(made).sha256,
      write: to => writeContent(made, to),
    })
  },
  revert: ({path}, original) => sh`rm -f -- ${path}
${removeParents(original.type === 'absent' ? original.missing : [])}`,
  redact: resource => ({...resource, made: undefined}),
}
