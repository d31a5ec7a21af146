import {swapUnit, tagPath} from '../../facts/swap-unit.ts'

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

/** Converts an original state from format 0 to format 1; `applied` is the resource, in any format. */
export function originalFrom0(kind: string, original: unknown, applied: unknown): unknown {
  const migrate = Object.hasOwn(FROM_0, kind) ? FROM_0[kind] : undefined
  return migrate === undefined || !isFields(original) ? original : migrate(original, fieldsOf(applied))
}

/** Kinds that format 2 renamed. */
const RENAMED_IN_2: Readonly<Record<string, string>> = {
  'authority-copy': 'ca-certificate',
  'loopback-name': 'hosts-file-entry',
}

const isRenamed = (kind: string): boolean => Object.hasOwn(RENAMED_IN_2, kind)

/** The present name of a kind that a document of any format names. */
export const presentKind = (kind: string): string => (isRenamed(kind) ? (RENAMED_IN_2[kind] ?? kind) : kind)

/** The present id of a resource: ids begin with the name of the kind. */
export function presentId(id: string): string {
  const [kind = '', ...rest] = id.split(':')
  return [presentKind(kind), ...rest].join(':')
}

/** The id under which kadm kept the same resource before format 2; undefined for most. */
export function idBefore2(id: string): string | undefined {
  const [kind, ...rest] = id.split(':')
  const [before] = Object.entries(RENAMED_IN_2).find(([, now]) => now === kind) ?? []
  return before === undefined ? undefined : [before, ...rest].join(':')
}

/** `cards` of a host-network is `interfaces` since format 2. */
function withInterfaces(kind: string, fields: Fields): Fields {
  if (kind !== 'host-network' || !('cards' in fields)) return fields
  const {cards, ...rest} = fields
  return {...rest, interfaces: cards}
}

/** Converts an original state from format 1 to format 2. */
export const originalFrom1 = (kind: string, original: unknown): unknown =>
  isFields(original) ? withInterfaces(kind, original) : original

/** Converts an applied resource from format 0 or 1 to format 2. */
export function appliedFrom1(kind: string, applied: unknown): unknown {
  if (!isFields(applied)) return applied
  const {id} = applied
  return {
    ...withInterfaces(kind, applied),
    ...(typeof applied['kind'] === 'string' ? {kind: presentKind(applied['kind'])} : {}),
    ...(typeof id === 'string' ? {id: presentId(id)} : {}),
  }
}
