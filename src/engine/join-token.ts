import type {Clock} from '../domain/clock.ts'
import {tokenText} from '../kube/signature.ts'
import type {KubeClient} from '../kube/client.ts'
import {DEFAULT_TOKEN, generateToken, tokenCreate, tokenDelete} from '../kube/tokens.ts'

/** Long enough for the slowest join; a run that is killed leaves a token that dies by itself. */
const TTL_MS = 15 * 60_000
const DESCRIPTION = 'kadm: for one join, taken back after it'

export interface JoinToken {
  readonly mint: () => Promise<string>
  /** Takes back the token of this run, if it made one. */
  readonly takeBack: () => Promise<void>
}

export function joinToken(api: () => Promise<KubeClient>, clock: Clock, random: (bytes: number) => Buffer): JoinToken {
  let minted: string | undefined
  return {
    mint: async () => {
      const client = await api()
      const token = generateToken(random)
      minted = token.id
      await tokenCreate(
        client,
        token,
        {...DEFAULT_TOKEN, ttlMs: TTL_MS, description: DESCRIPTION},
        {now: clock.now(), retryForMs: 60_000},
      )
      return tokenText(token)
    },
    takeBack: async () => {
      if (minted !== undefined) await tokenDelete(await api(), minted)
    },
  }
}
