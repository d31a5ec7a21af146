import {Socket} from 'node:net'
import type {Duplex} from 'node:stream'

/** So many intervals in which nothing shows that the other side is there, and the line counts as dead. */
const SILENT_INTERVALS = 6

/** Why kadm ended a connection that counts as lost. */
export class Silence extends Error {
  constructor() {
    super('the host stopped responding')
  }
}

export interface SilenceWatch {
  readonly stop: () => void
}

/**
 * Calls `dead` when nothing shows any more that the other side of a connection is there. Its pings are sent elsewhere, once an
 * interval: on a slow line their answers wait behind what is being sent, for minutes. There the other side's word that it took some
 * of that comes all along, or at least the queue here gets shorter, which it does only as the other side takes what was sent.
 * Intervals are counted and not seconds: a computer that slept has not listened meanwhile.
 */
export function watchForSilence(
  socket: Duplex,
  {intervalMs, dead}: {readonly intervalMs: number; readonly dead: () => void},
): SilenceWatch {
  let silent = 0
  let queue = queueOf(socket)
  const heard = (): void => void (silent = 0)
  const timer = setInterval(() => {
    const before = queue
    queue = queueOf(socket)
    // What was not queued was taken by this computer alone.
    const isTaken = before.waiting > 0 && queue.sent > before.sent
    silent = isTaken ? 0 : silent + 1
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

/** Bytes that wait here and bytes that have left; of a channel within another connection neither is known. */
function queueOf(socket: Duplex): {readonly waiting: number; readonly sent: number} {
  if (!(socket instanceof Socket)) return {waiting: 0, sent: 0}
  return {waiting: socket.writableLength, sent: socket.bytesWritten - socket.writableLength}
}
