import {z} from 'zod'
import type {SwapSource} from '../../domain/facts.ts'
import type {FileResource} from '../files/file.ts'
import type {PathState} from '../files/path-state.ts'
import type {UnitState} from '../systemd/unit-state.ts'

/** JSON drops what is undefined, so a key that is not there is an undefined one. */
export const maybe = <T>(schema: z.ZodType<T>): z.ZodType<T | undefined> => schema.optional().transform(value => value)

export const texts = z.array(z.string())

const permissions = {mode: z.string(), owner: z.string(), ids: z.string()}

/** As `lookAtPath` finds it. */
export const pathState: z.ZodType<PathState> = z.discriminatedUnion('type', [
  z.object({type: z.literal('absent'), missing: texts}),
  z.object({type: z.literal('file'), ...permissions, sha256: z.string(), text: maybe(z.string())}),
  z.object({type: z.literal('directory'), ...permissions}),
  z.object({type: z.literal('symlink'), target: z.string()}),
  z.object({type: z.literal('other'), what: z.string()}),
])

/** What every resource has. */
export const base = {id: z.string(), why: z.string()}

export const fileResource: z.ZodType<FileResource> = z.object({
  ...base,
  kind: z.literal('file'),
  path: z.string(),
  mode: z.string(),
  owner: z.string(),
  content: maybe(z.string()),
  sha256: maybe(z.string()),
  secret: z.boolean(),
})

export const unitState: z.ZodType<UnitState> = z.object({
  exists: z.boolean(),
  active: z.string(),
  sub: z.string(),
  enabled: z.string(),
  needsReload: z.boolean(),
  newer: maybe(z.string()),
})

const area = {device: z.string(), path: z.string(), active: z.boolean()}

export const swapSource: z.ZodType<SwapSource> = z.discriminatedUnion('kind', [
  z.object({...area, kind: z.literal('fstab'), line: z.string(), unit: z.string().optional()}),
  z.object({...area, kind: z.literal('unit'), unit: z.string()}),
  z.object({...area, kind: z.literal('zram'), unit: z.string().optional()}),
  z.object({...area, kind: z.literal('gpt'), unit: z.string()}),
  z.object({...area, kind: z.literal('unknown')}),
  z.object({...area, kind: z.literal('outside')}),
])
