import {z} from 'zod'
import {CA_NAMES, CERTIFICATE_NAMES, type WantedCertificate} from '../domain/certificates.ts'
import type {KeyAlgorithm} from '../domain/cluster.ts'
import type {AnyHostResource, State} from './any-resource.ts'
import type {CaCertificateResource} from './pki/ca-certificate.ts'
import type {CertificateResource, CertificateState} from './pki/certificate.ts'
import {HOST_SCHEMAS} from './host-schemas.ts'
import type {KubeconfigResource, KubeconfigState} from './pki/kubeconfig.ts'
import type {PathState} from './files/path-state.ts'
import type {LedgerSchema} from './resource.ts'
import {base, maybe, pathState, texts} from './core/schema.ts'
import type {ServiceAccountKeyResource, ServiceAccountKeyState} from './pki/service-account-key.ts'
import type {UserKubeconfigFound, UserKubeconfigResource} from './pki/user-kubeconfig.ts'

const algorithm: z.ZodType<KeyAlgorithm> = z.enum(['RSA-2048', 'RSA-3072', 'RSA-4096', 'ECDSA-P256', 'ECDSA-P384'])

const wanted: z.ZodType<WantedCertificate> = z.object({
  isCa: z.boolean(),
  commonName: z.string(),
  organisations: texts,
  usages: z.array(z.enum(['serverAuth', 'clientAuth'])),
  sans: z.object({dns: texts, ips: texts}),
  hours: z.number(),
})

interface ClusterSchemas {
  readonly 'authority-copy': LedgerSchema<CaCertificateResource, PathState>
  readonly certificate: LedgerSchema<CertificateResource, CertificateState>
  readonly kubeconfig: LedgerSchema<KubeconfigResource, KubeconfigState>
  readonly 'service-account-key': LedgerSchema<ServiceAccountKeyResource, ServiceAccountKeyState>
  readonly 'user-kubeconfig': LedgerSchema<UserKubeconfigResource, UserKubeconfigFound>
}

/** What the ledger holds of kinds that know of a cluster, format 1. */
const CLUSTER_SCHEMAS: ClusterSchemas = {
  'authority-copy': {
    resource: z.object({...base, kind: z.literal('authority-copy'), path: z.string()}),
    state: pathState,
  },
  certificate: {
    resource: z.object({
      ...base,
      kind: z.literal('certificate'),
      name: z.enum(CERTIFICATE_NAMES),
      signer: maybe(z.enum(CA_NAMES)),
      wanted,
      algorithm,
      at: z.string(),
    }),
    state: z.object({certPem: maybe(z.string()), keyPublicHash: maybe(z.string()), caPem: maybe(z.string())}),
  },
  kubeconfig: {
    resource: z.object({
      ...base,
      kind: z.literal('kubeconfig'),
      path: z.string(),
      user: z.string(),
      server: z.string(),
      clusterName: z.string(),
      wanted,
      algorithm,
      caPath: z.string(),
      at: z.string(),
    }),
    state: z.object({text: maybe(z.string()), caPem: maybe(z.string())}),
  },
  'service-account-key': {
    resource: z.object({...base, kind: z.literal('service-account-key'), algorithm}),
    state: z.object({key: z.boolean(), pub: z.boolean()}),
  },
  'user-kubeconfig': {
    resource: z.object({
      ...base,
      kind: z.literal('user-kubeconfig'),
      home: z.string(),
      uid: z.number(),
      gid: z.number(),
    }),
    state: z.object({folder: z.boolean(), file: z.enum(['absent', 'same', 'other'])}),
  },
}

type AnySchema = LedgerSchema<AnyHostResource, State>

const SCHEMAS: Readonly<Record<string, AnySchema>> = {...HOST_SCHEMAS, ...CLUSTER_SCHEMAS}

/** How the ledger's entries of a kind are read; undefined for a kind that this kadm does not know, or that leaves nothing to undo. */
export const schemaOf = (kind: string): AnySchema | undefined =>
  Object.hasOwn(SCHEMAS, kind) ? SCHEMAS[kind] : undefined
