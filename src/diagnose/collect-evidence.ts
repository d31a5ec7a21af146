import type {Evidence} from '../domain/evidence.ts'
import {KadmError} from '../domain/errors.ts'
import type {Host} from '../remote/host.ts'
import {evidenceScript, parseEvidence} from '../facts/evidence/evidence.ts'

/** The script takes a few seconds, and bounds what it asks; a host that has too much to do needs longer for the same. */
const TIMEOUT_MS = 60_000

/** One look at what a host says of its own troubles; changes nothing, prints no secret. */
export async function collectEvidence(host: Host, signal?: AbortSignal): Promise<Evidence> {
  const {stdout} = await host.run(evidenceScript().text, {timeoutMs: TIMEOUT_MS, signal})
  try {
    return parseEvidence(stdout)
  } catch (cause) {
    throw new KadmError('remote', 'cannot read the state and logs of the host', {
      host: host.name,
      evidence: stdout.slice(-1000),
      hint: 'run the same command again; if the error returns, check whether the login shell of the user prints text or exits',
      cause,
    })
  }
}
