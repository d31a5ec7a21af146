import type {Terminal} from '../../ui/terminal.ts'

/** The output of a command: lines for people, or one JSON object per line. */
export interface Output {
  readonly json: boolean
  readonly verbose: boolean
  readonly terminal: Terminal
  /** Reports an event. */
  readonly event: (data: object, line: string) => void
  /** Reports the result. */
  readonly report: (data: object, text: string) => void
}

/** Writes to stdout of the terminal. */
export function newOutput(options: Pick<Output, 'json' | 'verbose' | 'terminal'>): Output {
  const say = (data: object, text: string): void => {
    const line = options.json ? JSON.stringify(data) : text
    if (line !== '') options.terminal.stdout.write(`${line}\n`)
  }
  return {...options, event: say, report: (data, text) => say({type: 'result', ...data}, text)}
}
