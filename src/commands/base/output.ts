import type {Terminal} from '../../ui/terminal.ts'

/** The output of a command: lines for people, or one JSON object per line. */
export interface Output {
  readonly json: boolean
  readonly verbose: boolean
  readonly terminal: Terminal
  /** Reports progress, on stderr. */
  readonly event: (data: object, line: string) => void
  /** Reports a part of the result as soon as it is known. */
  readonly part: (data: object, line: string) => void
  /** Reports the result. */
  readonly report: (data: object, text: string) => void
}

/** Results go to stdout and progress to stderr; with `json`, all objects go to stdout. */
export function newOutput(options: Pick<Output, 'json' | 'verbose' | 'terminal'>): Output {
  const {json, terminal} = options
  const sayOn =
    (stream: NodeJS.WritableStream) =>
    (data: object, text: string): void => {
      const line = json ? JSON.stringify(data) : text
      if (line !== '') stream.write(`${line}\n`)
    }
  const say = sayOn(terminal.stdout)
  const event = sayOn(json ? terminal.stdout : terminal.stderr)
  return {...options, event, part: say, report: (data, text) => say({type: 'result', ...data}, text)}
}
