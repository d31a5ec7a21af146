import {applyPatch, type Operation} from 'rfc6902'
import {isMapping} from '../domain/mapping.ts'

const OPERATIONS = ['add', 'remove', 'replace', 'move', 'copy', 'test']

const isOperation = (value: unknown): value is Operation =>
  isMapping(value) &&
  typeof value['op'] === 'string' &&
  OPERATIONS.includes(value['op']) &&
  typeof value['path'] === 'string' &&
  (typeof value['from'] === 'string' || !['move', 'copy'].includes(value['op']))

/** Applies a JSON patch (RFC 6902) to a copy; throws for an operation that does not fit the document. */
export function jsonPatch(document: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw new Error('a patch of type json must be a list of operations')
  const result: unknown = structuredClone(document)
  for (const operation of patch as readonly unknown[]) {
    if (!isOperation(operation))
      throw new Error(`an operation must be a mapping with a path, and op must be one of ${OPERATIONS.join(', ')}`)
    const [failure] = applyPatch(result, [operation])
    if (failure instanceof Error) throw new Error(`cannot ${operation.op} ${operation.path}: ${failure.message}`)
  }
  return result
}
