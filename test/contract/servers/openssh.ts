import {spawn, type ChildProcess} from 'node:child_process'
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:net'
import {userInfo} from 'node:os'
import {join} from 'node:path'
import {newFolder} from '../folder.ts'
import {program} from '../program.ts'

/** A real sshd on 127.0.0.1, run as the current user from an ordinary config file in a temporary folder. */
export interface OpenSsh {
  readonly port: number
  readonly dir: string
  /** A private key that may log in. */
  readonly keyFile: string
  readonly user: string
  readonly hostKeys: Readonly<Record<'ed25519' | 'rsa', string>>
  readonly log: () => string
  /** Ends the processes that serve connections, not the listener: what a crash or a cut line looks like. */
  readonly cutConnections: () => void
  readonly stop: () => Promise<void>
}

export const makeKey = (path: string, type: 'ed25519' | 'rsa' = 'ed25519', passphrase = ''): string => {
  program('ssh-keygen', [
    '-q',
    '-t',
    type,
    ...(type === 'rsa' ? ['-b', '2048'] : []),
    '-N',
    passphrase,
    '-C',
    'test',
    '-f',
    path,
  ])
  return path
}

/** Starts it; `extra` are further lines of sshd_config. */
export async function startOpenSsh(extra: readonly string[] = []): Promise<OpenSsh> {
  const dir = newFolder('sshd')
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', {recursive: true, mode: 0o755})
  const keyFile = makeKey(join(dir, 'login'))
  const hostKeys = {ed25519: makeKey(join(dir, 'host_ed25519')), rsa: makeKey(join(dir, 'host_rsa'), 'rsa')}
  writeFileSync(join(dir, 'authorized_keys'), readFileSync(`${keyFile}.pub`))
  const port = await freePort()
  const hasHostKeys = extra.some(line => line.startsWith('HostKey '))
  const lines = [
    `Port ${String(port)}`,
    'ListenAddress 127.0.0.1',
    ...(hasHostKeys ? [] : [`HostKey ${hostKeys.ed25519}`, `HostKey ${hostKeys.rsa}`]),
    'PidFile none',
    `AuthorizedKeysFile ${dir}/authorized_keys`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    'LogLevel VERBOSE',
    ...extra.map(line => line.replaceAll('DIR', dir)),
  ]
  writeFileSync(join(dir, 'sshd_config'), `${lines.join('\n')}\n`)
  const server = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', join(dir, 'sshd_config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const log = await listening(server, lines.filter(line => line.startsWith('ListenAddress ')).length)
  return {
    port,
    dir,
    keyFile,
    user: userInfo().username,
    hostKeys,
    log,
    cutConnections: () => endChildren(server, 'SIGKILL'),
    stop: async () => {
      const gone = new Promise(resolve => server.once('exit', resolve))
      endChildren(server, 'SIGTERM')
      server.kill()
      await gone
    },
  }
}

/** One that ends by itself meanwhile is what was wanted. */
function endChildren(server: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): void {
  for (const pid of childrenOf(server.pid ?? 0)) {
    try {
      process.kill(pid, signal)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
    }
  }
}

/** Waits for each of its addresses: sshd goes on with the others when it cannot listen at one. */
const listening = (server: ChildProcess, addresses: number): Promise<() => string> =>
  new Promise((resolve, reject) => {
    let log = ''
    server.stderr?.on('data', (chunk: Buffer) => {
      log += chunk.toString()
      if ((log.match(/Server listening on /g) ?? []).length === addresses) resolve(() => log)
      if (log.includes('Bind to port')) server.kill()
    })
    server.once('exit', () => reject(new Error(`sshd did not start:\n${log}`)))
  })

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

const childrenOf = (pid: number): readonly number[] => {
  try {
    const list = readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8')
    return list.trim().split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}
