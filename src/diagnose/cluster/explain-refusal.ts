import {KadmError} from '../../domain/errors.ts'
import type {Host} from '../../remote/host.ts'
import {collectEvidence} from '../collect-evidence.ts'
import {diagnose} from '../diagnose.ts'
import {apiRefusal} from './api-refusal.ts'
import type {Diagnosis} from '../diagnosis.ts'
import type {Repair} from './expected.ts'

/** An API that is well answers everything within this time. */
const QUIET_MS = 800

/** A look at the control plane's own host, for an API that may not answer. */
export interface HostLook {
  readonly name: string
  /** What it found; it begins now, unless it has begun. */
  readonly causes: () => Promise<readonly Diagnosis[]>
  /** Nobody needs it: what has begun is stopped. */
  readonly end: () => void
}

/** Looks at the host beside a request to the API, once that takes longer than usual: whoever waits for both waits for one of them. */
export function lookBeside(host: Host, signal: AbortSignal, quietMs = QUIET_MS): HostLook {
  const ended = new AbortController()
  let begun: Promise<readonly Diagnosis[]> | undefined
  const causes = (): Promise<readonly Diagnosis[]> =>
    (begun ??= causesOn(host, AbortSignal.any([signal, ended.signal])))
  const timer = setTimeout(() => void causes(), quietMs)
  return {
    name: host.name,
    causes,
    end: () => {
      clearTimeout(timer)
      ended.abort()
    },
  }
}

/**
 * Why the API cannot be asked, as the control plane's own host sees it: the same failure with its cause, what proves it and one fix. Best
 * effort: where the host says nothing of it, what the failure itself means stays.
 */
export async function explainRefusal(error: KadmError, host: HostLook, repair: Repair): Promise<KadmError> {
  const refusal = apiRefusal(error, host.name, repair)
  const isSilent = refusal.name === 'api-silent'
  const [known] = isSilent ? await host.causes() : []
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

async function causesOn(host: Host, signal: AbortSignal): Promise<readonly Diagnosis[]> {
  try {
    return diagnose(await collectEvidence(host, signal), {phase: 'status', waitedFor: 'the API server to answer'})
  } catch {
    // The first error must not be hidden by one about looking for its cause.
    return []
  }
}
