import pc from 'picocolors'

export type Colours = ReturnType<typeof pc.createColors>

/** Where output goes, and what the terminal supports. */
export interface Terminal {
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  /** Of stdout. */
  readonly colours: Colours
  readonly stderrColours: Colours
  /** Whether kadm can ask questions: stdin and stdout are terminals. */
  readonly canAsk: boolean
}

export interface TerminalSource {
  readonly stdin: {readonly isTTY?: boolean}
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Colours only on a terminal, and never against NO_COLOR or `--no-color`. */
export function terminal(source: TerminalSource, options: {readonly color: boolean}): Terminal {
  const wanted = options.color && (source.env['NO_COLOR'] ?? '') === '' && source.env['TERM'] !== 'dumb'
  const forced = (source.env['FORCE_COLOR'] ?? '0') !== '0'
  const coloursOf = (stream: NodeJS.WriteStream): Colours => pc.createColors(wanted && (forced || isTerminal(stream)))
  return {
    stdout: source.stdout,
    stderr: source.stderr,
    colours: coloursOf(source.stdout),
    stderrColours: coloursOf(source.stderr),
    canAsk: isTerminal(source.stdin) && isTerminal(source.stdout),
  }
}

/** A stream that is not a terminal has no `isTTY`; `createColors(undefined)` would guess, and guess wrong in CI. */
const isTerminal = (stream: {readonly isTTY?: boolean}): boolean => stream.isTTY === true
