import type {LabEvent, LabSink} from '../lab/run/progress.ts'
import {timeTaken} from '../domain/duration.ts'
import type {Terminal} from './terminal.ts'

export interface LabView {
  readonly emit: LabSink
  /** Removes the progress bar. */
  readonly end: () => void
}

export interface LabViewOptions {
  readonly json: boolean
  readonly verbose: boolean
  readonly terminal: Pick<Terminal, 'stdout' | 'stderr' | 'stderrColours'>
}

const BAR = 24
const CLEAR_LINE = '\r\u001b[2K'

/** Shows long work with an estimate on stderr: a bar on a terminal, otherwise a line from time to time. */
export function labView({json, verbose, terminal}: LabViewOptions): LabView {
  const {stderr, stderrColours: colours} = terminal
  if (json) return {emit: event => terminal.stdout.write(`${JSON.stringify(event)}\n`), end: () => undefined}
  const redraws = stderr.isTTY && stderr.columns > 0
  let bar = ''
  const line = (text: string): void => void stderr.write(`${bar === '' ? '' : CLEAR_LINE}${text}\n${bar}`)
  const draw = (text: string): void => {
    bar = text
    stderr.write(`${CLEAR_LINE}${text}`)
  }
  return {
    emit: event => {
      if (event.type === 'progress' && redraws) draw(barText(event, stderr.columns))
      else {
        const text = labLine(event, verbose)
        if (text !== undefined) line(event.type === 'note' ? colours.dim(text) : text)
      }
    },
    end: () => {
      if (bar !== '') stderr.write(CLEAR_LINE)
      bar = ''
    },
  }
}

type Progress = Extract<LabEvent, {readonly type: 'progress'}>

const percent = ({fraction}: Progress): string => `${String(Math.floor(fraction * 100)).padStart(3)}%`
const left = ({remainingSeconds}: Progress): string =>
  remainingSeconds > 0 ? `, about ${timeTaken(remainingSeconds * 1000)} left` : ''

/** `[#####-------]  42%, about 3m 10s left: building kube-apiserver`, cut to the width of the terminal. */
export function barText(event: Progress, width: number): string {
  const full = Math.round(event.fraction * BAR)
  return `[${'#'.repeat(full)}${'-'.repeat(BAR - full)}] ${percent(event)}${left(event)}: ${event.doing}`.slice(
    0,
    width - 1,
  )
}

/** The line for one event; undefined for events that this view omits. */
export function labLine(event: LabEvent, verbose: boolean): string | undefined {
  switch (event.type) {
    case 'progress':
      return `lab: ${percent(event).trim()}${left(event)}: ${event.doing}`
    case 'note':
      return `lab: ${event.message}`
    case 'step-started':
      return undefined
    case 'step-done':
      return verbose ? `lab: ${event.title}: done, ${timeTaken(event.durationMs)}` : undefined
  }
}
