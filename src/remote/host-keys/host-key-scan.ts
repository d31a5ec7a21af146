import {connect} from 'node:net'
import type {Duplex} from 'node:stream'
import pLimit from 'p-limit'
import {hostKeyAlgorithms} from './host-key.ts'

/** Opens a stream to an SSH server; rejects when nothing answers. */
export type DialServer = (address: string, port: number) => Promise<Duplex>

export interface KeySearch {
  readonly addresses: readonly string[]
  readonly port: number
  /** The public key that is looked for, as its own bytes. */
  readonly key: Buffer
  readonly type: string
  readonly dial: DialServer
  readonly signal: AbortSignal
}

const SCANS_AT_ONCE = 32
const ANSWER_MS = 4000
/** A machine in the same network answers within milliseconds; an unused address sends nothing. */
const CONNECT_MS = 1500

/** The address whose SSH server proves to have this host key; nobody logs in. Its proof is a signature that ssh2 checks. */
export async function findByHostKey(search: KeySearch): Promise<string | undefined> {
  const limit = pLimit(SCANS_AT_ONCE)
  const found = new AbortController()
  const hits = await Promise.all(
    search.addresses.map(address =>
      limit(async () => {
        if (found.signal.aborted || search.signal.aborted) return undefined
        const has = await hasKey(address, search).catch(() => false)
        if (!has) return undefined
        found.abort()
        return address
      }),
    ),
  )
  return hits.find(hit => hit !== undefined)
}

async function hasKey(address: string, {port, key, type, dial}: KeySearch): Promise<boolean> {
  const {default: ssh2} = await import('ssh2')
  const algorithms = hostKeyAlgorithms([type]).slice(0, type === 'ssh-rsa' ? 3 : 1)
  const socket = await dial(address, port)
  const client = new ssh2.Client()
  try {
    return await new Promise<boolean>(resolve => {
      let shown = false
      const timer = setTimeout(() => resolve(false), ANSWER_MS)
      const end = (is: boolean): void => {
        clearTimeout(timer)
        resolve(is)
      }
      // The handshake completes only with a valid signature; the login that would follow has no method to try.
      client.once('handshake', () => end(shown))
      client.on('error', () => end(false))
      client.once('close', () => end(false))
      client.connect({
        sock: socket,
        username: 'kadm',
        hostVerifier: (offered: Buffer) => (shown = offered.equals(key)),
        algorithms: {serverHostKey: [...algorithms]},
        authHandler: () => false,
        readyTimeout: 0,
      })
    })
  } finally {
    client.on('error', () => undefined)
    client.destroy()
    socket.destroy()
  }
}

/** From the machine on which kadm runs. */
export const dialHere: DialServer = (address, port) =>
  new Promise((resolve, reject) => {
    const socket = connect({host: address, port, noDelay: true})
    socket.setTimeout(CONNECT_MS, () => socket.destroy(new Error('no answer')))
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      socket.on('error', () => undefined)
      socket.setTimeout(0)
      resolve(socket)
    })
  })
