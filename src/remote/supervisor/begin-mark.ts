const MARK = /kadm:begin (\d+)\.\n/
/** No login shell greets for longer than this; what comes later is not searched. */
const LONGEST_GREETING = 1024 * 1024

/** Cuts an output stream at the mark the far side prints when the script is about to begin. */
export interface OutputCutter {
  /** Gives the script's own bytes of this chunk, if any. */
  readonly push: (chunk: Buffer) => Buffer | undefined
  readonly group: () => number | undefined
  readonly before: () => string
}

/** Starts a cutter for one stream. */
export const outputCutter = (): OutputCutter => {
  let head = Buffer.alloc(0)
  let group: number | undefined
  const push = (chunk: Buffer): Buffer | undefined => {
    if (group !== undefined) return chunk
    head = Buffer.concat([head, chunk])
    const match = MARK.exec(head.toString('latin1'))
    if (match === null) {
      if (head.length > LONGEST_GREETING) head = head.subarray(head.length - LONGEST_GREETING)
      return undefined
    }
    group = Number(match[1])
    const rest = head.subarray(match.index + match[0].length)
    head = head.subarray(0, match.index)
    return rest.length === 0 ? undefined : rest
  }
  return {push, group: () => group, before: () => head.toString('utf8')}
}
