import {schemaOf, type AnyHostResource, type State} from '../../resources/any-resource.ts'
import {LEDGER_FORMAT} from './documents.ts'
import {appliedFrom1, isFields, originalFrom0, originalFrom1, presentId, presentKind} from './migrations.ts'

/** One resource that kadm changed on a host: its original state, and the last applied resource (contents as hashes). */
export interface LedgerEntry {
  readonly folder: string
  /** Larger for a later change. */
  readonly sequence: bigint
  readonly id: string
  readonly original: State
  readonly applied: AnyHostResource
  /** A revert of it started, and was interrupted before the entry was deleted. */
  readonly wasBegun: boolean
}

/** An entry that is left alone, because this kadm cannot interpret it. */
export interface UnreadEntry {
  readonly folder: string
  readonly id: string
  readonly because: string
}

/** The files of an entry: each text is undefined when the file is missing or unreadable. */
export interface EntryFiles {
  readonly folder: string
  readonly sequence: string | undefined
  readonly original: string | undefined
  readonly applied: string | undefined
  readonly wasBegun: boolean
}

/** Reads entries of this and all earlier versions of kadm; reports each unreadable entry with the reason. Pure. */
export function readEntry(files: EntryFiles): LedgerEntry | UnreadEntry {
  const {folder, wasBegun} = files
  const [original, applied] = [parse('original.json', files.original), parse('applied.json', files.applied)]
  const id = presentId(idOf(original) ?? idOf(applied) ?? folder)
  const unread = (because: string): UnreadEntry => ({folder, id, because})
  if (typeof original === 'string') return unread(original)
  if (typeof applied === 'string') return unread(applied)
  if (files.sequence === undefined || !/^\d+$/.test(files.sequence)) return unread('cannot read its file sequence')
  const unknown = unknownFormat(original) ?? unknownFormat(applied)
  if (unknown !== undefined) return unread(unknown)
  const raw = rawEntry(original, applied)
  const schema = schemaOf(raw.kind)
  if (schema === undefined) return unread(`this kadm does not know the kind '${raw.kind}'${madeBy(applied)}`)
  const [state, resource] = [schema.state.safeParse(raw.original), schema.resource.safeParse(raw.applied)]
  if (!state.success) return unread(`its original.json is not valid for a ${raw.kind}${madeBy(original)}`)
  if (!resource.success) return unread(`its applied.json is not valid for a ${raw.kind}${madeBy(applied)}`)
  return {folder, sequence: BigInt(files.sequence), id, original: state.data, applied: resource.data, wasBegun}
}

type Fields = Readonly<Record<string, unknown>>

/** The document, or the reason why it is missing. */
function parse(name: string, text: string | undefined): Fields | string {
  if (text === undefined) return `cannot read its file ${name}`
  try {
    const value: unknown = JSON.parse(text)
    return isFields(value) ? value : `its file ${name} contains no document`
  } catch {
    return text.trim() === '' ? `its file ${name} is empty` : `its file ${name} is damaged`
  }
}

const idOf = (document: Fields | string): string | undefined =>
  typeof document !== 'string' && typeof document['id'] === 'string' ? document['id'] : undefined

/**
 * Each document has its own format, because the first is written once and the second at each change. Format 0, which
 * kadm 0.1.0 wrote, does not contain a format number.
 */
const formatOf = (document: Fields): unknown => document['format'] ?? 0

const KNOWN_FORMATS = [0, 1, LEDGER_FORMAT] as const

function unknownFormat(document: Fields): string | undefined {
  const format = formatOf(document)
  return KNOWN_FORMATS.some(known => known === format)
    ? undefined
    : `this kadm does not know format ${JSON.stringify(format)} of the ledger${madeBy(document)}`
}

const madeBy = ({kadm}: Fields): string => (typeof kadm === 'string' ? `; it was written by kadm ${kadm}` : '')

/** Both documents as plain data of the present format; the schema of the kind checks their content. */
interface RawEntry {
  readonly kind: string
  readonly original: unknown
  readonly applied: unknown
}

function rawEntry(original: Fields, applied: Fields): RawEntry {
  const [ofOriginal, ofApplied] = [formatOf(original), formatOf(applied)]
  const kind = presentKind(String(ofApplied === 0 ? applied['kind'] : (original['kind'] ?? applied['kind'])))
  const resource = ofApplied === 0 ? applied : applied['applied']
  const state = ofOriginal === 0 ? originalFrom0(kind, original['state'], resource) : original['original']
  return {
    kind,
    original: ofOriginal === LEDGER_FORMAT ? state : originalFrom1(kind, state),
    applied: ofApplied === LEDGER_FORMAT ? resource : appliedFrom1(kind, resource),
  }
}
