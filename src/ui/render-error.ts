import {KadmError} from '../domain/errors.ts'
import {errorsOf} from './exit-code.ts'
import type {Colours} from './terminal.ts'

const EVIDENCE_LINES = 12

/** For a terminal: what failed, where, the evidence, and what to do next. A bug shows its stack. */
export function renderError(error: unknown, colours: Colours, options: {readonly verbose?: boolean} = {}): string {
  const errors = errorsOf(error)
  const bugs = errors.filter(e => !(e instanceof KadmError) && !isAbort(e))
  const known = distinct(errors.filter(e => e instanceof KadmError))
  const parts = [
    ...known.map(e => renderKnown(e, colours, options.verbose ?? false)),
    ...bugs.map(e => renderBug(e, colours)),
  ]
  return parts.length === 0 ? `${colours.yellow('stopped')}: the run was cancelled` : parts.join('\n\n')
}

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError'

const place = ({host, message}: KadmError): string => (host === undefined ? message : `${host}: ${message}`)

/** Lists an error that stopped many lanes (for example Ctrl-C) only once. */
const distinct = (errors: readonly KadmError[]): readonly KadmError[] =>
  errors.filter((error, i) => errors.findIndex(other => place(other) === place(error)) === i)

function renderKnown(error: KadmError, colours: Colours, verbose: boolean): string {
  const head = error.code === 'cancelled' ? colours.yellow('stopped') : colours.red('error')
  const [first = '', ...rest] = place(error).split('\n')
  return [
    `${head}: ${first}`,
    ...rest.map(line => `  ${line}`),
    ...evidenceLines(error, verbose).map(line => `  ${colours.dim(`| ${line}`)}`),
    ...(error.hint === undefined
      ? []
      : error.hint.split('\n').map((line, i) => `${i === 0 ? colours.cyan('  next: ') : '        '}${line}`)),
    ...(verbose && error.cause instanceof Error
      ? [colours.dim(`  cause: ${error.cause.stack ?? error.cause.message}`)]
      : []),
  ].join('\n')
}

function evidenceLines({evidence, message}: KadmError, verbose: boolean): readonly string[] {
  const lines = (evidence ?? '').split('\n').filter(line => line.trim() !== '' && !message.includes(line.trim()))
  if (verbose || lines.length <= EVIDENCE_LINES) return lines
  return [
    `… ${String(lines.length - EVIDENCE_LINES)} earlier lines (--verbose shows them)`,
    ...lines.slice(-EVIDENCE_LINES),
  ]
}

const renderBug = (error: unknown, colours: Colours): string =>
  [
    `${colours.red('bug in kadm')}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    `${colours.cyan('  next: ')}report the lines above with the output of: kadm version`,
  ].join('\n')

/** For `--json`: the same, as data. */
export function errorAsData(error: unknown): readonly ErrorData[] {
  return errorsOf(error).map(e =>
    e instanceof KadmError
      ? {code: e.code, message: e.message, host: e.host, hint: e.hint, evidence: e.evidence}
      : {
          code: isAbort(e) ? 'cancelled' : 'bug',
          message: e instanceof Error ? e.message : String(e),
          evidence: isAbort(e) || !(e instanceof Error) ? undefined : e.stack,
          host: undefined,
          hint: undefined,
        },
  )
}

export interface ErrorData {
  readonly code: string
  readonly message: string
  readonly host: string | undefined
  readonly hint: string | undefined
  readonly evidence: string | undefined
}
