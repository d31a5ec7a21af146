import {readFile, rename} from 'node:fs/promises'
import {join} from 'node:path'
import {makeFolder} from '../../remote/local/local-files.ts'
import {exists} from '../image/cache.ts'
import {mustRun} from '../drivers/program.ts'

export interface HostKey {
  readonly privateText: string
  readonly publicText: string
}

/** Makes an ed25519 key pair without passphrase, once. */
export async function makeKey(file: string, comment: string): Promise<void> {
  if (await exists(`${file}.pub`)) return
  const made = `${file}.new`
  await mustRun('creating an SSH key', '/bin/sh', [
    '-c',
    'rm -f "$1" "$1.pub"; exec ssh-keygen -q -t ed25519 -N "" -C "$2" -f "$1"',
    'sh',
    made,
    comment,
  ])
  await rename(made, file)
  await rename(`${made}.pub`, `${file}.pub`)
}

export const readPublicKey = async (file: string): Promise<string> => readFile(`${file}.pub`, 'utf8')

/** Where a machine's private host key lies. */
export const hostKeyFile = (dir: string): string => join(dir, 'ssh_host_ed25519_key')

/** A machine's host key is made outside of it, so that it is known before the first connection. */
export async function makeHostKey(dir: string): Promise<{readonly fingerprint: string; readonly line: string}> {
  await makeFolder(dir)
  await makeKey(hostKeyFile(dir), 'lab')
  const [type = '', blob = ''] = (await readPublicKey(hostKeyFile(dir))).split(' ')
  const digest = await crypto.subtle.digest('SHA-256', Buffer.from(blob, 'base64'))
  return {
    fingerprint: `SHA256:${Buffer.from(digest).toString('base64').replace(/=+$/, '')}`,
    line: `${type} ${blob}`,
  }
}

export const readHostKey = async (dir: string): Promise<HostKey> => ({
  privateText: await readFile(hostKeyFile(dir), 'utf8'),
  publicText: await readPublicKey(hostKeyFile(dir)),
})
