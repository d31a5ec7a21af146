import type {AnyHostResource, State} from '../../resources/any-resource.ts'
import {kindOf} from '../../resources/any-resource.ts'
import type {ResourceBase} from '../../resources/core/kind.ts'
import {KADM_VERSION} from './made-by.ts'

/** Raised when an entry of an earlier kadm is read otherwise; `migrations.ts` then learns to read the format before. */
export const LEDGER_FORMAT = 1

/** What every document of an entry begins with. */
interface Head {
  readonly format: typeof LEDGER_FORMAT
  /** The version of the kadm that wrote it. */
  readonly kadm: string
  readonly kind: string
  readonly id: string
}

export interface OriginalDocument extends Head {
  readonly original: State
}

export interface AppliedDocument extends Head {
  readonly applied: ResourceBase
}

const head = ({kind, id}: AnyHostResource): Head => ({format: LEDGER_FORMAT, kadm: KADM_VERSION, kind, id})

/** As it was first found, with what an undo must know of how it was changed; written once. */
export function originalDocument(resource: AnyHostResource, state: State): OriginalDocument {
  const {ledgerState} = kindOf(resource)
  return {...head(resource), original: ledgerState === undefined ? state : ledgerState(resource, state)}
}

/** As it is about to be applied, without secrets; written each time. */
export function appliedDocument(resource: AnyHostResource): AppliedDocument {
  const {redact} = kindOf(resource)
  return {...head(resource), applied: redact === undefined ? resource : redact(resource)}
}
