import {spawn} from 'node:child_process'
import {join} from 'node:path'

/** One line of `--json`, an event, a result or an error. */
export interface KadmEvent {
  readonly type: string
  readonly at?: number
  readonly host?: string
  readonly phase?: string
  readonly resource?: string
  readonly what?: string
  readonly changes?: number
  readonly [key: string]: unknown
}

export interface KadmAnswer {
  readonly args: readonly string[]
  /** Undefined when a signal ended it. */
  readonly code: number | undefined
  readonly stdout: string
  readonly stderr: string
  readonly events: readonly KadmEvent[]
  readonly ms: number
}

export interface KadmRun {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly stdin?: string | undefined
  /** Told of each `--json` line as it comes; may end the tool. */
  readonly onEvent?: ((event: KadmEvent, kill: (signal: NodeJS.Signals) => void) => void) | undefined
}

export const CHECKOUT = join(import.meta.dirname, '../..')

/** Runs the built tool as a person would, and waits for its end. */
export async function runKadm({args, env, cwd, stdin, onEvent}: KadmRun): Promise<KadmAnswer> {
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(CHECKOUT, 'bin/run.js'), ...args], {cwd, env, stdio: 'pipe'})
    const events: KadmEvent[] = []
    let [stdout, stderr, rest] = ['', '', '']
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
      const lines = (rest + chunk.toString()).split('\n')
      rest = lines.pop() ?? ''
      for (const event of lines.flatMap(asEvent)) {
        events.push(event)
        onEvent?.(event, signal => child.kill(signal))
      }
    })
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.stdin.on('error', () => undefined)
    child.stdin.end(stdin ?? '')
    child.once('error', reject)
    child.once('close', code => {
      resolve({args, code: code ?? undefined, stdout, stderr, events, ms: performance.now() - started})
    })
  })
}

function asEvent(line: string): readonly KadmEvent[] {
  if (!line.startsWith('{')) return []
  try {
    const value: unknown = JSON.parse(line)
    return isEvent(value) ? [value] : []
  } catch {
    return []
  }
}

const isEvent = (value: unknown): value is KadmEvent =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
