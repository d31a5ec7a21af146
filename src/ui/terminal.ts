import pc from 'picocolors'

export type Colours = ReturnType<typeof pc.createColors>

/** Where output goes, and what may be done there. */
export interface Terminal {
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly colours: Colours
  /** Whether a person can be asked: both ends are a terminal. */
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
  return {
    stdout: source.stdout,
    stderr: source.stderr,
    colours: pc.createColors(wanted && (forced || isTerminal(source.stdout))),
    canAsk: isTerminal(source.stdin) && isTerminal(source.stdout),
  }
}

/** A stream that is none says nothing about it, and to say nothing to `createColors` is to let it guess, in CI wrongly. */
const isTerminal = (stream: {readonly isTTY?: boolean}): boolean => stream.isTTY === true
