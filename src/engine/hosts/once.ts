/** What is made at first use and then shared. A failure is not kept: whoever asks next has it made again. */
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

/** As `once`, for each key by itself. */
export function oncePer<K, T>(make: (key: K) => Promise<T>): (key: K) => Promise<T> {
  const makers = new Map<K, () => Promise<T>>()
  return key => {
    const known = makers.get(key) ?? once(() => make(key))
    makers.set(key, known)
    return known()
  }
}
