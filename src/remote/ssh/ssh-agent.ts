import type ssh2 from 'ssh2'
import type {BaseAgent, IdentityCallback, ParsedKey, SignCallback, SigningRequestOptions} from 'ssh2'

type Ssh2 = typeof ssh2

export interface AgentWatch {
  /** Which keys may be offered; undefined offers all. */
  readonly allowed: readonly Buffer[] | undefined
  readonly seen: (count: number) => void
}

/** The user's agent, offering only the keys allowed (IdentitiesOnly) and telling how many there were. */
export const watchedAgent = (library: Ssh2, socket: string, {allowed, seen}: AgentWatch): BaseAgent => {
  const inner: BaseAgent = library.createAgent(socket)
  const blob = (key: ParsedKey | Buffer | string): Buffer | undefined => {
    if (Buffer.isBuffer(key)) return key
    if (typeof key !== 'string') return key.getPublicSSH()
    const parsed = library.utils.parseKey(key)
    return parsed instanceof Error ? undefined : parsed.getPublicSSH()
  }
  const mayOffer = (entry: Parameters<typeof bare>[0]): boolean => {
    const own = blob(bare(entry))
    return allowed === undefined || (own !== undefined && allowed.some(a => a.equals(own)))
  }
  class WatchedAgent extends library.BaseAgent {
    getIdentities(done: IdentityCallback): void {
      inner.getIdentities((error, keys) => {
        const offered = keys?.filter(mayOffer)
        if (offered !== undefined) seen(offered.length)
        done(error, offered)
      })
    }
    sign(
      key: ParsedKey | Buffer | string,
      data: Buffer,
      options: SigningRequestOptions | SignCallback,
      done?: SignCallback,
    ): void {
      if (typeof options === 'function') inner.sign(key, data, options)
      else if (done !== undefined) inner.sign(key, data, options, done)
    }
  }
  return new WatchedAgent()
}

type Key = ParsedKey | Buffer | string

const bare = (entry: Key | {readonly pubKey: Key | {readonly pubKey: Key}}): Key => {
  if (typeof entry === 'string' || !('pubKey' in entry)) return entry
  return bare(entry.pubKey)
}
