import {setTimeout as after} from 'node:timers/promises'
import {ApiError} from './api-error.ts'
import {isObject, listAt, textAt} from './json.ts'
import {groupPath, knownResource, type ObjectLike, type ApiResource} from './kinds.ts'
import {readObject} from './read-object.ts'
import type {CallOptions, Requester} from './requester.ts'

export type RestMapper = (object: ObjectLike, options?: CallOptions) => Promise<ApiResource>

/** The API serves a kind a moment after its CustomResourceDefinition was applied. */
const SERVED_WITHIN_MS = 5_000
const PAUSE_MS = 200

/** Places of foreign kinds are asked for once and kept as long as the client. */
export function restMapper(requests: Requester): RestMapper {
  const found = new Map<string, ApiResource>()
  return async (object, options) => {
    const {apiVersion, kind} = object
    const known = knownResource(apiVersion, kind) ?? found.get(`${apiVersion} ${kind}`)
    if (known !== undefined) return known
    const place = await discover(requests, object, options)
    found.set(`${apiVersion} ${kind}`, place)
    return place
  }
}

async function discover(requests: Requester, object: ObjectLike, options?: CallOptions): Promise<ApiResource> {
  const {apiVersion, kind} = object
  const budget = AbortSignal.timeout(Math.min(SERVED_WITHIN_MS, options?.retryForMs ?? SERVED_WITHIN_MS))
  for (;;) {
    const place = await placeAmong(requests, object, options)
    if (place !== undefined) return place
    if (budget.aborted || options?.retryForMs === 0) break
    await after(PAUSE_MS, undefined, {signal: budget}).catch(() => undefined)
  }
  throw new ApiError(
    {status: 404, reason: 'NoSuchKind'},
    `could not ${doingOf(object)}: the cluster does not know this kind`,
    {
      hint: `apply its CustomResourceDefinition before ${kind} ${object.metadata.name}, or check '${apiVersion}'`,
    },
  )
}

async function placeAmong(
  requests: Requester,
  object: ObjectLike,
  options?: CallOptions,
): Promise<ApiResource | undefined> {
  const {apiVersion, kind} = object
  const doing = doingOf(object)
  const path = groupPath(apiVersion)
  const answer = await requests.call({...options, method: 'GET', path, doing, idempotent: true, allow: [404]})
  if (answer.status === 404) return undefined
  const plural = listAt(readObject({doing}, answer), 'resources')
    .filter(isObject)
    .find(one => one['kind'] === kind && textAt(one, 'name')?.includes('/') === false)
  if (plural === undefined) return undefined
  return {apiVersion, plural: textAt(plural, 'name') ?? '', namespaced: plural['namespaced'] === true}
}

const doingOf = ({apiVersion, kind}: ObjectLike): string => `find the kind ${kind} of ${apiVersion}`
