import {COMPONENT_FIELDS} from './component-fields.ts'
import {typeProblem} from './component-types.ts'
import {described} from './described.ts'
import type {Locate, Path, Report} from './finding.ts'
import {unknownKey} from './issues.ts'
import {isTree, type Tree} from './tree.ts'

export type ComponentKind = keyof typeof COMPONENT_FIELDS

/** One place in a component's configuration: fields of its own, elements that have fields, or a Go type. */
interface Field {
  readonly children: Map<string, Field>
  isList: boolean
  type: string | undefined
  since: number | undefined
}

const newField = (): Field => ({children: new Map(), isList: false, type: undefined, since: undefined})

function fieldsOf(kind: ComponentKind): Field {
  const root = newField()
  for (const [type, names] of Object.entries(COMPONENT_FIELDS[kind])) {
    for (const name of names.trim().split(/\s+/)) {
      const [path = '', since] = name.split('@')
      const leaf = path.split('.').reduce(descend, root)
      leaf.type = type
      leaf.since = since === undefined ? undefined : Number(since)
    }
  }
  return root
}

function descend(parent: Field, step: string): Field {
  const key = step.replace(/\[\]$/, '')
  const child = parent.children.get(key) ?? newField()
  child.isList ||= step.endsWith('[]')
  parent.children.set(key, child)
  return child
}

const FIELDS = {
  KubeletConfiguration: fieldsOf('KubeletConfiguration'),
  KubeProxyConfiguration: fieldsOf('KubeProxyConfiguration'),
} as const

const HEAD = ['apiVersion', 'kind']

/** Reports unknown keys and values of a wrong type. The component reads its configuration strictly and does not start with them. */
export function tellComponentProblems(kind: ComponentKind, document: Tree, locate: Locate, report: Report): void {
  const problem = (path: Path, at: 'key' | 'value', message: string): void =>
    report({severity: 'error', place: locate(path, at), message})
  const judge = (field: Field, value: unknown, path: Path): void => {
    if (value === null || value === undefined) return
    if (field.type !== undefined) judgeTyped(field.type, value, path, problem)
    else if (field.isList && !Array.isArray(value)) problem(path, 'value', `must be a list, not ${described(value)}`)
    else if (Array.isArray(value) && field.isList)
      value.forEach((element, i) => judge({...field, isList: false}, element, [...path, i]))
    else if (!isTree(value)) problem(path, 'value', `must be a mapping, not ${described(value)}`)
    else judgeKeys(field, value, path)
  }
  const judgeKeys = (field: Field, value: Tree, path: Path): void => {
    for (const [key, child] of Object.entries(value)) {
      if (path.length === 0 && HEAD.includes(key)) continue
      const known = field.children.get(key)
      if (known === undefined) problem([...path, key], 'key', unknownField(key, [...field.children.keys()]))
      else judge(known, child, [...path, key])
    }
  }
  judgeKeys(FIELDS[kind], document, [])
}

type Problem = (path: Path, at: 'key' | 'value', message: string) => void

function judgeTyped(type: string, value: unknown, path: Path, problem: Problem): void {
  const [, container, inner = ''] = /^(\[\]|map\[string\])(.*)$/.exec(type) ?? []
  if (value === null) return
  if (container === undefined) {
    const message = typeProblem(type, value)
    if (message !== undefined) problem(path, 'value', message)
  } else if (container === '[]') {
    if (Array.isArray(value)) value.forEach((element: unknown, i) => judgeTyped(inner, element, [...path, i], problem))
    else problem(path, 'value', `must be a list, not ${described(value)}; write it as [${shown(value)}]`)
  } else if (isTree(value)) {
    for (const [key, child] of Object.entries(value)) judgeTyped(inner, child, [...path, key], problem)
  } else problem(path, 'value', `must be a mapping of names to values, not ${described(value)}`)
}

const shown = (value: unknown): string => (typeof value === 'object' ? '…' : JSON.stringify(value).replaceAll('"', ''))

/** Too many fields to list them all. */
const unknownField = (key: string, keys: readonly string[]): string =>
  unknownKey(key, keys).replace(/; known here are .{200,}$/, '')

/** Fields of a document that a release of Kubernetes does not have yet, with the minor that brought them. */
export function newerFields(
  kind: ComponentKind,
  document: Tree,
  minor: number,
): readonly {path: Path; since: number}[] {
  return [...FIELDS[kind].children].flatMap(([key, {since}]) =>
    since !== undefined && since > minor && document[key] !== undefined && document[key] !== null
      ? [{path: [key], since}]
      : [],
  )
}

/**
 * What a document says: without its head, and without what Go reads as nothing said: no value, an empty text or a
 * duration of zero where the field is not a pointer.
 */
export function saidOf(kind: ComponentKind, document: Tree): Tree {
  const said = (field: Field | undefined, tree: Tree, skip: readonly string[] = []): Tree =>
    Object.fromEntries(
      Object.entries(tree).flatMap(([key, value]) => {
        const child = field?.children.get(key)
        if (skip.includes(key) || value === null || isUnsaid(child?.type, value)) return []
        return [[key, child?.type === undefined && isTree(value) ? said(child, value) : withoutNulls(value)]]
      }),
    )
  return said(FIELDS[kind], document, HEAD)
}

const isUnsaid = (type: string | undefined, value: unknown): boolean =>
  (value === '' && type === 'string') || (type === 'duration' && value === '0s')

const withoutNulls = (value: unknown): unknown =>
  isTree(value) ? Object.fromEntries(Object.entries(value).filter(([, child]) => child !== null)) : value
