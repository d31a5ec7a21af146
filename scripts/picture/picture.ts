import {timeTaken} from '../../src/domain/duration.ts'
import type {EngineEvent} from '../../src/domain/events.ts'

type Done = Extract<EngineEvent, {type: 'phase-done'}>

/** What the picture shows of a run. */
export interface Run {
  readonly command: string
  readonly hosts: readonly string[]
  readonly startedAt: number
  readonly durationMs: number
  readonly changes: number | undefined
  readonly phases: readonly Done[]
}

/** The first run in the lines that `kadm --json` printed; lines about other things are passed over. */
export function runOf(lines: readonly string[]): Run {
  const events = lines.filter(line => line.trim() !== '').map(line => JSON.parse(line) as EngineEvent)
  const start = events.find(event => event.type === 'run-started')
  const end = events.find(event => event.type === 'run-done')
  if (start === undefined || end === undefined) throw new Error('these are not the events of a complete run')
  const inRun = (at: number): boolean => at >= start.at && at <= end.at
  return {
    command: start.command,
    hosts: start.hosts,
    startedAt: start.at,
    durationMs: end.durationMs,
    changes: end.changes,
    phases: events.filter(event => event.type === 'phase-done').filter(({at}) => inRun(at)),
  }
}

const [WIDTH, LEFT, RIGHT] = [880, 108, 24]
const [TOP, LANE, BAR] = [96, 46, 20]
const COLOURS = ['#4c8dff', '#2fb67c', '#e0a93b', '#b07cff', '#e36f8e', '#3cb9c9'] as const
/** A bar narrower than this many pixels has no label. */
const LABEL_MIN = 44
const LETTER = 6.2

/** A run as an SVG: a lane for each host, and in it a bar for each phase that took time. */
export function picture(run: Run): string {
  const height = TOP + run.hosts.length * LANE + 44
  const changes = run.changes === undefined ? '' : `${run.changes} changes in `
  const body = [
    `<rect width="${WIDTH}" height="${height}" rx="10" fill="#10151f"/>`,
    ...['#ff5f57', '#febc2e', '#28c840'].map((fill, i) => `<circle cx="${24 + i * 20}" cy="22" r="6" fill="${fill}"/>`),
    text([24, 62], `$ kadm ${run.command}`, '#e8edf5', 15),
    ...scale(run, height),
    ...run.hosts.flatMap((host, i) => lane(run, host, TOP + i * LANE)),
    text([24, height - 18], `done: ${changes}${timeTaken(run.durationMs)}`, '#2fb67c', 14),
  ]
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="ui-monospace, Menlo, Consolas, monospace" role="img">
<title>kadm ${run.command}: ${run.hosts.join(', ')}</title>
${body.join('\n')}
</svg>
`
}

function scale({durationMs}: Run, height: number): readonly string[] {
  const step = [10, 15, 30, 60, 120, 300].find(seconds => durationMs / 1000 / seconds <= 10) ?? 600
  const marks = Array.from({length: Math.floor(durationMs / 1000 / step) + 1}, (_, i) => i * step)
  return marks.flatMap(seconds => {
    const x = round(xOf(seconds * 1000, durationMs))
    return [
      `<line x1="${x}" y1="${TOP - 8}" x2="${x}" y2="${height - 44}" stroke="#263042"/>`,
      text([x + 3, TOP - 12], `${seconds} s`, '#6b788f', 10),
    ]
  })
}

function lane(run: Run, host: string, y: number): readonly string[] {
  const mine = run.phases.filter(phase => phase.host === host && phase.durationMs > 0)
  const groups = [...new Set(run.phases.map(({phase}) => groupOf(phase)))]
  const bars = mine.map(({phase, at, durationMs}) => {
    const x = xOf(at - run.startedAt - durationMs, run.durationMs)
    const width = Math.max(1, xOf(at - run.startedAt, run.durationMs) - x)
    const fill = COLOURS[groups.indexOf(groupOf(phase)) % COLOURS.length] ?? COLOURS[0]
    const bar = `<rect x="${round(x)}" y="${y + 6}" width="${round(width)}" height="${BAR}" rx="3" fill="${fill}"><title>${phase}: ${timeTaken(durationMs)}</title></rect>`
    const name = phase.split('/').at(-1) ?? phase
    const shown = name.slice(0, Math.floor((width - 8) / LETTER))
    return width < LABEL_MIN ? bar : `${bar}\n${text([x + 4, y + 20], shown, '#0b0f17', 10)}`
  })
  return [text([24, y + 21], host, '#e8edf5', 13), ...bars]
}

const groupOf = (phase: string): string => phase.split('/', 1)[0] ?? phase
const xOf = (ms: number, total: number): number => LEFT + (ms / total) * (WIDTH - LEFT - RIGHT)
const round = (value: number): number => Math.round(value * 10) / 10
type Place = readonly [x: number, y: number]
const text = ([x, y]: Place, words: string, fill: string, size: number): string =>
  `<text x="${round(x)}" y="${round(y)}" fill="${fill}" font-size="${size}">${escaped(words)}</text>`
const escaped = (words: string): string => words.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
