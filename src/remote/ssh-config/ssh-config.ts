import {isAbsolute, join} from 'node:path'
import {KadmError} from '../../domain/errors.ts'
import type {LocalMachine} from '../local/local-machine.ts'
import {expandHome, expandTokens} from './ssh-tokens.ts'
import {splitWords} from './ssh-words.ts'

/** One line of an ssh_config file; ssh's keywords are alike in any case. */
export interface ConfigLine {
  readonly keyword: string
  readonly words: readonly string[]
  /** All after the keyword, for those that take a whole command. */
  readonly rest: string
  /** `~/.ssh/config line 3`, for messages. */
  readonly place: string
  /** The files that an Include line brings in. */
  readonly included: readonly ConfigText[]
}

export type ConfigText = readonly ConfigLine[]

/** The user's file before the system's, as ssh reads them. */
export type SshConfig = readonly ConfigText[]

const DEEPEST_INCLUDE = 16

/** The user's config and the system's, with what they include. */
export async function readSshConfig(localMachine: LocalMachine): Promise<SshConfig> {
  const userFolder = join(localMachine.home, '.ssh')
  return await Promise.all([
    readConfig({path: join(userFolder, 'config'), folder: userFolder, localMachine, depth: 0}),
    readConfig({path: '/etc/ssh/ssh_config', folder: '/etc/ssh', localMachine, depth: 0}),
  ])
}

interface Reading {
  readonly path: string
  /** Where relative names of included files are. */
  readonly folder: string
  readonly localMachine: LocalMachine
  readonly depth: number
}

async function readConfig(reading: Reading): Promise<ConfigText> {
  const {path, localMachine, depth} = reading
  const lines = parseConfig(
    (await (depth === 0 ? localMachine.readText(path) : localMachine.readIncluded(path))) ?? '',
    path,
  )
  return await Promise.all(
    lines.map(async line => {
      if (line.keyword !== 'include') return line
      if (depth >= DEEPEST_INCLUDE)
        throw new KadmError(
          'config',
          `${line.place}: Include lines are nested more than ${String(DEEPEST_INCLUDE)} levels deep`,
          {
            hint: 'remove the Include line that leads back to an earlier file',
          },
        )
      return {...line, included: await includedBy(line, reading)}
    }),
  )
}

async function includedBy({words, place}: ConfigLine, reading: Reading): Promise<readonly ConfigText[]> {
  const {folder, localMachine, depth} = reading
  const own = {d: localMachine.home, u: localMachine.user, i: String(localMachine.uid), l: localMachine.hostName}
  const paths: string[] = []
  for (const word of words) {
    const pattern = expandTokens(await expandHome(word, localMachine), {tokens: own, localMachine, place})
    paths.push(...(await localMachine.matching(isAbsolute(pattern) ? pattern : join(folder, pattern))))
  }
  return await Promise.all(paths.map(path => readConfig({...reading, path, depth: depth + 1})))
}

const KEYWORD = /^[\s\f]*"?([A-Za-z0-9]+)"?(?:[\s\f]*=[\s\f]*|[\s\f]+|$)(.*)$/
/** These use the rest of the line unchanged, and handle their quotes themselves. */
const WHOLE_LINE = new Set(['proxycommand', 'localcommand', 'remotecommand', 'knownhostscommand', 'proxyjump'])

/** Pure: the lines of an ssh_config text; `path` is for messages. What a file includes is not read here. */
export function parseConfig(text: string, path: string): ConfigText {
  return text.split('\n').flatMap((raw, i): readonly ConfigLine[] => {
    const line = raw.replace(/[\s\f]+$/, '')
    const [, name, rest = ''] = KEYWORD.exec(line) ?? []
    if (name === undefined) return []
    const keyword = name.toLowerCase()
    const place = `${path} line ${String(i + 1)}`
    const words = WHOLE_LINE.has(keyword) ? [rest] : splitWords(rest)
    if (words === undefined)
      throw new KadmError('config', `${place}: missing closing quotation mark`, {
        hint: 'add the quotation mark; ssh refuses this line too',
        evidence: line.trim(),
      })
    return [{keyword, words, rest, place, included: []}]
  })
}

/** A configuration from one text that includes nothing. */
export const sshConfigOf = (text: string, path = 'the ssh config'): SshConfig => [parseConfig(text, path)]
