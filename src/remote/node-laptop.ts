import {chmod, glob, mkdir, open, readFile, realpath, rename, stat, writeFile} from 'node:fs/promises'
import {homedir, userInfo} from 'node:os'
import {dirname} from 'node:path'
import type {Laptop} from './laptop.ts'

const WINDOWS_AGENT = '\\\\.\\pipe\\openssh-ssh-agent'

/** The machine kadm runs on. */
export const nodeLaptop = (
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): Laptop => ({
  user: userInfo().username,
  home: env['HOME'] ?? homedir(),
  agentSocket: env['SSH_AUTH_SOCK'] ?? (platform === 'win32' ? WINDOWS_AGENT : undefined),
  readText,
  appendLine,
  replaceText,
  matching,
})

const readText = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined
    throw error
  }
}

const matching = async (pattern: string): Promise<readonly string[]> => {
  const found: string[] = []
  for await (const path of glob(pattern)) found.push(path)
  return found.sort()
}

const appendLine = async (path: string, line: string): Promise<void> => {
  await mkdir(dirname(path), {recursive: true, mode: 0o700})
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

const replaceText = async (path: string, text: string): Promise<void> => {
  const file = await realpath(path)
  const beside = `${file}.kadm-${String(process.pid)}`
  await writeFile(beside, text, {mode: 0o600, flush: true})
  await chmod(beside, (await stat(file)).mode & 0o777)
  await rename(beside, file)
}
