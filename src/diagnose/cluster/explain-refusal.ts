import {KadmError} from '../../domain/errors.ts'
import type {Host} from '../../remote/host.ts'
import {collectEvidence} from '../collect-evidence.ts'
import {diagnose} from '../diagnose.ts'
import {apiRefusal} from './api-refusal.ts'
import type {Repair} from './expected.ts'

/**
 * Why the API cannot be asked, as the control plane's own host sees it: the same failure with its cause, what proves it and one fix. Best
 * effort: where the host says nothing of it, what the failure itself means stays.
 */
export async function explainRefusal(
  error: KadmError,
  host: Host,
  repair: Repair,
  signal: AbortSignal,
): Promise<KadmError> {
  const refusal = apiRefusal(error, host.name, repair)
  const isSilent = refusal.name === 'api-silent'
  const [known] = isSilent ? await causesOn(host, signal) : []
  const because =
    known === undefined
      ? []
      : [`${known.certainty === 'certain' ? 'cause' : `${known.certainty} cause`}: ${known.cause}`]
  return new KadmError(error.code, [refusal.cause, ...because].join('\n'), {
    evidence: [...refusal.proof, ...(known?.proof ?? [])].join('\n'),
    hint: known === undefined ? refusal.fix : `${known.fix}\n${repair.why()} in full`,
    cause: error,
  })
}

async function causesOn(host: Host, signal: AbortSignal): Promise<ReturnType<typeof diagnose>> {
  try {
    return diagnose(await collectEvidence(host, signal), {phase: 'status', waitedFor: 'the API server to answer'})
  } catch {
    // The first error must not be hidden by one about looking for its cause.
    return []
  }
}
