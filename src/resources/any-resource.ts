import type {Kind, LedgerSchema} from './core/kind.ts'
import type {Operation} from './core/operation.ts'
import {KINDS, OPERATIONS} from './registry.ts'

type KindName = keyof typeof KINDS
type ResourceOf<K extends KindName> = Parameters<(typeof KINDS)[K]['look']>[0]
type StateOf<K extends KindName> = ReturnType<(typeof KINDS)[K]['parse']>

type OperationName = keyof typeof OPERATIONS
type OperationOf<K extends OperationName> = Parameters<(typeof OPERATIONS)[K]['look']>[0]

/** A resource on one host, of any kind, and its observed state. */
export type AnyHostResource = ResourceOf<KindName>
export type State = StateOf<KindName>
export type OperationResource = OperationOf<OperationName>
export type AnyResource = AnyHostResource | OperationResource

// A resource names its kind by a literal, so the kind that is found takes it: these types say so for each kind by itself.
const kinds: {readonly [K in KindName]: Kind<ResourceOf<K>, StateOf<K>>} = KINDS
const operations: {readonly [K in OperationName]: Operation<OperationOf<K>>} = OPERATIONS

export const KIND_NAMES: readonly string[] = Object.keys(KINDS)

export const isOperation = (resource: AnyResource): resource is OperationResource =>
  Object.hasOwn(OPERATIONS, resource.kind)

export const kindOf = <K extends KindName>(resource: {readonly kind: K}): Kind<ResourceOf<K>, StateOf<K>> =>
  kinds[resource.kind]

export const operationOf = <K extends OperationName>(resource: {readonly kind: K}): Operation<OperationOf<K>> =>
  operations[resource.kind]

const isKindName = (name: string): name is KindName => Object.hasOwn(KINDS, name)

/** How the ledger's entries of a kind are read; undefined for a kind that this kadm does not know, or that leaves nothing to undo. */
export const schemaOf = (name: string): LedgerSchema<AnyHostResource, State> | undefined =>
  isKindName(name) ? kindOf({kind: name}).schema : undefined
