import {spawn, type ChildProcessWithoutNullStreams} from 'node:child_process'
import {KadmError} from '../../domain/errors.ts'

export interface ProgramOptions {
  readonly cwd?: string | undefined
  /** Added to this process's own environment. */
  readonly env?: Readonly<Record<string, string>> | undefined
  readonly input?: string | undefined
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs?: number | undefined
}

export interface ProgramResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const EVIDENCE_LINES = 30

/** Runs one local program to its end; it and what it started are ended when `signal` fires or the time is over. */
export async function run(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  options.signal?.throwIfAborted()
  return new Promise((resolve, reject) => {
    const env = {...process.env, ...options.env}
    const child = spawn(program, args, {cwd: options.cwd, env, stdio: ['pipe', 'pipe', 'pipe'], detached: true})
    const output = collect(child)
    let ended: KadmError | undefined
    const end = (why: KadmError): void => {
      ended = why
      if (child.pid !== undefined) killGroup(child.pid)
    }
    const onAbort = (): void => end(new KadmError('cancelled', `${program} was stopped`))
    options.signal?.addEventListener('abort', onAbort, {once: true})
    const timer =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(() => end(new KadmError('timeout', `${program} took too long`)), options.timeoutMs)
    child.stdin.on('error', () => undefined)
    child.stdin.end(options.input ?? '')
    const finish = (act: () => void): void => {
      clearTimeout(timer)
      options.signal?.removeEventListener('abort', onAbort)
      act()
    }
    child.once('error', error => finish(() => reject(error)))
    child.once('close', code =>
      finish(() => {
        if (ended !== undefined) reject(ended)
        else resolve({code: code ?? 1, ...output()})
      }),
    )
  })
}

/** What the program has written so far. */
function collect({stdout, stderr}: ChildProcessWithoutNullStreams): () => Omit<ProgramResult, 'code'> {
  const [out, err]: [Buffer[], Buffer[]] = [[], []]
  stdout.on('data', (chunk: Buffer) => out.push(chunk))
  stderr.on('data', (chunk: Buffer) => err.push(chunk))
  return () => ({stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString()})
}

/** Like `run`; a failure says that `what` failed, with the last lines of the program's output. */
export async function mustRun(
  what: string,
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<string> {
  const result = await run(program, args, options).catch((error: unknown) => {
    if (error instanceof KadmError) throw error
    throw new KadmError('preflight', `${what}: cannot start ${program}`, {cause: error})
  })
  if (result.code === 0) return result.stdout
  throw new KadmError('remote', `${what}: ${program} failed with exit code ${String(result.code)}`, {
    evidence: (result.stderr || result.stdout).trimEnd().split('\n').slice(-EVIDENCE_LINES).join('\n'),
  })
}

/** Whether a program of this name is on the PATH or among the system's own. */
export async function hasProgram(name: string): Promise<boolean> {
  return (await run('/bin/sh', ['-c', `PATH=$PATH:/usr/sbin:/sbin command -v ${name}`])).code === 0
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
