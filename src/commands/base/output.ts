import type {Terminal} from '../../ui/terminal.ts'

/** How a command speaks to its caller: lines for people, or one JSON object a line. */
export interface Output {
  readonly json: boolean
  readonly verbose: boolean
  readonly terminal: Terminal
  /** Something that happened. */
  readonly event: (data: object, line: string) => void
  /** The outcome. */
  readonly report: (data: object, text: string) => void
}

/** Speaks on the terminal's stdout. */
export function newOutput(options: Pick<Output, 'json' | 'verbose' | 'terminal'>): Output {
  const say = (data: object, text: string): void => {
    const line = options.json ? JSON.stringify(data) : text
    if (line !== '') options.terminal.stdout.write(`${line}\n`)
  }
  return {...options, event: say, report: (data, text) => say({type: 'result', ...data}, text)}
}
