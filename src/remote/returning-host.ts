import type {Host} from './host.ts'

/** A machine that is rebooted: its connection ends and is opened anew; whoever holds it goes on with the new one. */
export interface ReturningHost extends Host {
  /** Rejects, and leaves the old connection in place, as long as the machine cannot be reached. */
  readonly reconnect: () => Promise<void>
}

export function returningHost(first: Host, open: () => Promise<Host>): ReturningHost {
  let current = first
  return {
    name: first.name,
    run: (script, options) => current.run(script, options),
    read: (script, options) => current.read(script, options),
    pipe: (content, script, options) => current.pipe(content, script, options),
    forward: (host, port) => current.forward(host, port),
    close: () => current.close(),
    reconnect: async () => {
      const fresh = await open()
      const old = current
      current = fresh
      await old.close().catch(() => undefined)
    },
  }
}
