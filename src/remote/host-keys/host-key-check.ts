import {KadmError} from '../../domain/errors.ts'
import {fingerprint, judgeHostKey, keyType, type HostKeyVerdict} from './host-key.ts'
import {knownHostsLine, knownHostsName, parseKnownHosts, type KnownKey} from './known-hosts.ts'
import type {LocalMachine} from '../local/local-machine.ts'
import type {Hop} from '../ssh/route.ts'

/** The question about a machine that kadm sees for the first time. */
export interface HostKeyQuestion {
  readonly host: string
  readonly address: string
  readonly port: number
  readonly type: string
  readonly fingerprint: string
  /** The known key types of this machine; check a machine that lost those keys. */
  readonly otherTypes: readonly string[]
}

export interface HostKeyPolicy {
  readonly acceptNew: boolean
  readonly ask: ((question: HostKeyQuestion) => Promise<boolean>) | undefined
}

const SYSTEM_FILE = '/etc/ssh/ssh_known_hosts'

/** The name under which a hop's key is kept. */
export const nameOf = (hop: Hop): string => hop.hostKeyAlias ?? knownHostsName(hop.address, hop.port)

/** All keys on file, the user's before the system's. */
export const readKnownHosts = async (hop: Hop, localMachine: LocalMachine): Promise<readonly KnownKey[]> => {
  const files = [...hop.knownHostsFiles, SYSTEM_FILE]
  return (await Promise.all(files.map(async f => parseKnownHosts((await localMachine.readText(f)) ?? '', f)))).flat()
}

export interface HostKeyCheck {
  readonly host: string
  readonly hop: Hop
  readonly known: readonly KnownKey[]
  readonly policy: HostKeyPolicy
  readonly localMachine: LocalMachine
}

/** Resolves when the key may be trusted, after it saved a new one; rejects with the reason otherwise. */
export async function checkHostKey(key: Buffer, check: HostKeyCheck): Promise<void> {
  const {host, hop, known} = check
  if (hop.hostKey !== undefined) {
    if (hop.hostKey.replace(/=+$/, '') !== fingerprint(key)) throw pinMismatch(host, hop, key)
    return
  }
  const verdict = judgeHostKey(known, nameOf(hop), key)
  if (verdict.is === 'known') return
  if (verdict.is === 'changed') throw changed(host, hop, key, verdict.known)
  if (verdict.is === 'revoked') throw revoked(host, hop, key)
  // As ssh does: a key kept without its port counts too, when it is the same.
  if (hop.hostKeyAlias === undefined && judgeHostKey(known, hop.address.toLowerCase(), key).is === 'known') return
  await acceptNew(key, check, verdict)
}

/** Saves a key that was trusted at another address for a machine's new address, if the ssh config and the file have none for it. */
export async function rememberHostKey(key: Buffer, hop: Hop, localMachine: LocalMachine): Promise<void> {
  const [file] = hop.knownHostsFiles
  if (hop.hostKey !== undefined || hop.hostKeyAlias !== undefined || file === undefined) return
  const verdict = judgeHostKey(await readKnownHosts(hop, localMachine), nameOf(hop), key)
  if (verdict.is === 'unknown' && verdict.otherTypes.length === 0)
    await localMachine.appendLine(file, knownHostsLine(nameOf(hop), keyType(key), key))
}

async function acceptNew(key: Buffer, check: HostKeyCheck, verdict: HostKeyVerdict & {is: 'unknown'}): Promise<void> {
  const {host, hop, policy, localMachine} = check
  const {otherTypes} = verdict
  const question = {
    host,
    address: hop.address,
    port: hop.port,
    type: keyType(key),
    fingerprint: fingerprint(key),
    otherTypes,
  }
  // A machine whose known keys are all gone is not simply new, so --accept-new-host-keys does not cover it.
  const accepted =
    (policy.acceptNew && otherTypes.length === 0) || (policy.ask !== undefined && (await policy.ask(question)))
  if (!accepted) throw refused(host, hop, question)
  const [file] = hop.knownHostsFiles
  if (file !== undefined) await localMachine.appendLine(file, knownHostsLine(nameOf(hop), keyType(key), key))
}

const shown = (key: Buffer): string => `${keyType(key)} ${fingerprint(key)}`

const forget = (hop: Hop, file: string): string => `ssh-keygen -R '${nameOf(hop)}' -f ${file}`

const changed = (host: string, hop: Hop, key: Buffer, known: readonly KnownKey[]): KadmError => {
  const files = [...new Set(known.map(k => k.file))]
  return new KadmError(
    'connect',
    `the host key of ${hop.address} has changed: either the machine was reinstalled, or another machine answers in its place`,
    {
      host,
      hint: `if you know that the machine was reinstalled, run ${files.map(f => forget(hop, f)).join(' && ')}; otherwise do not connect`,
      evidence: [
        ...known.map(k => `known:    ${shown(k.key)} (${k.file}:${String(k.line)})`),
        `received: ${shown(key)}`,
      ].join('\n'),
    },
  )
}

const revoked = (host: string, hop: Hop, key: Buffer): KadmError =>
  new KadmError('connect', `the host key of ${hop.address} is marked as revoked`, {
    host,
    hint: 'do not connect; create a new host key on the machine first',
    evidence: `received: ${shown(key)}`,
  })

const pinMismatch = (host: string, hop: Hop, key: Buffer): KadmError =>
  new KadmError('connect', `the host key of ${hop.address} does not match hostKey`, {
    host,
    hint: "read the correct fingerprint on the machine's console: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub",
    evidence: `expected: ${hop.hostKey ?? ''}\nreceived: ${shown(key)}`,
  })

const refused = (host: string, hop: Hop, question: HostKeyQuestion): KadmError => {
  const {type, otherTypes} = question
  const others =
    otherTypes.length === 0 ? '' : ` (only its ${otherTypes.join(', ')} key is known, which the machine no longer uses)`
  return new KadmError('connect', `the host key of ${hop.address} is not known${others}`, {
    host,
    hint:
      otherTypes.length === 0
        ? `compare the fingerprint with the one on the machine, then run the same command with --accept-new-host-keys, or set hostKey`
        : `if you know that the machine was reinstalled, run ${forget(hop, hop.knownHostsFiles[0] ?? '~/.ssh/known_hosts')}`,
    evidence: `received: ${type} ${question.fingerprint}`,
  })
}
