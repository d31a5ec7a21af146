import {KadmError} from '../../domain/errors.ts'

const isStop = (error: unknown): boolean =>
  (error instanceof KadmError && error.code === 'cancelled') || (error instanceof Error && error.name === 'AbortError')

const isLease = (error: unknown): boolean => error instanceof KadmError && error.code === 'lease'

const session = (error: unknown): readonly unknown[] =>
  error instanceof AggregateError ? error.errors.flatMap(session) : [error]

/**
 * For one lane: an operation that was cancelled by a lost lease fails with that error, and not as if the user
 * had interrupted it.
 */
export const stoppedBy = (signal: AbortSignal, error: unknown): unknown =>
  signal.aborted && isLease(signal.reason) && session(error).some(isStop) ? instead(error, signal) : error

/** For a whole run: the lost lease that ended it, reported once for all lanes, in addition to other failures. */
export function instead(error: unknown, ended: AbortSignal): unknown {
  if (!ended.aborted) return error
  const reason: unknown = ended.reason
  const others = session(error).filter(one => !isStop(one) && !isLease(one))
  if (others.length === 0) return reason
  const all = [reason, ...others]
  return new AggregateError(all, all.map(one => (one instanceof Error ? one.message : String(one))).join('\n'))
}
