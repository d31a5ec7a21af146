/** Where kadm is killed, from 1: with this event, or in this call, whose work is done all the same. */
export interface Death {
  readonly kind: 'event' | 'call'
  readonly at: number
}

/** What one run of kadm does until it is killed. A killed run reaches nothing any more, so it tidies nothing up either. */
export interface Life {
  /** A call to a machine, the API or etcd. */
  readonly call: <T>(work: () => Promise<T> | T) => Promise<T>
  readonly event: () => void
  readonly calls: () => number
  readonly events: () => number
  readonly isOver: () => boolean
}

export const KILLED = 'kadm was killed here'

export function lifeUntil(death?: Death): Life {
  let calls = 0
  let events = 0
  let isOver = false
  const refuse = (): void => {
    if (isOver) throw new Error(KILLED)
  }
  const die = (): Error => {
    isOver = true
    return new Error(KILLED)
  }
  return {
    calls: () => calls,
    events: () => events,
    isOver: () => isOver,
    event: () => {
      if (isOver) return
      events += 1
      if (death?.kind === 'event' && death.at === events) throw die()
    },
    call: async work => {
      await Promise.resolve()
      refuse()
      calls += 1
      const isLast = death?.kind === 'call' && death.at === calls
      const result = await work()
      if (isLast) throw die()
      // Another call may have been the last one meanwhile.
      refuse()
      return result
    },
  }
}
