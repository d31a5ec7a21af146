import {stripVTControlCharacters} from 'node:util'
import {Errors} from '@oclif/core'
import {KadmError} from '../../domain/errors.ts'

const TAIL = 'See more help with --help'

/** oclif's complaints about the command line as `usage` errors of ours; anything else as it is. */
export function asUsageError(thrown: unknown, command: string): unknown {
  if (!(thrown instanceof Errors.CLIError) || thrown instanceof Errors.ExitError) return thrown
  const message = stripVTControlCharacters(thrown.message).replace(TAIL, '').trim()
  return new KadmError('usage', message, {hint: `see how it is used with: ${command} --help`, cause: thrown})
}
