import type {Duplex} from 'node:stream'

/** So many intervals without a byte from the other side, and the line counts as dead. */
const SILENT_INTERVALS = 4

export interface SilenceWatch {
  readonly stop: () => void
}

/**
 * Calls `dead` when nothing at all is heard on a connection any more. Its pings are sent elsewhere, once an interval: on a slow line
 * their answers wait behind what is being sent, for minutes, while the other side's word that it took some of that comes all along.
 */
export function watchForSilence(
  socket: Duplex,
  {intervalMs, dead}: {readonly intervalMs: number; readonly dead: () => void},
): SilenceWatch {
  let silent = 0
  const heard = (): void => void (silent = 0)
  const timer = setInterval(() => {
    silent += 1
    if (silent < SILENT_INTERVALS) return
    stop()
    dead()
  }, intervalMs)
  const stop = (): void => {
    clearInterval(timer)
    socket.off('data', heard)
  }
  socket.on('data', heard)
  return {stop}
}
