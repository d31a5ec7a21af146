import {spawn} from 'node:child_process'
import {join} from 'node:path'
import {CHECKOUT} from './run-kadm.ts'

/** What is typed when the tool asks this. */
export interface Typed {
  readonly question: RegExp
  readonly answer: string
}

export interface TerminalRun {
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly typed: readonly Typed[]
}

/** Runs the built tool on a terminal of its own, as a person who types answers; gives its exit code and all that was to be seen. */
export async function onTerminal({args, cwd, env, typed}: TerminalRun): Promise<{code: number; screen: string}> {
  const words = [process.execPath, join(CHECKOUT, 'bin/run.js'), ...args]
  const command = `exec ${words.map(word => `'${word}'`).join(' ')}`
  return new Promise((resolve, reject) => {
    const child = spawn('script', ['-qec', command, '/dev/null'], {cwd, env, stdio: ['pipe', 'pipe', 'inherit']})
    let [screen, read, at] = ['', 0, 0]
    child.stdout.on('data', (chunk: Buffer) => {
      screen += chunk.toString()
      const next = typed[at]
      const asked = next?.question.exec(screen.slice(read))
      if (next === undefined || asked === null || asked === undefined) return
      at += 1
      read = screen.length
      child.stdin.write(`${next.answer}\r`)
    })
    child.stdin.on('error', () => undefined)
    child.once('error', reject)
    child.once('close', code => resolve({code: code ?? 1, screen}))
  })
}
