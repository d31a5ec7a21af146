import type {KubeClient} from '../../kube/client.ts'
import {tokenDelete, tokenList} from '../../kube/tokens.ts'
import type {Holder} from '../lease/held.ts'
import {makerOf} from './join-token-description.ts'

export interface OldTokens {
  readonly holder: Holder
  /** The earlier holders of the leases that this run holds now: tokens that they created are no longer needed. */
  readonly replaced: readonly string[]
  readonly warn: (message: string) => void
}

/**
 * Deletes the join tokens of runs that were killed; keeps those of a run that may be alive. Returns the deleted
 * ids.
 */
export async function removeOldTokens(
  api: KubeClient,
  {holder, replaced, warn}: OldTokens,
): Promise<readonly string[]> {
  const before = new Set(replaced)
  const isDead = (maker: string): boolean => maker !== holder.text && (before.has(maker) || holder.isGone(maker))
  const tokens = await tokenList(api, {retryForMs: 0})
  const old = tokens.filter(({description}) => {
    const maker = makerOf(description)
    return maker !== undefined && isDead(maker)
  })
  const gone = await Promise.all(
    old.map(async ({token: {id}}) => {
      try {
        await tokenDelete(api, id)
        return [id]
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        warn(
          `could not delete the join token ${id} of an interrupted run (${reason}); delete it: kadm token delete ${id}`,
        )
        return []
      }
    }),
  )
  return gone.flat()
}
