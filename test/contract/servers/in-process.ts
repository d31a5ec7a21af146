import {spawn} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {connect, type AddressInfo} from 'node:net'
import {join} from 'node:path'
import ssh2 from 'ssh2'
import type {AuthContext, Connection, Session} from 'ssh2'
import {makeKey} from './openssh.ts'
import {newFolder} from '../folder.ts'

/** ssh2's own server, whose every behaviour a test can choose. Commands run here, by the user who runs the test. */
export interface InProcess {
  readonly port: number
  readonly dir: string
  readonly keyFile: string
  readonly connections: () => number
  /** Of these, those that stand now. */
  readonly standing: () => number
  readonly cutConnections: () => void
  readonly stop: () => Promise<void>
}

export interface InProcessOptions {
  /** Put before the PATH of commands. */
  readonly path?: string
  readonly env?: Readonly<Record<string, string>>
  readonly password?: string
  readonly keyboardOnly?: boolean
  /** `silent`: neither allowed nor refused, as where the machine to be reached does not answer. */
  readonly forwarding?: boolean | 'silent'
}

export async function startInProcess(options: InProcessOptions = {}): Promise<InProcess> {
  const dir = newFolder('ssh2')
  const keyFile = makeKey(join(dir, 'login'))
  const hostKey = makeKey(join(dir, 'host'))
  const allowed = ssh2.utils.parseKey(readFileSync(`${keyFile}.pub`))
  if (allowed instanceof Error) throw allowed
  const live = new Set<Connection>()
  let count = 0
  const server = new ssh2.Server({hostKeys: [readFileSync(hostKey)]}, client => {
    live.add(client)
    count += 1
    client.on('close', () => live.delete(client))
    client.on('error', () => undefined)
    client.on('authentication', context => judge(context, allowed.getPublicSSH(), options))
    client.on('session', accept => serveCommands(accept(), options))
    client.on('tcpip', (accept, reject, {destIP, destPort}) => {
      if (options.forwarding === 'silent') return
      if (options.forwarding === false) {
        reject()
        return
      }
      const socket = connect(destPort, destIP)
      socket.once('error', () => reject())
      socket.once('connect', () => {
        const channel = accept()
        channel.on('error', () => undefined)
        channel.pipe(socket).pipe(channel)
      })
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const {port} = server.address() as AddressInfo
  const cutConnections = (): void => live.forEach(client => void client.end())
  return {
    port,
    dir,
    keyFile,
    connections: () => count,
    standing: () => live.size,
    cutConnections,
    stop: async () => {
      cutConnections()
      await new Promise<void>(resolve => server.close(() => resolve()))
    },
  }
}

const judge = (context: AuthContext, allowed: Buffer, options: InProcessOptions): void => {
  const methods: ('password' | 'publickey' | 'keyboard-interactive')[] =
    options.password === undefined
      ? ['publickey']
      : options.keyboardOnly === true
        ? ['keyboard-interactive']
        : ['publickey', 'password']
  const {password, keyboardOnly = false} = options
  if (context.method === 'publickey' && context.key.data.equals(allowed)) context.accept()
  else if (context.method === 'password' && !keyboardOnly && context.password === password) context.accept()
  else if (context.method === 'keyboard-interactive' && keyboardOnly)
    context.prompt([{prompt: 'Password: ', echo: false}], answers => {
      if (answers[0] === password) context.accept()
      else context.reject(methods)
    })
  else context.reject(methods)
}

const serveCommands = (session: Session, options: InProcessOptions): void => {
  session.on('exec', (accept, _reject, {command}) => {
    const channel = accept()
    const path = `${options.path === undefined ? '' : `${options.path}:`}${process.env['PATH'] ?? ''}`
    const child = spawn('/bin/sh', ['-c', command], {detached: true, env: {...process.env, ...options.env, PATH: path}})
    child.stdin.on('error', () => undefined)
    channel.on('error', () => undefined)
    channel.pipe(child.stdin)
    child.stdout.pipe(channel, {end: false})
    child.stderr.pipe(channel.stderr, {end: false})
    channel.on('close', () => child.stdin.destroy())
    child.on('close', (code, signal) => {
      if (code === null) channel.exit(signal?.replace('SIG', '') ?? 'KILL')
      else channel.exit(code)
      channel.end()
    })
  })
}
