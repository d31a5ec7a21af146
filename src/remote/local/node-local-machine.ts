import {execFile} from 'node:child_process'
import {glob, open, realpath, stat} from 'node:fs/promises'
import {homedir, hostname, networkInterfaces} from 'node:os'
import {dirname} from 'node:path'
import {KadmError} from '../../domain/errors.ts'
import {isFileError, isMissing, localFileError, whyNoFile} from '../../domain/local-file-error.ts'
import type {LocalMachine} from './local-machine.ts'
import {localUser} from './local-user.ts'
import {makeFolder, readBytes, readLocalTextIfThere, replaceFile} from './local-files.ts'

const WINDOWS_AGENT = '\\\\.\\pipe\\openssh-ssh-agent'
/** The limit that ssh itself does not have: a command in the ssh config decides which lines apply, and it may hang. */
const COMMAND_MS = 20_000

export interface NodeLocalMachineOptions {
  readonly platform?: NodeJS.Platform
  readonly note?: (text: string) => void
}

/** The machine on which kadm runs. */
export function nodeLocalMachine(
  env: Readonly<Record<string, string | undefined>>,
  {platform = process.platform, note = () => undefined}: NodeLocalMachineOptions = {},
): LocalMachine {
  const {name, uid} = localUser(env)
  return {
    user: name,
    uid,
    home: env['HOME'] ?? homedir(),
    hostName: hostname(),
    agentSocket: env['SSH_AUTH_SOCK'] ?? (platform === 'win32' ? WINDOWS_AGENT : undefined),
    variable: name => env[name],
    homeOf,
    succeeds: command => succeeds(command, env),
    addresses: () => Object.values(networkInterfaces()).flatMap(cards => (cards ?? []).map(({address}) => address)),
    note,
    readText: path => Promise.resolve(readOrNote(path, note)),
    readIncluded: async path => Promise.resolve(readIncluded(path, note)),
    readNamed: async path => Promise.resolve(readLocalTextIfThere(path)),
    appendLine: (path, line) => appendOrNote(path, line, note),
    replaceText,
    matching,
  }
}

/** Text of ssh's own files may hold any bytes in comments; only ASCII counts in them. */
function readOrNote(path: string, note: LocalMachine['note']): string | undefined {
  try {
    return readBytes(path).toString('utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    note(`${reasonOf(error, `cannot read ${path}`)}; kadm ignores it, like ssh`)
    return undefined
  }
}

function readIncluded(path: string, note: LocalMachine['note']): string | undefined {
  try {
    return readBytes(path).toString('utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    if (!isFileError(error) || error.code !== 'EISDIR')
      throw (
        localFileError(error, {
          path,
          doing: 'read',
          hint: 'correct the path in your SSH configuration; ssh refuses it too',
        }) ?? error
      )
    note(`${reasonOf(error, `cannot read ${path}`)}; kadm ignores it, like ssh`)
    return undefined
  }
}

/** What failed, for a note; throws an error again when it does not come from the file system. */
function reasonOf(error: unknown, what: string): string {
  if (error instanceof KadmError) return error.message
  const why = whyNoFile(error)
  if (why === undefined) throw error
  return `${what}: ${why}`
}

const matching = async (pattern: string): Promise<readonly string[]> => {
  const found: string[] = []
  for await (const path of glob(pattern)) found.push(path)
  return found.sort()
}

async function appendOrNote(path: string, line: string, note: LocalMachine['note']): Promise<void> {
  try {
    await makeFolder(dirname(path), 0o700)
    await appendLine(path, line)
  } catch (error) {
    note(`${reasonOf(error, `cannot write ${path}`)}; kadm accepts the host key for this run only`)
  }
}

async function appendLine(path: string, line: string): Promise<void> {
  const file = await open(path, 'a+', 0o600)
  try {
    const {size} = await file.stat()
    const last = Buffer.alloc(1)
    if (size > 0) await file.read(last, 0, 1, size - 1)
    const unfinished = size > 0 && last.toString() !== '\n'
    await file.write(`${unfinished ? '\n' : ''}${line}\n`)
  } finally {
    await file.close()
  }
}

async function replaceText(path: string, text: string): Promise<void> {
  try {
    const file = await realpath(path)
    await replaceFile(file, text, (await stat(file)).mode & 0o777)
  } catch (error) {
    throw localFileError(error, {path, doing: 'write'}) ?? error
  }
}

const homeOf = (user: string): Promise<string | undefined> =>
  new Promise(resolve => {
    execFile('getent', ['passwd', '--', user], {timeout: COMMAND_MS}, (error, stdout) => {
      const home = error === null ? stdout.split(':')[5] : undefined
      resolve(home === undefined || home === '' ? undefined : home)
    })
  })

const succeeds = (command: string, env: Readonly<Record<string, string | undefined>>): Promise<boolean> =>
  new Promise(resolve => {
    const shell = env['SHELL'] ?? '/bin/sh'
    const child = execFile(shell, ['-c', command], {timeout: COMMAND_MS, env: {...env}}, error =>
      resolve(error === null),
    )
    child.stdin?.end()
  })
