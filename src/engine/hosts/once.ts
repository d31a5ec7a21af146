/** A value that is created at first use and then shared. A failure is not cached: the next call tries again. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined
      throw error
    })
    return made
  }
}

/** Like `once`, separately for each key. */
export function oncePer<K, T>(make: (key: K) => Promise<T>): (key: K) => Promise<T> {
  const makers = new Map<K, () => Promise<T>>()
  return key => {
    const known = makers.get(key) ?? once(() => make(key))
    makers.set(key, known)
    return known()
  }
}
