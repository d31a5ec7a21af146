import {z} from 'zod'
import type {WantedCertificate} from '../../domain/certificates.ts'
import type {KeyAlgorithm} from '../../domain/cluster.ts'
import {texts} from '../core/schema.ts'

export const algorithm: z.ZodType<KeyAlgorithm> = z.enum([
  'RSA-2048',
  'RSA-3072',
  'RSA-4096',
  'ECDSA-P256',
  'ECDSA-P384',
])

export const wanted: z.ZodType<WantedCertificate> = z.object({
  isCa: z.boolean(),
  commonName: z.string(),
  organisations: texts,
  usages: z.array(z.enum(['serverAuth', 'clientAuth'])),
  sans: z.object({dns: texts, ips: texts}),
  hours: z.number(),
})

/** Where a secret that all control planes share comes from: made on this host, or copied from another one. */
export type Origin = 'make' | 'copy'

export const origin: z.ZodType<Origin> = z.enum(['make', 'copy'])
