import {z} from 'zod'
import {privateKeyPem, publicKeyPem} from '../../certs/keys.ts'
import {SA_KEY, SA_PUB} from '../../domain/certificates.ts'
import type {KeyAlgorithm} from '../../domain/cluster.ts'
import {concat, sh} from '../../remote/shell/shell.ts'
import {putText} from '../files/file.ts'
import type {Kind, ResourceBase} from '../core/kind.ts'
import {base} from '../core/schema.ts'
import {algorithm} from './schema.ts'

/** The key pair that signs the tokens of service accounts (`sa.key`, `sa.pub`). One that is there is kept. */
export interface ServiceAccountKeyResource extends ResourceBase {
  readonly kind: 'service-account-key'
  readonly algorithm: KeyAlgorithm
  readonly made?: {readonly key: string; readonly pub: string} | undefined
}

export const serviceAccountKey = (algorithm: KeyAlgorithm): ServiceAccountKeyResource => ({
  kind: 'service-account-key',
  id: 'service-account-key',
  why: 'signs the tokens with which pods speak to the API server',
  algorithm,
})

export interface ServiceAccountKeyState {
  readonly key: boolean
  readonly pub: boolean
}

export const serviceAccountKeyKind: Kind<ServiceAccountKeyResource, ServiceAccountKeyState> = {
  schema: {
    resource: z.object({...base, kind: z.literal('service-account-key'), algorithm}),
    state: z.object({key: z.boolean(), pub: z.boolean()}),
  },
  look: () => sh`[ ! -s ${SA_KEY} ] || echo key
[ ! -s ${SA_PUB} ] || echo pub`,
  parse: output => ({key: output.includes('key'), pub: output.includes('pub')}),
  identity: ({key, pub}) => ({key, pub}),
  diff: (_, {key, pub}) => (key && pub ? undefined : key ? 'sa.pub is missing' : 'is to be made'),
  resolve: async (resource, state, values) => {
    if (state.key) return resource
    const key = await values.makeKey(resource.algorithm)
    return {...resource, made: {key: privateKeyPem(key), pub: publicKeyPem(key)}}
  },
  act: ({made}) => {
    if (made === undefined)
      return sh`ssh-keygen -e -m PKCS8 -P '' -f ${SA_KEY} >${SA_PUB}.new && chmod 0600 ${SA_PUB}.new && mv ${SA_PUB}.new ${SA_PUB}`
    return concat([putText(SA_KEY, '0600', made.key), putText(SA_PUB, '0600', made.pub)])
  },
  backup: () => sh`[ ! -e ${SA_KEY} ] || : >"$KEEP"/key`,
  revert: (_, original) => (original.key ? sh`:` : sh`rm -f -- ${SA_KEY} ${SA_PUB}`),
  redact: resource => ({...resource, made: undefined}),
}
