import {z} from 'zod'
import type {StagedFile} from './kind.ts'

/** JSON drops undefined values, so a missing key means undefined. */
export const maybe = <T>(schema: z.ZodType<T>): z.ZodType<T | undefined> => schema.optional().transform(value => value)

export const texts = z.array(z.string())

/** The fields that every resource has. */
export const base = {id: z.string(), why: z.string()}

export const upload: z.ZodType<StagedFile> = z.object({
  from: z.string(),
  to: z.string(),
  sha256: z.string(),
  size: z.number(),
})
