import type {KadmEvent} from './run-kadm.ts'

/** What a run changed: `host resource`, sorted. */
export const changedIn = (events: readonly KadmEvent[]): readonly string[] =>
  events.flatMap(({type, host, resource}) => (type === 'changed' ? [`${host ?? ''} ${resource ?? ''}`] : [])).sort()

export interface ToldError {
  readonly code: string
  readonly message: string
  readonly host?: string
  readonly hint?: string
  readonly evidence?: string
}

/** The errors a run with `--json` ended with. */
export function errorsIn(events: readonly KadmEvent[]): readonly ToldError[] {
  const last = events.at(-1)
  return last?.type === 'error' && isErrors(last['errors']) ? last['errors'] : []
}

const isErrors = (value: unknown): value is readonly ToldError[] => Array.isArray(value)
