import {swapUnit, tagPath} from '../../facts/swap-unit.ts'

/** Both documents of an entry as plain data; the schema of the kind checks their content. */
export interface RawEntry {
  readonly kind: string
  readonly id: string
  readonly original: unknown
  readonly applied: unknown
}

type Fields = Readonly<Record<string, unknown>>

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {})
const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : [])

/**
 * Reads format 0, which kadm 0.1.0 wrote: there, a revert derived again what had been done, by the rules of
 * that release. Those rules are kept here, whatever later releases do.
 */
const FROM_0: Readonly<Record<string, (original: Fields, applied: Fields) => Fields>> = {
  release: (original, {programs}) => ({...original, kept: listOf(programs).map(({path}) => path)}),
  packages: (original, {packages}) => ({...original, asked: listOf(packages).map(({name}) => name)}),
  'swap-off': (original, applied) => ({
    ...original,
    turnedOff: turnedOffBy0(original, fieldsOf(applied['source']), fieldsOf(applied['places'])),
  }),
}

function turnedOffBy0(original: Fields, source: Fields, places: Fields): Fields {
  const isFstab = source['kind'] === 'fstab'
  const units = listOf(original['units']).filter(
    ({off, exists}) => off !== true && (exists === true || isFstab || source['kind'] === 'gpt'),
  )
  const named = (list: readonly Fields[]): readonly string[] => list.map(({name}) => String(name))
  const line = String(source['line'])
  const starts = isFstab
    ? [swapUnit(tagPath(String(source['device'])))]
    : named(units.filter(({active}) => active === true))
  return {
    ...(isFstab && original['line'] === true
      ? {line: {from: line, to: `# swap is off for Kubernetes (kadm): ${line}`}}
      : {}),
    masked: named(units.filter(({own}) => own !== true)),
    dropIns: named(units.filter(({own}) => own === true)).map(
      name => `${String(places['units'])}/${name}.d/kadm-swap-off.conf`,
    ),
    starts: original['active'] === true ? starts : [],
  }
}

/** Converts an entry from format 0 to format 1. */
export function migrateFrom0(entry: RawEntry): RawEntry {
  const migrate = Object.hasOwn(FROM_0, entry.kind) ? FROM_0[entry.kind] : undefined
  if (migrate === undefined || !isFields(entry.original)) return entry
  return {...entry, original: migrate(entry.original, fieldsOf(entry.applied))}
}
