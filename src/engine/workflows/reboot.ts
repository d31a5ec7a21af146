import type {Clock} from '../../domain/clock.ts'
import type {HostSpec} from '../../domain/cluster.ts'
import {KadmError} from '../../domain/errors.ts'
import {bootIdOf} from '../../remote/reboot.ts'
import type {Host} from '../../remote/host.ts'

const BOOT_MS = 15 * 60_000
const POLL_MS = 2000
/** A machine that has its address again answers within this; what takes longer may have another one. */
const SEARCH_AFTER_MS = 20_000
const SEARCH_EVERY_MS = 20_000

export interface BootWait {
  /** How to reach it, and the only host key to accept. */
  readonly spec: HostSpec
  /** Of the boot that ends. */
  readonly bootId: string
  readonly connect: (spec: HostSpec) => Promise<Host>
  /** Looks for it at other addresses; undefined when it is not found. */
  readonly search: () => Promise<HostSpec | undefined>
  readonly progress: (message: string) => void
  readonly clock: Clock
  readonly signal: AbortSignal
}

export interface Returned {
  readonly host: Host
  /** As it was reached: with another address when that moved. */
  readonly spec: HostSpec
}

/** Waits until the machine accepts a login in a new boot, and looks for it at other addresses when it does not. */
export async function waitForBoot(wait: BootWait): Promise<Returned> {
  const {spec, clock, signal, progress, search} = wait
  const started = clock.now()
  let searched = started + SEARCH_AFTER_MS - SEARCH_EVERY_MS
  let last: KadmError | undefined
  while (clock.now() - started < BOOT_MS) {
    await clock.sleep(POLL_MS, signal)
    if (signal.aborted)
      throw new KadmError('cancelled', 'interrupted while waiting for the reboot', {
        hint: 'the reboot was requested; the host has not come back yet',
      })
    const there = await attempt(wait, {...spec})
    if ('host' in there) return there
    last = there.error ?? last
    progress(`reboots${there.error === undefined ? '' : ` (${there.error.message})`}`)
    if (clock.now() - searched < SEARCH_EVERY_MS) continue
    searched = clock.now()
    const moved = await search()
    const elsewhere = moved === undefined ? undefined : await attempt(wait, moved)
    if (elsewhere !== undefined && 'host' in elsewhere) return elsewhere
  }
  throw new KadmError(
    'timeout',
    `the host did not come back within ${String(BOOT_MS / 60_000)} minutes of its reboot`,
    {
      evidence: last?.evidence ?? last?.message,
      hint: 'check its console; when it is up, note its address there and run the same command again',
      cause: last,
    },
  )
}

/** Not an error while the old boot still runs. */
async function attempt(
  {connect, bootId, signal}: BootWait,
  spec: HostSpec,
): Promise<Returned | {readonly error: KadmError | undefined}> {
  let host: Host | undefined
  try {
    host = await connect(spec)
    if ((await bootIdOf(host, {signal, timeoutMs: 20_000})) !== bootId) return {host, spec}
    await host.close()
    return {error: undefined}
  } catch (error) {
    await host?.close()
    if (error instanceof KadmError && error.code !== 'cancelled') return {error}
    throw error
  }
}
