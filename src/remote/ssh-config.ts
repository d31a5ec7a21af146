import {isAbsolute, join} from 'node:path'
import type {Laptop} from './laptop.ts'

/** What `~/.ssh/config` says of one host, in the words kadm uses; undefined where it says nothing. */
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

const DEEPEST_INCLUDE = 16

/** The user's config before the system's, as ssh reads them. */
export async function readSshConfig(laptop: Laptop): Promise<string> {
  const own = await withIncludes(laptop, join(laptop.home, '.ssh', 'config'))
  const system = await withIncludes(laptop, '/etc/ssh/ssh_config')
  return `${own}\nHost *\n${system}`
}

/** The config file's text with what it includes put in; relative names are of `~/.ssh`, as in ssh. */
async function withIncludes(laptop: Laptop, path: string, depth = 0): Promise<string> {
  const lines = ((await laptop.readText(path)) ?? '').split('\n')
  const out: string[] = []
  let section = 'Host *'
  for (const line of lines) {
    if (/^\s*(Host|Match)[\s=]/i.test(line)) section = line
    const include = /^\s*Include[\s=]+(.+?)\s*$/i.exec(line)?.[1]
    if (include === undefined) out.push(line)
    // What an included file begins must not swallow the lines after it.
    else if (depth < DEEPEST_INCLUDE) out.push(...(await included(laptop, include, depth)), section)
  }
  return out.join('\n')
}

const included = async (laptop: Laptop, patterns: string, depth: number): Promise<readonly string[]> => {
  const paths = patterns.split(/\s+/).map(p => absolute(expand(p.replaceAll('"', ''), laptop.home), laptop.home))
  const files = (await Promise.all(paths.map(laptop.matching))).flat()
  return await Promise.all(files.map(file => withIncludes(laptop, file, depth + 1)))
}

const absolute = (path: string, home: string): string => (isAbsolute(path) ? path : join(home, '.ssh', path))

/** `~` at the beginning is the home folder. */
export const expand = (path: string, home: string): string =>
  path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : path

/** Reads the settings for one host; `user` is the one given by hand, which Match lines may ask for. */
export async function settingsFor(text: string, host: string, user: string | undefined): Promise<SshSettings> {
  const {default: SSHConfig} = await import('ssh-config')
  const query = user === undefined ? {Host: host} : {Host: host, User: user}
  const found = SSHConfig.parse(text).compute(query, {ignoreCase: true})
  const list = (name: string): readonly string[] | undefined => {
    const value = found[name]
    return value === undefined ? undefined : [value].flat()
  }
  const one = (name: string): string | undefined => list(name)?.[0]
  const port = one('port')
  return {
    hostName: one('hostname')?.replaceAll('%h', host).replaceAll('%%', '%'),
    user: one('user'),
    port: port === undefined ? undefined : Number(port),
    identityFiles: list('identityfile') ?? [],
    identitiesOnly: one('identitiesonly')?.toLowerCase() === 'yes',
    identityAgent: one('identityagent'),
    proxyJump: one('proxyjump'),
    proxyCommand: list('proxycommand')?.join(' '),
    userKnownHostsFiles: list('userknownhostsfile'),
    hostKeyAlias: one('hostkeyalias'),
  }
}
