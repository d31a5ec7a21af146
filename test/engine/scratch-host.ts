import {execFileSync, spawn} from 'node:child_process'
import {chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {Readable} from 'node:stream'
import {afterEach} from 'vitest'
import {KadmError} from '../../src/domain/errors.ts'
import type {Host, RunResult} from '../../src/remote/host.ts'

/** The user that runs the tests, as `chown` takes it. */
export const ME = `${String(process.getuid?.() ?? 0)}:${String(process.getgid?.() ?? 0)}`

/** The folders of a host that stand in the scratch folder instead. */
const MOVED = ['/var/lib/kadm', '/var/lib/kubelet', '/var/lib/etcd', '/etc/kubernetes']

/** Programs before which a script may be cut off; each start of one counts. */
const COUNTED = ['base64', 'chmod', 'cp', 'date', 'mkdir', 'mv', 'rm', 'rmdir', 'sync']

/** A host whose scripts run for real with sh, in a folder of their own; its paths below `MOVED` and its root user are replaced. */
export interface ScratchHost {
  readonly root: string
  readonly host: Host
  /** Everything it was given to run, newest last. */
  readonly scripts: readonly string[]
  /** Where a path of the host really is. */
  readonly real: (path: string) => string
  readonly write: (path: string, text: string) => void
  readonly read: (path: string) => string
  readonly has: (path: string) => boolean
  /** Puts a stand-in before the real program. */
  readonly stub: (name: string, body: string) => void
  /** From the next script on, kills its whole process group instead of starting its `at`-th program; 0 for never. */
  readonly cutAt: (at: number) => void
  /** How many programs were started since `cutAt` was called. */
  readonly started: () => number
}

/** Files of a scratch host, such as the ledger, name the folder in which they are. */
const COPY = `cp -a -T -- "$1" "$2"
grep -rlF -e "$1" -- "$2" | xargs -r sed -i "s|$1|$2|g"`

/** Gives a fresh host for each call, or one that holds what another holds, and removes all after each test. */
export function scratchHosts(): (name?: string, like?: ScratchHost) => ScratchHost {
  const roots: string[] = []
  afterEach(() => {
    for (const root of roots.splice(0)) rmSync(root, {recursive: true, force: true, maxRetries: 5})
  }, 60_000)
  return (name = 'vm-1', like) => {
    const root = mkdtempSync(join(tmpdir(), 'kadm-engine-'))
    roots.push(root)
    if (like !== undefined) execFileSync('sh', ['-euc', COPY, 'sh', like.root, root])
    return scratchHost(name, root)
  }
}

function scratchHost(name: string, root: string): ScratchHost {
  const bin = join(root, '.bin')
  const count = join(root, '.count')
  const path = process.env['PATH'] ?? '/usr/bin:/bin'
  const scripts: string[] = []
  // What a look found is moved already.
  const real = (text: string): string =>
    MOVED.reduce((moved, dir) => moved.replaceAll(root + dir, dir).replaceAll(dir, root + dir), text)
  /** A path that is not moved would be one of the machine that runs the tests. */
  const within = (file: string): string => {
    const place = real(file)
    if (!place.startsWith(`${root}/`))
      throw new Error(`${file} is not in the scratch folder; use a path below ${MOVED.join(', ')}`)
    return place
  }
  const stub = (program: string, body: string): void => {
    writeFileSync(join(bin, program), `#!/bin/sh\n${body}\n`)
    chmodSync(join(bin, program), 0o755)
  }
  mkdirSync(bin, {recursive: true})
  // The disk of the machine that runs the tests is not what is tested.
  stub('sync', ':')
  const env = {PATH: `${bin}:${path}`, LC_ALL: 'C', PWD: root}
  const run = (script: string): Promise<RunResult> => {
    scripts.push(script)
    return runSh(real(script).replaceAll('root:root', ME), env)
  }
  return {
    root,
    scripts,
    stub,
    real,
    write: (file, text) => {
      mkdirSync(join(within(file), '..'), {recursive: true})
      writeFileSync(within(file), text)
    },
    read: file => readFileSync(within(file), 'utf8'),
    has: file => existsSync(within(file)),
    cutAt: at => {
      writeFileSync(count, '0\n')
      for (const program of COUNTED) {
        stub(
          program,
          `read -r n <${count}; n=$((n + 1)); echo $n >${count}; [ $n != ${at} ] || kill -9 0\n${program === 'sync' ? 'exit' : `PATH=${path} exec ${program} "$@"`}`,
        )
      }
    },
    started: () => Number(readFileSync(count, 'utf8')),
    host: {
      name,
      run,
      read: async script => {
        const {code, stdout, stderr} = await run(script)
        if (code !== 0) throw new KadmError('remote', `failed with exit code ${code}`, {host: name, evidence: stderr})
        return stdout
      },
      pipe: (content, script) => {
        scripts.push(script)
        return runSh(real(script).replaceAll('root:root', ME), env, content)
      },
      forward: () => Promise.reject(new KadmError('connect', 'nothing listens here')),
      close: () => Promise.resolve(),
    },
  }
}

/** As on a host, all of a script is read before any of it runs; it leads a process group, so that it can be killed with what it started. */
function runSh(script: string, env: Readonly<Record<string, string>>, content?: Readable): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const command = content === undefined ? 's=$(cat); eval "$s"' : script
    const child = spawn('sh', ['-c', command], {env, stdio: 'pipe', detached: true})
    const out: Buffer[] = []
    const errors: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
    child.stdin.on('error', () => undefined)
    child.on('error', reject)
    child.on('close', code =>
      resolve({code: code ?? 137, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(errors).toString()}),
    )
    if (content === undefined) child.stdin.end(script)
    else content.pipe(child.stdin)
  })
}
