import type {KubeClient} from '../../../src/kube/client.ts'
import {isObject, listAt, textAt, textsAt, type ApiObject} from '../../../src/kube/json.ts'
import {fakeKube, refused} from '../../resources/cluster/fake-kube.ts'
import type {Life} from './life.ts'

const asApiObject = (object: unknown): ApiObject => JSON.parse(JSON.stringify(object)) as ApiObject

/** The objects of an API server that outlives every run. */
export interface StoredApi {
  readonly objects: Map<string, ApiObject>
  /** Whether a budget forbids the next eviction; `then` happens at that one, and the budget allows it afterwards. */
  readonly refuseEvictions: (isRefused: boolean, then?: () => void) => void
  readonly client: (life: Life) => KubeClient
}

/** Merges what a patch of kadm names: labels, annotations, taints and other fields of a spec, data. */
function merged(live: ApiObject, patch: ApiObject): ApiObject {
  const metadata = {
    ...(isObject(live['metadata']) ? live['metadata'] : {}),
    ...(isObject(patch['metadata']) ? patch['metadata'] : {}),
    labels: {...textsAt(live, 'metadata', 'labels'), ...textsAt(patch, 'metadata', 'labels')},
  }
  const spec = {...(isObject(live['spec']) ? live['spec'] : {}), ...(isObject(patch['spec']) ? patch['spec'] : {})}
  return {...live, metadata, spec}
}

/** Keeps objects by their paths, with versions, so that of two writers only one takes the lease of the cluster. */
export function storedApi(first: Readonly<Record<string, object>> = {}): StoredApi {
  const objects = new Map(Object.entries(first).map(([path, object]) => [path, asApiObject(object)]))
  let version = 1
  let isRefused = false
  let atRefusal: (() => void) | undefined
  const store = (path: string, object: ApiObject): ApiObject => {
    version += 1
    const metadata = isObject(object['metadata']) ? object['metadata'] : {}
    const stored = {...object, metadata: {...metadata, resourceVersion: String(version)}}
    objects.set(path, stored)
    return stored
  }
  const versionOf = (object: unknown): string | undefined => textAt(object, 'metadata', 'resourceVersion')
  const listed = (path: string): readonly ApiObject[] => {
    const [collection = '', selection = ''] = path.split('?')
    const node = /spec\.nodeName(?:%3D|=)([\w-]+)/.exec(selection)?.[1]
    return [...objects]
      .filter(([own]) =>
        collection === '/api/v1/pods'
          ? /^\/api\/v1\/namespaces\/[^/]+\/pods\//.test(own)
          : own.startsWith(`${collection}/`),
      )
      .map(([, object]) => object)
      .filter(object => node === undefined || textAt(object, 'spec', 'nodeName') === node)
  }
  const plain = fakeKube()
  return {
    objects,
    refuseEvictions: (refused, then) => {
      isRefused = refused
      atRefusal = then
    },
    client: life => {
      const client: KubeClient = {
        ...plain,
        get: path => life.call(() => objects.get(path)),
        list: path => life.call(() => listed(path)),
        apply: object => life.call(async () => store(await plain.pathOf(object), asApiObject(object))),
        create: object =>
          life.call(async () => {
            const path = await plain.pathOf(object)
            if (objects.has(path)) throw refused(409, 'AlreadyExists')
            return store(path, asApiObject(object))
          }),
        patch: (path, body) =>
          life.call(() => {
            const live = objects.get(path)
            if (live === undefined) throw refused(404, 'NotFound')
            const patch = asApiObject(body)
            if (![undefined, versionOf(live)].includes(versionOf(patch))) throw refused(409, 'Conflict')
            return store(path, merged(live, patch))
          }),
        delete: path => life.call(() => objects.delete(path)),
        raw: ({path, body}) =>
          life.call(() => {
            const pod = path.replace(/\/eviction$/, '')
            if (pod !== path && isRefused) {
              isRefused = atRefusal === undefined
              atRefusal?.()
              return {status: 429, text: '{"message":"Cannot evict pod as it would violate the disruption budget"}'}
            }
            const wanted = textAt(body, 'preconditions', 'resourceVersion')
            if (![undefined, versionOf(objects.get(pod))].includes(wanted)) return {status: 409, text: '{}'}
            return {status: objects.delete(pod) ? 201 : 404, text: '{}'}
          }),
        withTimeouts: () => client,
      }
      return client
    },
  }
}

/** Names of the taints of a node. */
export const taintsOf = (node: ApiObject | undefined): readonly string[] =>
  listAt(node ?? {}, 'spec', 'taints').flatMap(taint => textAt(taint, 'key') ?? [])
