import {z} from 'zod'
import type {HostSchemas} from './resource.ts'
import {base, fileResource, maybe, pathState, texts} from './core/schema.ts'

const path = z.string()
const packageFound = z.object({name: z.string(), version: z.string(), held: z.boolean()})
const upload = z.object({from: z.string(), to: z.string(), sha256: z.string(), size: z.number()})
const imageFound = z.object({ref: z.string(), configDigest: maybe(z.string()), pinned: z.boolean()})

type SoftwareSchemas = Pick<
  HostSchemas,
  'binary' | 'container-images' | 'packages' | 'package-repository' | 'pulled-images' | 'release'
>

/** Of kinds that bring programs and images. */
export const SOFTWARE_SCHEMAS: SoftwareSchemas = {
  binary: {
    resource: z.object({
      ...base,
      kind: z.literal('binary'),
      path,
      mode: z.string(),
      sha256: z.string(),
      staged: path,
      upload: maybe(upload),
      cacheDir: path,
    }),
    state: pathState,
  },
  'container-images': {
    resource: z.object({
      ...base,
      kind: z.literal('container-images'),
      images: z.array(z.object({ref: z.string(), configDigest: z.string(), staged: path, upload: maybe(upload)})),
    }),
    state: z.object({unavailable: maybe(z.string()), images: z.array(imageFound)}),
  },
  packages: {
    resource: z.object({
      ...base,
      kind: z.literal('packages'),
      name: z.string(),
      packages: z.array(z.object({name: z.string(), release: maybe(z.string()), held: z.boolean()})),
      lockSeconds: z.number(),
    }),
    state: z.object({installed: z.array(packageFound), asked: texts.optional()}),
  },
  'package-repository': {
    resource: z.object({
      ...base,
      kind: z.literal('package-repository'),
      name: z.string(),
      url: z.string(),
      keyFingerprint: z.string(),
      sources: fileResource,
      lockSeconds: z.number(),
    }),
    state: z.object({file: pathState, fetched: z.boolean(), other: maybe(z.string())}),
  },
  'pulled-images': {
    resource: z.object({
      ...base,
      kind: z.literal('pulled-images'),
      refs: texts,
      manifests: z.record(z.string(), z.object({url: z.string(), caFile: maybe(z.string())})),
      environment: z.record(z.string(), z.string()),
      deadlineSeconds: z.number(),
      pauses: z.array(z.number()),
    }),
    state: z.object({unavailable: maybe(z.string()), missing: texts}),
  },
  release: {
    resource: z.object({
      ...base,
      kind: z.literal('release'),
      name: z.string(),
      programs: z.array(z.object({member: maybe(z.string()), path})),
      record: path,
      file: z.string(),
      url: z.string(),
      sha256: maybe(z.string()),
      checksumUrl: z.string(),
      environment: z.record(z.string(), z.string()),
      stageDir: path,
    }),
    state: z.object({
      file: maybe(z.string()),
      sha256: maybe(z.string()),
      programs: z.record(z.string(), z.enum(['as-recorded', 'other', 'absent'])),
      kept: texts.optional(),
    }),
  },
}
