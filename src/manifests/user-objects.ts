import {parseAllDocuments} from 'yaml'
import {KadmError} from '../domain/errors.ts'
import type {KubeObject} from './kube-object.ts'

/** The Kubernetes objects of a YAML text that a user brings; empty documents are passed over, a List is opened. */
export function userObjects(text: string, source: string): readonly KubeObject[] {
  return parseAllDocuments(text).flatMap((document, i) => {
    const [error] = document.errors
    if (error !== undefined) throw new KadmError('config', `${source}: document ${String(i + 1)}: ${error.message}`)
    const value: unknown = document.toJS()
    if (value === null || value === undefined) return []
    return (isList(value) ? value.items : [value]).map(object => {
      if (isObject(object)) return object
      throw new KadmError('config', `${source}: document ${String(i + 1)} is not a Kubernetes object`, {
        hint: 'each needs apiVersion, kind and metadata.name',
      })
    })
  })
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

const isList = (value: unknown): value is {readonly items: readonly unknown[]} =>
  isRecord(value) && value['kind'] === 'List' && Array.isArray(value['items'])

const isObject = (value: unknown): value is KubeObject =>
  isRecord(value) &&
  typeof value['apiVersion'] === 'string' &&
  typeof value['kind'] === 'string' &&
  isRecord(value['metadata']) &&
  typeof value['metadata']['name'] === 'string'
