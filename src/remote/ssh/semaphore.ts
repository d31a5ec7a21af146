/** A counting lock that can learn that the other side allows less than was hoped (sshd's MaxSessions). */
export interface Semaphore {
  /** Resolves when a slot is free; rejects with the signal's reason. Call the result once to give the slot back. */
  readonly take: (signal?: AbortSignal) => Promise<() => void>
  /** One was refused while others were open: from now on no more than those. */
  readonly shrink: () => void
  readonly used: () => number
}

/** Starts with `most` slots. */
export const semaphore = (most: number): Semaphore => {
  let limit = most
  let used = 0
  const waiting = new Set<() => void>()

  const wake = (): void => {
    for (const next of waiting) {
      if (used >= limit) return
      waiting.delete(next)
      used += 1
      next()
    }
  }
  const releaseOnce = (): (() => void) => {
    let held = true
    return () => {
      if (!held) return
      held = false
      used -= 1
      wake()
    }
  }

  const take = async (signal?: AbortSignal): Promise<() => void> => {
    signal?.throwIfAborted()
    if (used < limit && waiting.size === 0) {
      used += 1
      return releaseOnce()
    }
    await turn(waiting, signal)
    return releaseOnce()
  }
  const shrink = (): void => {
    limit = Math.max(1, Math.min(limit, used - 1))
  }
  return {take, shrink, used: () => used}
}

/** Waits in the queue until a slot is given, or leaves it with the reason of the signal. */
const turn = (waiting: Set<() => void>, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    const give = (): void => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }
    const stop = (): void => {
      waiting.delete(give)
      reject(signal?.reason instanceof Error ? signal.reason : new Error('cancelled'))
    }
    waiting.add(give)
    signal?.addEventListener('abort', stop, {once: true})
  })
