import {z} from 'zod'
import {privateKeyPem, publicKeyPem} from '../../certs/keys.ts'
import {saKeyPath, saPubPath} from '../../domain/certificates.ts'
import type {KeyAlgorithm} from '../../domain/cluster.ts'
import {concat, sh} from '../../remote/shell/shell.ts'
import {putText} from '../files/file.ts'
import type {Kind, ResourceBase} from '../core/kind.ts'
import {base, maybe} from '../core/schema.ts'
import type {ServiceAccountKeyPair} from '../core/values.ts'
import {algorithm, origin, type Origin} from './schema.ts'

/** The key pair that signs the tokens of service accounts (`sa.key`, `sa.pub`). One that is there is kept. */
export interface ServiceAccountKeyResource extends ResourceBase {
  readonly kind: 'service-account-key'
  readonly algorithm: KeyAlgorithm
  /** The folder; undefined: the usual one. */
  readonly dir?: string | undefined
  /** `copy`: the control planes share one key, so all but the first get it from another one. */
  readonly origin?: Origin | undefined
  readonly made?: ServiceAccountKeyPair | undefined
}

export const serviceAccountKey = (
  algorithm: KeyAlgorithm,
  place: Pick<ServiceAccountKeyResource, 'dir' | 'origin'> = {},
): ServiceAccountKeyResource => ({
  kind: 'service-account-key',
  id: 'service-account-key',
  why: 'signs the tokens that pods use to access the API server',
  algorithm,
  ...place,
})

export interface ServiceAccountKeyState {
  readonly key: boolean
  readonly pub: boolean
}

export const serviceAccountKeyKind: Kind<ServiceAccountKeyResource, ServiceAccountKeyState> = {
  schema: {
    resource: z.object({
      ...base,
      kind: z.literal('service-account-key'),
      algorithm,
      dir: maybe(z.string()),
      origin: maybe(origin),
    }),
    state: z.object({key: z.boolean(), pub: z.boolean()}),
  },
  look: ({dir}) => sh`[ ! -s ${saKeyPath(dir)} ] || echo key
[ ! -s ${saPubPath(dir)} ] || echo pub`,
  parse: output => ({key: output.includes('key'), pub: output.includes('pub')}),
  identity: ({key, pub}) => ({key, pub}),
  diff: (_, {key, pub}) => (key && pub ? undefined : key ? 'sa.pub is missing' : 'will be created'),
  resolve: async (resource, state, values) => {
    if (state.key) return resource
    if (resource.origin === 'copy') return {...resource, made: await values.serviceAccountKey()}
    const key = await values.makeKey(resource.algorithm)
    const made = {key: privateKeyPem(key), pub: publicKeyPem(key)}
    values.setServiceAccountKey(made)
    return {...resource, made}
  },
  act: ({made, dir}) => {
    const [saKey, saPub] = [saKeyPath(dir), saPubPath(dir)]
    if (made === undefined)
      return sh`ssh-keygen -e -m PKCS8 -P '' -f ${saKey} >${saPub}.new && chmod 0600 ${saPub}.new && mv ${saPub}.new ${saPub}`
    return concat([putText(saKey, '0600', made.key), putText(saPub, '0600', made.pub)])
  },
  backup: ({dir}) => sh`[ ! -e ${saKeyPath(dir)} ] || : >"$BACKUP"/key`,
  revert: ({dir}, original) => (original.key ? sh`:` : sh`rm -f -- ${saKeyPath(dir)} ${saPubPath(dir)}`),
  redact: resource => ({...resource, made: undefined}),
}
