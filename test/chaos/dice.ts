/** Throws that a seed fixes, so that a sweep can be repeated. */
export interface Dice {
  /** An integer from 0 to `below` - 1. */
  readonly below: (below: number) => number
  readonly oneOf: <T>(choices: readonly T[]) => T
}

/** Mulberry32: 32 bits of state are enough to choose a few hundred points. */
export function dice(seed: number): Dice {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    below,
    oneOf: choices => {
      const choice = choices[below(choices.length)]
      if (choice === undefined) throw new Error('nothing to choose from')
      return choice
    },
  }
}
