import type {AnyHostResource, State} from '../../resources/any-resource.ts'
import {kindOf} from '../../resources/any-resource.ts'
import type {ResourceBase} from '../../resources/core/kind.ts'
import {KADM_VERSION} from './made-by.ts'

/** Increase it when the format of an entry changes; `migrations.ts` must then read the earlier format. */
export const LEDGER_FORMAT = 2

/** The fields that every document of an entry starts with. */
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

/** The original state, with what a revert must know about the change; written once. */
export function originalDocument(resource: AnyHostResource, state: State): OriginalDocument {
  const {ledgerState} = kindOf(resource)
  return {...head(resource), original: ledgerState === undefined ? state : ledgerState(resource, state)}
}

/** The resource as kadm is about to apply it, without secrets; written each time. */
export function appliedDocument(resource: AnyHostResource): AppliedDocument {
  const {redact} = kindOf(resource)
  return {...head(resource), applied: redact === undefined ? resource : redact(resource)}
}
