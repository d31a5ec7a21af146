import {isAlias, isMap, isNode, LineCounter, parseAllDocuments} from 'yaml'
import type {Document} from 'yaml'

import type {Locate, Path, Place, Report} from './finding.ts'
import {pathText} from './finding.ts'

/** One document of a file, with the places of its values. */
export interface TextDocument {
  readonly value: unknown
  readonly locate: (prefix: string) => Locate
}

type Parsed = Document.Parsed

/**
 * Splits YAML or JSON text into its documents; reports syntax errors and duplicate keys with their position.
 * Documents that `isOurs` rejects are read like Go's YAML reader does (1.1: `no` is false, `0755` is octal).
 */
export function readDocuments(
  fileName: string,
  text: string,
  report: Report,
  isOurs: (value: unknown) => boolean,
): readonly TextDocument[] {
  const lines = new LineCounter()
  const options = {prettyErrors: false, merge: true, logLevel: 'error'} as const
  const documents = [...parseAllDocuments(text, {...options, lineCounter: lines})]
  const asGo = [...parseAllDocuments(text, {...options, version: '1.1', customTags: tags => tags.filter(isReadByGo)})]
  const placeAt = (offset: number, what = ''): Place => {
    const {line, col} = lines.linePos(offset)
    const place = `${fileName}:${line}:${col}`
    return {text: what === '' ? place : `${place}: ${what}`, line, column: col}
  }
  for (const document of documents) {
    for (const error of document.errors) {
      const [offset] = error.pos
      report({
        severity: 'error',
        place: placeAt(offset),
        message: syntaxMessage(error.code, error.message, text, offset),
      })
    }
  }
  return documents.flatMap((document, i) => {
    if (document.errors.length > 0 || document.contents === null) return []
    const plain = valueOf(document, placeAt, report)
    const go = asGo[i]
    const chosen = isOurs(plain) || go === undefined ? document : go
    const value = chosen === document ? plain : valueOf(chosen, placeAt, report)
    if (value === null || value === undefined) return []
    return [{value, locate: locator(document, placeAt)}]
  })
}

const isReadByGo = (tag: unknown): boolean =>
  typeof tag !== 'object' ||
  tag === null ||
  !('tag' in tag) ||
  !(/(timestamp|binary)$/.test(String(tag.tag)) || ('format' in tag && tag.format === 'TIME'))

function syntaxMessage(code: string, message: string, text: string, offset: number): string {
  if (code !== 'DUPLICATE_KEY') return message.replace(/\.$/, '')
  const [key = ''] = /^[^\s:,}]+/.exec(text.slice(offset)) ?? []
  return `duplicate key '${key}'`
}

function valueOf(document: Parsed, placeAt: (offset: number) => Place, report: Report): unknown {
  try {
    return document.toJS()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    report({severity: 'error', place: placeAt(document.range[0]), message: `cannot be read: ${message}`})
    return undefined
  }
}

const locator =
  (document: Parsed, placeAt: (offset: number, what: string) => Place) =>
  (prefix: string): Locate =>
  (path, at = 'value') => {
    const words = [prefix, pathText(path)]
      .filter(word => word !== '')
      .join('.')
      .replaceAll('.[', '[')
    return placeAt(offsetOf(document, path, at) ?? document.range[0], words)
  }

/** The start of the value at a path, or of its key, or of the nearest mapping or list around it in the text. */
function offsetOf(document: Parsed, path: Path, at: 'key' | 'value'): number | undefined {
  const key = path.at(-1)
  const parent = nodeAt(document, path.slice(0, -1))
  const pair = isMap(parent)
    ? parent.items.find(item => isNode(item.key) && String(item.key) === String(key))
    : undefined
  if (at === 'key' && isNode(pair?.key)) return pair.key.range?.[0]
  const node = nodeAt(document, path)
  if (isNode(node)) return node.range?.[0]
  return path.length === 0 ? undefined : offsetOf(document, path.slice(0, -1), 'value')
}

function nodeAt(document: Parsed, path: Path): unknown {
  const node = path.length === 0 ? document.contents : document.getIn(path, true)
  return isAlias(node) ? undefined : node
}
