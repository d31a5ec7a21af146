import type library from 'ssh2'
import type {AnyAuthMethod, AuthenticationType, ParsedKey} from 'ssh2'
import {KadmError} from '../../domain/errors.ts'
import {fingerprint} from '../host-keys/host-key.ts'
import type {LocalMachine} from '../local/local-machine.ts'
import {keyNeedsPassphrase} from './private-key.ts'
import type {Hop, KeyFile} from './route.ts'
import {watchedAgent} from './ssh-agent.ts'
import type {AuthAttempt} from './ssh-errors.ts'

type Ssh2 = typeof library

export interface Secrets {
  readonly password: string | undefined
  readonly passphrase: string | undefined
}

/** The login methods, one after the other, and the result of each. */
export interface LoginPlan {
  readonly next: (left: unknown) => AnyAuthMethod | false
  readonly tries: () => readonly AuthAttempt[]
  readonly offered: () => readonly string[]
  /** Says why the way under way did not work, in place of "refused". */
  readonly reasonFor: (outcome: string) => void
  readonly exhausted: () => boolean
}

interface AuthMethod {
  readonly type: AuthenticationType
  readonly label: string
  readonly method: AnyAuthMethod
}

interface KeyRead {
  readonly ways: readonly AuthMethod[]
  readonly tries: readonly AuthAttempt[]
  readonly public: Buffer | undefined
}

/** Reads the keys and puts the ways in order: a key named by hand, the agent, keys of the config and the usual ones, the password. */
export async function planLogin(
  ssh2: Ssh2,
  hop: Hop,
  secrets: Secrets,
  localMachine: LocalMachine,
): Promise<LoginPlan> {
  const username = hop.user
  const keys = await Promise.all(
    hop.keyFiles.map(async file => ({
      file,
      read: await readKey(ssh2, {file, username, passphrase: secrets.passphrase}, localMachine),
    })),
  )
  const ofGiven = keys.filter(k => k.file.from === 'given').flatMap(k => k.read.ways)
  const ofOthers = keys.filter(k => k.file.from !== 'given').flatMap(k => k.read.ways)
  const publics = keys.flatMap(k => (k.read.public === undefined ? [] : [k.read.public]))
  let agentKeys: number | undefined
  const agent = agentWay(ssh2, hop, {
    allowed: hop.identitiesOnly ? publics : undefined,
    seen: n => void (agentKeys = n),
  })
  const ways: readonly AuthMethod[] = [
    {type: 'none', label: 'no authentication', method: {type: 'none', username}},
    ...ofGiven,
    ...agent,
    ...ofOthers,
    ...passwordWays(username, secrets.password),
  ]
  const tries: AuthAttempt[] = keys.flatMap(k => k.read.tries)
  if (agent.length === 0) tries.push({method: 'agent', outcome: 'not available (SSH_AUTH_SOCK is not set)'})
  if (secrets.password === undefined) tries.push({method: 'password', outcome: 'none given'})
  const refusal = (way: AuthMethod): string =>
    way.label === 'agent' && agentKeys !== undefined ? `the server refused its ${String(agentKeys)} keys` : 'refused'
  return inOrder(ways, tries, refusal)
}

const inOrder = (
  ways: readonly AuthMethod[],
  tries: AuthAttempt[],
  refusal: (way: AuthMethod) => string,
): LoginPlan => {
  let at = 0
  let current: AuthMethod | undefined
  let blamed: string | undefined
  let exhausted = false
  let offered: readonly string[] = []
  const settle = (): void => {
    if (current !== undefined && current.type !== 'none')
      tries.push({method: current.label, outcome: blamed ?? refusal(current)})
    current = undefined
    blamed = undefined
  }
  const next = (left: unknown): AnyAuthMethod | false => {
    settle()
    if (Array.isArray(left) && left.length > 0) offered = left.map(String)
    for (let way = ways[at]; way !== undefined; way = ways[at]) {
      at += 1
      const type = way.type === 'agent' ? 'publickey' : way.type
      if (type === 'none' || offered.length === 0 || offered.includes(type)) {
        current = way
        return way.method
      }
      tries.push({method: way.label, outcome: 'not accepted by the server'})
    }
    exhausted = true
    return false
  }
  return {
    next,
    tries: () => (settle(), tries),
    offered: () => offered,
    reasonFor: outcome => void (blamed = outcome),
    exhausted: () => exhausted,
  }
}

const agentWay = (ssh2: Ssh2, hop: Hop, watch: Parameters<typeof watchedAgent>[2]): readonly AuthMethod[] =>
  hop.agentSocket === undefined
    ? []
    : [
        {
          type: 'agent',
          label: 'agent',
          method: {type: 'agent', username: hop.user, agent: watchedAgent(ssh2, hop.agentSocket, watch)},
        },
      ]

const passwordWays = (username: string, password: string | undefined): readonly AuthMethod[] =>
  password === undefined
    ? []
    : [
        {type: 'password', label: 'password', method: {type: 'password', username, password}},
        {
          type: 'keyboard-interactive',
          label: 'password (keyboard-interactive)',
          method: {
            type: 'keyboard-interactive',
            username,
            prompt: (...[, , , prompts, finish]) => finish(prompts.map(() => password)),
          },
        },
      ]

interface KeyQuery {
  readonly file: KeyFile
  readonly username: string
  readonly passphrase: string | undefined
}

async function readKey(
  ssh2: Ssh2,
  {file, username, passphrase}: KeyQuery,
  localMachine: LocalMachine,
): Promise<KeyRead> {
  const text = await (file.from === 'given' ? localMachine.readNamed(file.path) : localMachine.readText(file.path))
  const label = `key ${file.path}`
  if (text === undefined && file.from === 'given')
    throw new KadmError('config', `the key file ${file.path} does not exist`, {
      hint: 'correct keyFile, or remove it to use the default keys',
    })
  const publicKey = await readPublic(ssh2, file.path, localMachine)
  // The key itself may live in the agent only; its public half still says which one is meant.
  if (text === undefined)
    return {
      ways: [],
      tries: file.from === 'default' ? [] : [{method: label, outcome: 'no such file'}],
      public: publicKey,
    }
  const unusable = (outcome: string): KeyRead => ({ways: [], tries: [{method: label, outcome}], public: publicKey})
  const locked = keyNeedsPassphrase(text)
  if (locked && passphrase === undefined) return unusable('encrypted, and no passphrase was given')
  const parsed: ParsedKey | Error = ssh2.utils.parseKey(text, locked ? passphrase : undefined)
  if (parsed instanceof Error) return unusable(locked ? 'wrong passphrase' : `not readable: ${parsed.message}`)
  const shown = `${label} (${fingerprint(parsed.getPublicSSH())})`
  const method = {type: 'publickey', username, key: parsed} as const
  return {ways: [{type: 'publickey', label: shown, method}], tries: [], public: parsed.getPublicSSH()}
}

const readPublic = async (ssh2: Ssh2, path: string, localMachine: LocalMachine): Promise<Buffer | undefined> => {
  const text = await localMachine.readText(`${path}.pub`)
  if (text === undefined) return undefined
  const parsed = ssh2.utils.parseKey(text)
  return parsed instanceof Error ? undefined : parsed.getPublicSSH()
}
