import {ApiError} from '../../kube/api-error.ts'
import type {KubeClient} from '../../kube/client.ts'
import type {CallOptions} from '../../kube/requester.ts'
import {parseToken} from '../../domain/bootstrap-token.ts'
import {tokenCreate, tokenList, type TokenSpec} from '../../kube/tokens.ts'
import type {ResourceBase} from '../core/kind.ts'
import type {Operation} from '../core/operation.ts'
import {apiLook, AT_ONCE} from './api-look.ts'

/** A bootstrap token that the file names, until it expires. One with the same id is left as it is. */
export interface BootstrapTokenResource extends ResourceBase {
  readonly kind: 'bootstrap-token'
  /** `id.secret`; only the id is ever shown. */
  readonly token: string
  readonly description: string | undefined
  readonly usages: TokenSpec['usages']
  readonly groups: readonly string[]
  /** How long it is valid once created; undefined: until `expires`, or without an end. */
  readonly ttlMs: number | undefined
  /** RFC 3339. */
  readonly expires: string | undefined
}

export const bootstrapToken = (
  wanted: Omit<BootstrapTokenResource, 'kind' | 'id' | 'why'>,
): BootstrapTokenResource => ({
  kind: 'bootstrap-token',
  id: `bootstrap-token:${idOf(wanted.token)}`,
  why: 'the file names a token with which machines may join',
  ...wanted,
})

const idOf = (token: string): string => token.slice(0, 6)

async function difference(
  api: KubeClient,
  {token, expires}: BootstrapTokenResource,
  {now, ...options}: CallOptions & {readonly now: number},
): Promise<string | undefined> {
  if (expires !== undefined && Date.parse(expires) <= now) return undefined
  const all = await tokenList(api, options)
  return all.some(({token: known}) => known.id === idOf(token)) ? undefined : 'is missing'
}

export const bootstrapTokenOperation: Operation<BootstrapTokenResource> = {
  look: (resource, context) =>
    apiLook(context, api => difference(api, resource, {...AT_ONCE, now: context.clock.now()})),
  act: async (resource, context) => {
    const api = await context.api()
    const now = context.clock.now()
    const patient = {signal: context.signal, retryForMs: 60_000}
    if ((await difference(api, resource, {...patient, now})) === undefined) return 'unchanged'
    const token = parseToken(resource.token)
    if (token === undefined) throw new Error(`the token ${idOf(resource.token)} was not checked`)
    const {description, usages, groups, expires} = resource
    const ttlMs = expires === undefined ? resource.ttlMs : Date.parse(expires) - now
    try {
      await tokenCreate(api, token, {ttlMs, description, usages, groups}, {...patient, now})
    } catch (error) {
      // A request whose answer was lost is repeated, and may have created it.
      if (error instanceof ApiError && error.status === 409) return 'changed'
      throw error
    }
    return 'changed'
  },
}
