import {EXIT, KadmError} from '../domain/errors.ts'
import {localFileError} from '../domain/local-file-error.ts'

/** For any error other than a KadmError: a bug in kadm (EX_SOFTWARE of sysexits.h). */
const BUG_EXIT = 70

/** The errors inside the aggregates, in order. A refusal by the local file system is an error that the user can fix. */
export const errorsOf = (error: unknown): readonly unknown[] =>
  error instanceof AggregateError ? error.errors.flatMap(errorsOf) : [localFileError(error) ?? error]

const codeOf = (error: unknown): number => {
  if (error instanceof KadmError) return EXIT[error.code]
  return error instanceof Error && error.name === 'AbortError' ? EXIT.cancelled : BUG_EXIT
}

/** A bug decides first, then a cancelled run, then the first failure. */
export function exitCodeOf(error: unknown): number {
  const codes = errorsOf(error).map(codeOf)
  if (codes.includes(BUG_EXIT)) return BUG_EXIT
  if (codes.includes(EXIT.cancelled)) return EXIT.cancelled
  return codes[0] ?? BUG_EXIT
}
