import type {Clock} from '../domain/clock.ts'
import {tokenText} from '../kube/signature.ts'
import type {KubeClient} from '../kube/client.ts'
import {joinTokenDescription} from './old-tokens.ts'
import {DEFAULT_TOKEN, generateToken, tokenCreate, tokenDelete} from '../kube/tokens.ts'

/** Long enough for the slowest join; a run that is killed leaves a token that dies by itself. */
const TTL_MS = 15 * 60_000

export interface JoinToken {
  readonly mint: () => Promise<string>
  /** Takes back the token of this run, if it made one. */
  readonly takeBack: () => Promise<void>
}

/** `holder` names the run, for whoever finds the token later. */
export function joinToken(
  api: () => Promise<KubeClient>,
  {clock, random, holder}: {readonly clock: Clock; readonly random: (bytes: number) => Buffer; readonly holder: string},
): JoinToken {
  let minted: string | undefined
  return {
    mint: async () => {
      const client = await api()
      const token = generateToken(random)
      minted = token.id
      await tokenCreate(
        client,
        token,
        {...DEFAULT_TOKEN, ttlMs: TTL_MS, description: joinTokenDescription(holder)},
        {now: clock.now(), retryForMs: 60_000},
      )
      return tokenText(token)
    },
    takeBack: async () => {
      if (minted !== undefined) await tokenDelete(await api(), minted)
    },
  }
}
