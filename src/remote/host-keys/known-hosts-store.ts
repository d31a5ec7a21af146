import pLimit from 'p-limit'
import type {SshTarget} from '../../domain/cluster.ts'
import {nameOf} from './host-key-check.ts'
import {keysFor, knownHostsLine, parseKnownHosts} from './known-hosts.ts'
import type {LocalMachine} from '../local/local-machine.ts'
import {routeTo, type Hop} from '../ssh/route.ts'
import type {SshConfig} from '../ssh-config/ssh-config.ts'

/** A host key that a machine reported over a verified connection. */
export interface TrustedKey {
  readonly type: string
  /** The key's own bytes, base64. */
  readonly blob: string
}

export interface KnownHostsStore {
  /** Trusts these keys of the machine from now on, in addition to those that are trusted already. */
  readonly learn: (target: SshTarget, keys: readonly TrustedKey[]) => Promise<void>
  /** Trusts only these keys of the machine; returns the lines that you must remove yourself, as `file:line`. */
  readonly keepOnly: (target: SshTarget, keys: readonly TrustedKey[]) => Promise<readonly string[]>
  /** Whether the machine is reached through another one. */
  readonly isBehindJump: (target: SshTarget) => Promise<boolean>
  /** The port its SSH server is asked at. */
  readonly portOf: (target: SshTarget) => Promise<number>
}

/** The user's known_hosts file, as the ssh config or `--known-hosts` names it. */
export function knownHostsStore(localMachine: LocalMachine, config: SshConfig): KnownHostsStore {
  const routeOf = (target: SshTarget): Promise<readonly Hop[]> => routeTo(target, config, localMachine)
  const hopOf = async (target: SshTarget): Promise<Hop> => {
    const hop = (await routeOf(target)).at(-1)
    if (hop === undefined) throw new Error('a route has at least one hop')
    return hop
  }
  // Each reads a file and writes it again, for one machine of many.
  const oneAtATime = pLimit(1)
  const learn = async (hop: Hop, keys: readonly TrustedKey[]): Promise<void> => {
    const [file] = hop.knownHostsFiles
    if (file === undefined) return
    const known = keysFor(parseKnownHosts((await localMachine.readText(file)) ?? '', file), nameOf(hop))
    for (const {type, blob} of keys) {
      const key = Buffer.from(blob, 'base64')
      if (!known.some(k => k.key.equals(key)))
        await localMachine.appendLine(file, knownHostsLine(nameOf(hop), type, key))
    }
  }
  return {
    learn: async (target, keys) => {
      const hop = await hopOf(target)
      await oneAtATime(() => learn(hop, keys))
    },
    keepOnly: async (target, keys) => {
      const hop = await hopOf(target)
      const left = await Promise.all(
        hop.knownHostsFiles.map(file => oneAtATime(() => keepOnlyIn(file, nameOf(hop), keys, localMachine))),
      )
      return left.flat()
    },
    isBehindJump: async target => (await routeOf(target)).length > 1,
    portOf: async target => (await hopOf(target)).port,
  }
}

async function keepOnlyIn(
  file: string,
  name: string,
  keys: readonly TrustedKey[],
  localMachine: LocalMachine,
): Promise<readonly string[]> {
  const text = await localMachine.readText(file)
  if (text === undefined) return []
  const kept = keys.map(({blob}) => Buffer.from(blob, 'base64'))
  const stale = keysFor(parseKnownHosts(text, file), name).filter(
    ({key, revoked}) => !revoked && !kept.some(k => k.equals(key)),
  )
  if (stale.length === 0) return []
  const lines = text.split('\n')
  const edited = new Map(stale.map(({line, names}) => [line - 1, withoutName(lines[line - 1] ?? '', names, name)]))
  const next = lines.flatMap((line, i) => {
    const edit = edited.get(i)
    if (edit === undefined || edit === 'by hand') return [line]
    return edit === '' ? [] : [edit]
  })
  await localMachine.replaceText(file, next.join('\n'))
  return stale.filter(({line}) => edited.get(line - 1) === 'by hand').map(({line}) => `${file}:${String(line)}`)
}

/** The line for its other names; empty when it has none. A pattern may match other machines too, so only you can change it. */
function withoutName(line: string, names: string, name: string): string {
  if (names.startsWith('|1|')) return ''
  const all = names.split(',')
  const others = all.filter(other => other.toLowerCase() !== name)
  if (others.length === all.length) return 'by hand'
  return others.length === 0 ? '' : line.replace(names, others.join(','))
}
