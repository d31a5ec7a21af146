import {connect, createServer, type AddressInfo, type Socket} from 'node:net'

/** A TCP relay on 127.0.0.1 that behaves as a thin, long line does. */
export interface SlowLink {
  readonly port: number
  /** From now on nothing arrives any more, and nobody is told. */
  readonly freeze: () => void
  /** Lets pass again what comes from now on; connections that were frozen stay so. */
  readonly thaw: () => void
  readonly stop: () => Promise<void>
}

export interface Line {
  readonly bytesPerSecond: number
  readonly delayMs: number
}

const TICK_MS = 50

/** Starts one to a port of this machine; both directions have the rate and the delay. */
export async function startSlowLink(to: {readonly host: string; readonly port: number}, line: Line): Promise<SlowLink> {
  const sockets = new Set<Socket>()
  let state = {frozen: false}
  const server = createServer(near => {
    const mine = state
    const far = connect(to)
    for (const [from, into] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('error', () => into.destroy())
      from.on('close', () => {
        sockets.delete(from)
        setTimeout(() => into.destroy(), line.delayMs)
      })
      trickle(from, into, {...line, isFrozen: () => mine.frozen})
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    freeze: () => void (state.frozen = true),
    thaw: () => void (state = {frozen: false}),
    stop: async () => {
      if (!server.listening) return
      const closed = new Promise(resolve => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** Takes no more than the line's rate allows, so that the sender's own buffers fill as they would. */
function trickle(
  from: Socket,
  into: Socket,
  {bytesPerSecond, delayMs, isFrozen}: Line & {readonly isFrozen: () => boolean},
): void {
  const most = Math.ceil((bytesPerSecond * TICK_MS) / 1000)
  let waiting = Buffer.alloc(0)
  from.on('data', (chunk: Buffer) => {
    waiting = Buffer.concat([waiting, chunk])
    if (waiting.length >= most) from.pause()
  })
  const timer = setInterval(() => {
    if (isFrozen()) return
    const piece = waiting.subarray(0, most)
    waiting = waiting.subarray(most)
    if (waiting.length < most) from.resume()
    if (piece.length > 0) setTimeout(() => !into.destroyed && into.write(piece), delayMs)
  }, TICK_MS)
  from.once('close', () => clearInterval(timer))
}
