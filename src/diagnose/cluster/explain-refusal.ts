import {KadmError} from '../../domain/errors.ts'
import {apiRefusal} from './api-refusal.ts'
import type {Diagnosis} from '../diagnosis.ts'
import type {Repair} from './expected.ts'

/** The control plane through which the API was asked, and what is wrong on its machine. */
export interface Asked {
  readonly host: string
  readonly diagnoses: readonly Diagnosis[]
}

/**
 * Why the API cannot be asked, as the control plane's own host sees it: the same failure with its cause, what proves it and one fix. Best
 * effort: where the host says nothing of it, what the failure itself means stays.
 */
export function explainRefusal(error: KadmError, {host, diagnoses}: Asked, repair: Repair): KadmError {
  const refusal = apiRefusal(error, host, repair)
  const [known] = refusal.name === 'api-silent' ? diagnoses : []
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
