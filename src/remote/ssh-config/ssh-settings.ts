import {isAddress} from '../../domain/cidr.ts'
import {KadmError} from '../../domain/errors.ts'
import type {LocalMachine} from '../local/local-machine.ts'
import type {ConfigLine, ConfigText, SshConfig} from './ssh-config.ts'
import {matchCriteria, type MatchContext} from './ssh-match.ts'
import {expandTokens, commonTokens, type TokenSource} from './ssh-tokens.ts'
import {matchesPattern} from './ssh-words.ts'

/** The settings of the ssh config for one host, in kadm's terms; undefined for settings that it does not contain. Paths are as written. */
export interface SshSettings {
  readonly hostName: string | undefined
  readonly user: string | undefined
  readonly port: number | undefined
  readonly identityFiles: readonly string[]
  readonly identitiesOnly: boolean
  /** `none` turns the agent off. */
  readonly identityAgent: string | undefined
  readonly proxyJump: string | undefined
  readonly proxyCommand: string | undefined
  readonly userKnownHostsFiles: readonly string[] | undefined
  readonly hostKeyAlias: string | undefined
}

/** Settings of the user, which override every line. */
export interface Asked {
  readonly host: string
  readonly user: string | undefined
  readonly port: number | undefined
}

interface Found {
  /** First words by keyword, for the keywords below. */
  readonly values: Map<string, readonly string[]>
  readonly identityFiles: string[]
  wantsFinal: boolean
}

/** Keywords of which the first value counts; all their words are kept. */
const FIRST_COUNTS = new Set([
  'hostname',
  'user',
  'port',
  'identitiesonly',
  'identityagent',
  'userknownhostsfile',
  'hostkeyalias',
  'canonicalizehostname',
  'tag',
])
/** Of these two together, the first counts. */
const PROXY = new Set(['proxyjump', 'proxycommand'])

interface Pass {
  readonly asked: Asked
  readonly localMachine: LocalMachine
  readonly found: Found
  /** What Host lines are compared with. */
  readonly name: string
  readonly isFinal: boolean
}

/** Reads the settings for one host as ssh does, with a second pass where a `Match final` or the making of canonical names asks for it. */
export async function settingsFor(config: SshConfig, asked: Asked, localMachine: LocalMachine): Promise<SshSettings> {
  const found: Found = {values: new Map(), identityFiles: [], wantsFinal: false}
  if (asked.user !== undefined) found.values.set('user', [asked.user])
  if (asked.port !== undefined) found.values.set('port', [String(asked.port)])
  const pass = {asked, localMachine, found, name: asked.host, isFinal: false}
  for (const text of config) await apply(text, pass, true)
  const isCanonical = ['yes', 'always', 'true'].includes(first(found, 'canonicalizehostname')?.toLowerCase() ?? 'no')
  if (found.wantsFinal || isCanonical) {
    const name = lower(hostNameOf(found, asked) ?? asked.host)
    found.values.set('hostname', [name.replaceAll('%', '%%')])
    for (const text of config) await apply(text, {...pass, name, isFinal: true}, true)
  }
  return settingsOf(found, asked)
}

const lower = (host: string): string => (isAddress(host) ? host : host.toLowerCase())

const first = ({values}: Found, keyword: string): string | undefined => values.get(keyword)?.[0]

/** HostName takes `%h` and `%%` only. */
function hostNameOf(found: Found, {host}: Asked): string | undefined {
  const written = first(found, 'hostname')
  return written === undefined
    ? undefined
    : expandTokens(written, {tokens: {h: host}, localMachine: undefined, place: 'HostName in the SSH configuration'})
}

/** A Host or Match line of an included file ends with it, and counts only where the Include line does. */
async function apply(lines: ConfigText, pass: Pass, isIncluded: boolean): Promise<void> {
  let isActive = isIncluded
  for (const line of lines) {
    if (line.keyword === 'host') isActive = isIncluded && isHost(line, pass)
    else if (line.keyword === 'match') isActive = isIncluded && (await matchCriteria(line, contextOf(pass)))
    else if (isActive && line.keyword === 'include') for (const text of line.included) await apply(text, pass, true)
    else if (isActive) take(line, pass.found)
  }
}

const isHost = ({words}: ConfigLine, {name}: Pass): boolean =>
  !words.some(word => word.startsWith('!') && matchesPattern(name, word.slice(1))) &&
  words.some(word => !word.startsWith('!') && matchesPattern(name, word))

function take({keyword, words, rest, place}: ConfigLine, {values, identityFiles}: Found): void {
  const [word] = words
  if (word === undefined || word === '') return
  if (keyword === 'identityfile') {
    if (!identityFiles.includes(word)) identityFiles.push(word)
  } else if (PROXY.has(keyword)) {
    if (![...PROXY].some(name => values.has(name))) values.set(keyword, [withoutComment(keyword, rest)])
  } else if (FIRST_COUNTS.has(keyword) && !values.has(keyword)) {
    if (keyword === 'port' && !isPort(word)) throw notAPort(word, place)
    values.set(keyword, words)
  }
}

const withoutComment = (keyword: string, rest: string): string =>
  (keyword === 'proxyjump' ? rest.replace(/#.*$/s, '') : rest).trim()

const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535

const notAPort = (text: string, place: string): KadmError =>
  new KadmError('config', `${place}: '${text}' is not a port`, {hint: 'use a number from 1 to 65535'})

function contextOf({asked, localMachine, found, isFinal}: Pass): MatchContext {
  const source = (): TokenSource => ({
    localMachine,
    original: asked.host,
    host: hostNameOf(found, asked) ?? asked.host,
    port: Number(first(found, 'port') ?? 22),
    user: first(found, 'user') ?? localMachine.user,
    hostKeyAlias: first(found, 'hostkeyalias'),
    jump: first(found, 'proxyjump'),
  })
  return {
    localMachine,
    isFinal,
    source,
    tag: first(found, 'tag') ?? '',
    tokens: () => commonTokens(source()),
    wantFinal: () => void (found.wantsFinal = true),
  }
}

function settingsOf(found: Found, asked: Asked): SshSettings {
  const port = first(found, 'port')
  return {
    hostName: hostNameOf(found, asked),
    user: first(found, 'user'),
    port: port === undefined ? undefined : Number(port),
    identityFiles: found.identityFiles,
    identitiesOnly: ['yes', 'true'].includes(first(found, 'identitiesonly')?.toLowerCase() ?? ''),
    identityAgent: first(found, 'identityagent'),
    proxyJump: first(found, 'proxyjump'),
    proxyCommand: first(found, 'proxycommand'),
    userKnownHostsFiles: found.values.get('userknownhostsfile'),
    hostKeyAlias: first(found, 'hostkeyalias'),
  }
}
