import {ApiError} from '../../../src/kube/api-error.ts'
import type {KubeClient} from '../../../src/kube/client.ts'
import type {ApiObject} from '../../../src/kube/json.ts'
import {knownResource, objectPath, type ObjectLike} from '../../../src/kube/kinds.ts'

export const refused = (status: number, reason: string): ApiError =>
  new ApiError({status, reason}, `could not: ${reason}`)

export interface FakeKube extends KubeClient {
  /** 'get /api/v1/…', newest last. */
  readonly asked: readonly string[]
  readonly objects: Map<string, ApiObject>
}

const pathOf = (object: ObjectLike): string => {
  const place = knownResource(object.apiVersion, object.kind)
  if (place === undefined) throw new Error(`no place for ${object.kind}`)
  return objectPath(place, object.metadata.name, object.metadata.namespace)
}

const asApiObject = (object: object): ApiObject => JSON.parse(JSON.stringify(object)) as ApiObject

/** The API as a map of objects by path; what a test does not name fails. */
export function fakeKube(objects: Readonly<Record<string, object>> = {}, changes: Partial<KubeClient> = {}): FakeKube {
  const asked: string[] = []
  const stored = new Map(Object.entries(objects).map(([path, object]) => [path, asApiObject(object)]))
  const none = (name: string) => () => Promise.reject(new Error(`no rule for ${name}`))
  const client: KubeClient = {
    endpoint: {host: '10.0.0.10', port: 6443, trust: 'unverified', credentials: {kind: 'anonymous'}},
    get: path => Promise.resolve(stored.get(path)),
    apply: object => {
      stored.set(pathOf(object), asApiObject(object))
      return Promise.resolve(asApiObject(object))
    },
    create: object => {
      if (stored.has(pathOf(object))) return Promise.reject(refused(409, 'AlreadyExists'))
      stored.set(pathOf(object), asApiObject(object))
      return Promise.resolve(asApiObject(object))
    },
    pathOf: object => Promise.resolve(pathOf(object)),
    list: none('list'),
    patch: none('patch'),
    delete: none('delete'),
    getText: none('getText'),
    raw: none('raw'),
    exec: none('exec'),
    withTimeouts: () => client,
    close: () => Promise.resolve(),
    ...changes,
  }
  return {
    ...client,
    asked,
    objects: stored,
    get: (path, options) => {
      asked.push(`get ${path}`)
      return client.get(path, options)
    },
    apply: (object, options) => {
      asked.push(`apply ${pathOf(object)}`)
      return client.apply(object, options)
    },
    create: (object, options) => {
      asked.push(`create ${pathOf(object)}`)
      return client.create(object, options)
    },
    patch: (path, body, type, options) => {
      asked.push(`patch ${path} ${type} ${JSON.stringify(body)}`)
      return client.patch(path, body, type, options)
    },
  }
}
