/** One request to the endpoint; times are in milliseconds since the epoch. */
export interface Sample {
  readonly startedAt: number
  readonly endedAt: number
  /** Why it failed; undefined for a request that the API answered. */
  readonly failure: string | undefined
}

/** What requests to the endpoint show. */
export interface Outage {
  readonly requests: number
  readonly failed: number
  /** All times together in which no request that was begun was answered. */
  readonly outageMs: number
  readonly longestMs: number
  /** How long a request waited that was answered in the end. */
  readonly slowestMs: number
  /** The different reasons of failures, the most frequent first. */
  readonly reasons: readonly string[]
}

/**
 * An outage begins when a request is sent that fails, and ends when the next one is sent that is answered: a single lost request therefore
 * counts as the pause between two requests. One that lasts until the end counts until the end of the last request.
 */
export function outageOf(samples: readonly Sample[]): Outage {
  const inOrder = samples.toSorted((a, b) => a.startedAt - b.startedAt)
  const spans: number[] = []
  let since: number | undefined
  for (const {startedAt, failure} of inOrder) {
    if (failure !== undefined) since ??= startedAt
    else if (since !== undefined) {
      spans.push(startedAt - since)
      since = undefined
    }
  }
  if (since !== undefined) spans.push(Math.max(...samples.map(({endedAt}) => endedAt)) - since)
  const failures = samples.flatMap(({failure}) => failure ?? [])
  return {
    requests: samples.length,
    failed: failures.length,
    outageMs: spans.reduce((sum, ms) => sum + ms, 0),
    longestMs: Math.max(0, ...spans),
    slowestMs: Math.max(
      0,
      ...samples.map(({failure, startedAt, endedAt}) => (failure === undefined ? endedAt - startedAt : 0)),
    ),
    reasons: byFrequency(failures),
  }
}

function byFrequency(texts: readonly string[]): readonly string[] {
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  return [...counts].toSorted(([, a], [, b]) => b - a).map(([text]) => text)
}
