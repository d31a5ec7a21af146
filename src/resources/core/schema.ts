import {z} from 'zod'
import type {StagedFile} from './kind.ts'

/** JSON drops what is undefined, so a key that is not there is an undefined one. */
export const maybe = <T>(schema: z.ZodType<T>): z.ZodType<T | undefined> => schema.optional().transform(value => value)

export const texts = z.array(z.string())

/** What every resource has. */
export const base = {id: z.string(), why: z.string()}

export const upload: z.ZodType<StagedFile> = z.object({
  from: z.string(),
  to: z.string(),
  sha256: z.string(),
  size: z.number(),
})
