import type {Facts} from '../../domain/facts.ts'
import {KadmError} from '../../domain/errors.ts'
import type {Host} from '../../remote/host.ts'
import {gatherScript, parseFacts} from '../../facts/parse-facts.ts'
import type {UsualFolders} from '../../remote/shell/own-folders.ts'
import {whySlow} from './why-slow.ts'

/** The facts of one host, and the offset of its clock. */
export interface Gathered {
  readonly facts: Facts
  /**
   * The local clock in the middle of the read, in seconds since the epoch: the host's clock minus this value is
   * its offset.
   */
  readonly midpointSeconds: number
}

/** Seconds on a healthy host; a host that starts hundreds of small programs under load needs longer. */
const LOOK_MS = 3 * 60_000

/** `usual`: the folders that the cluster file names. */
export async function gather(
  host: Host,
  now: () => number,
  signal: AbortSignal,
  usual?: UsualFolders,
): Promise<Gathered> {
  const started = now()
  const output = await host
    .read(gatherScript(usual).text, {signal, timeoutMs: LOOK_MS})
    .catch((error: unknown) => tooSlow(error, host, signal))
  const midpointSeconds = (started + now()) / 2000
  try {
    return {facts: parseFacts(output), midpointSeconds}
  } catch (error) {
    throw new KadmError('remote', 'cannot read the facts of the host', {
      host: host.name,
      evidence: output.slice(0, 2000),
      cause: error,
    })
  }
}

async function tooSlow(error: unknown, host: Host, signal: AbortSignal): Promise<never> {
  if (!(error instanceof KadmError) || error.code !== 'timeout') throw error
  const {hint, evidence} = await whySlow(host, signal)
  throw new KadmError('timeout', `inspecting the host took longer than ${String(LOOK_MS / 60_000)} minutes`, {
    host: host.name,
    hint,
    evidence: [error.evidence, evidence].filter(text => text !== undefined).join('\n') || undefined,
    cause: error,
  })
}
