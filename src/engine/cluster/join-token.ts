import type {Clock} from '../../domain/clock.ts'
import type {Sink} from '../../domain/events.ts'
import type {KubeClient} from '../../kube/client.ts'
import {tokenText} from '../../domain/bootstrap-token.ts'
import {DEFAULT_TOKEN, generateToken, tokenCreate, tokenDelete, tokenList} from '../../kube/tokens.ts'
import {joinTokenDescription, nodeOf} from './join-token-description.ts'
import {once} from '../hosts/once.ts'

/** Long enough for the slowest join; the token of a run that was killed expires by itself. */
const TTL_MS = 15 * 60_000
/** Reads and cleanups do not wait for an API that does not answer. */
const AT_ONCE = {retryForMs: 0, timeoutMs: 5_000} as const

/** Bootstrap tokens, one for each node that joins. */
export interface JoinTokens {
  /** The token of this node, created at the first call. */
  readonly create: (node: string) => Promise<string>
  /** Whether a token for this node is valid, from this run or an interrupted one. Throws the errors of the API. */
  readonly isLeft: (node: string) => Promise<boolean>
  /** Deletes the tokens for this node. A failure becomes a warning, and this run does not retry it. */
  readonly revoke: (node: string) => Promise<void>
  /** Deletes every token that this run created and that still exists. */
  readonly revokeAll: () => Promise<void>
}

export interface JoinTokenOptions {
  readonly api: () => Promise<KubeClient>
  readonly clock: Clock
  readonly random: (bytes: number) => Buffer
  readonly emit: Sink
  /** The run, named as in its leases. */
  readonly holder: string
}

export function joinTokens(options: JoinTokenOptions): JoinTokens {
  /** Token ids by node, and the text of the tokens that this run created. */
  const made = new Map<string, {readonly id: string; readonly text: Promise<string>}>()
  const strayOf = strayTokens(options)
  const gone = new Set<string>()
  const remove = async (node: string, id: string): Promise<void> => {
    if (gone.has(id)) return
    gone.add(id)
    await deleteToken(options, node, id)
  }
  const revoke = async (node: string): Promise<void> => {
    const own = made.get(node)
    made.delete(node)
    const stray = await strayOf(node).catch(() => [])
    await Promise.all([...new Set([...(own === undefined ? [] : [own.id]), ...stray])].map(id => remove(node, id)))
  }
  return {
    revoke,
    revokeAll: async () => {
      await Promise.all([...made].map(([node, {id}]) => remove(node, id)))
      made.clear()
    },
    isLeft: async node => made.has(node) || (await strayOf(node)).some(id => !gone.has(id)),
    create: node => {
      const known = made.get(node)
      if (known !== undefined) return known.text
      const token = generateToken(options.random)
      const text = createToken(options, node, token)
      // Also when the answer was lost: the API may have stored the token, so it stays on the list of tokens to
      // delete.
      made.set(node, {id: token.id, text})
      return text.catch(async (error: unknown) => {
        await revoke(node)
        throw error
      })
    },
  }
}

/**
 * The ids of the valid tokens for a node. The lease of a node lets only one run at a time join it, so a token that
 * another run left for it belongs to a run that ended.
 */
function strayTokens({api, clock}: JoinTokenOptions): (node: string) => Promise<readonly string[]> {
  /** Grouped once, because every node needs them. */
  const listed = once(async () => {
    const now = clock.now()
    const all = await tokenList(await api(), AT_ONCE)
    const valid = all.filter(({expiresAt}) => expiresAt === undefined || expiresAt > now)
    return Map.groupBy(valid, ({description}) => nodeOf(description))
  })
  return async node => ((await listed()).get(node) ?? []).map(({token}) => token.id)
}

async function createToken(
  {api, clock, holder}: JoinTokenOptions,
  node: string,
  token: ReturnType<typeof generateToken>,
): Promise<string> {
  const spec = {...DEFAULT_TOKEN, ttlMs: TTL_MS, description: joinTokenDescription(node, holder)}
  await tokenCreate(await api(), token, spec, {now: clock.now(), retryForMs: 60_000})
  return tokenText(token)
}

/** A failure is a warning: the token expires by itself. */
async function deleteToken({api, clock, emit}: JoinTokenOptions, node: string, id: string): Promise<void> {
  try {
    await tokenDelete(await api(), id, {...AT_ONCE, retryForMs: 3_000})
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const message = `could not delete the join token ${id}, which is valid for up to 15 minutes (${why}); delete it: kadm token delete ${id}`
    emit({type: 'warning', host: node, message, at: clock.now()})
  }
}
