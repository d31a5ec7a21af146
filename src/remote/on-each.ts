import pLimit from 'p-limit'

/** How many machines kadm works on at the same time. */
export const MACHINES_AT_ONCE = 30

/** Processes all items, at most `width` at once; waits for all of them, then throws all failures. */
export async function onEach<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<readonly R[]> {
  const limit = pLimit(width)
  const done = await Promise.allSettled(items.map((item, i) => limit(() => work(item, i))))
  const failures = done.flatMap(d => (d.status === 'rejected' ? [asError(d.reason)] : []))
  const [first, ...more] = failures
  if (first !== undefined && more.length === 0) throw first
  if (first !== undefined) throw new AggregateError(failures, failures.map(headline).join('\n'))
  return done.flatMap(d => (d.status === 'fulfilled' ? [d.value] : []))
}

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)))

const headline = (error: Error): string =>
  'host' in error && typeof error.host === 'string' ? `${error.host}: ${error.message}` : error.message
