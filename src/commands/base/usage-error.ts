import {stripVTControlCharacters} from 'node:util'
import {Errors} from '@oclif/core'
import {KadmError} from '../../domain/errors.ts'

const TAIL = 'See more help with --help'

/** Turns oclif's errors about the command line into `usage` errors; returns all other errors unchanged. */
export function asUsageError(thrown: unknown, command: string): unknown {
  if (!(thrown instanceof Errors.CLIError) || thrown instanceof Errors.ExitError) return thrown
  const message = stripVTControlCharacters(thrown.message).replace(TAIL, '').trim()
  return new KadmError('usage', message, {hint: `see: ${command} --help`, cause: thrown})
}
