import {EXIT, KadmError} from '../domain/errors.ts'
import {localFileError} from '../domain/local-file-error.ts'

/** For what is no KadmError: a mistake of kadm's own (EX_SOFTWARE of sysexits.h). */
const BUG_EXIT = 70

/** The errors that were really thrown: aggregates opened, in order. What the file system here refuses is a person's to put right. */
export const errorsOf = (error: unknown): readonly unknown[] =>
  error instanceof AggregateError ? error.errors.flatMap(errorsOf) : [localFileError(error) ?? error]

const codeOf = (error: unknown): number => {
  if (error instanceof KadmError) return EXIT[error.code]
  return error instanceof Error && error.name === 'AbortError' ? EXIT.cancelled : BUG_EXIT
}

/** A bug outranks all; else a cancelled run stays cancelled; else the first failure decides. */
export function exitCodeOf(error: unknown): number {
  const codes = errorsOf(error).map(codeOf)
  if (codes.includes(BUG_EXIT)) return BUG_EXIT
  if (codes.includes(EXIT.cancelled)) return EXIT.cancelled
  return codes[0] ?? BUG_EXIT
}
