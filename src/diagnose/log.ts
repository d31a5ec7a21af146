import type {ContainerEvidence, Evidence, LogLine, UnitEvidence} from '../domain/evidence.ts'

/** A line of a log, with who said it and what the pattern took from it. */
export interface Hit {
  readonly source: string
  readonly line: LogLine
  /** The whole match, then its groups; a group that took nothing is empty. */
  readonly groups: readonly string[]
}

/** A process that has run this long has got over what its predecessors said. */
const SETTLED_SECONDS = 30
/** What a settled process repeats, it repeats within this time: back-offs of the kubelet's clients are shorter. */
const RECENT_SECONDS = 120
/** What a unit that starts again and again said of late. */
const RESTARTING_SECONDS = 300
const KERNEL_SECONDS = 1800

/** The lines of a unit that count now; none of one that was stopped in order. */
function presentLines(unit: UnitEvidence, now: number): readonly LogLine[] {
  const since = (seconds: number): readonly LogLine[] => unit.lines.filter(({at}) => at >= now - seconds)
  if (unit.active === 'failed') return unit.lines
  if (unit.active !== 'active' && unit.active !== 'activating') return []
  const running = unit.runningSeconds ?? 0
  return running > SETTLED_SECONDS ? since(Math.min(RECENT_SECONDS, running)) : since(RESTARTING_SECONDS)
}

/** Whether a container keeps stopping: it is down, or was started again just now and not for the first time. */
export const isCrashing = ({running, attempt, startedAt}: ContainerEvidence, now: number): boolean =>
  running === false || (attempt > 1 && startedAt !== undefined && startedAt > now - RECENT_SECONDS)

const containerLines = (container: ContainerEvidence, now: number): readonly LogLine[] =>
  isCrashing(container, now)
    ? [...container.earlier, ...container.lines]
    : container.lines.filter(({at}) => at >= now - RECENT_SECONDS)

/** Who may be asked: `kubelet`, `containerd`, `kernel`, or a container by its name. */
export type Source = string

export function linesOf(evidence: Evidence, source: Source): readonly LogLine[] {
  const {now} = evidence
  if (source === 'kubelet') return presentLines(evidence.kubelet, now)
  if (source === 'containerd') return presentLines(evidence.containerd, now)
  if (source === 'kernel') return evidence.kernel.filter(({at}) => at >= now - KERNEL_SECONDS)
  return evidence.containers.filter(({name}) => name === source).flatMap(container => containerLines(container, now))
}

/** Newest first. */
export function find(evidence: Evidence, sources: readonly Source[], pattern: RegExp): readonly Hit[] {
  return sources
    .flatMap(source =>
      linesOf(evidence, source).flatMap(line => {
        const match = pattern.exec(line.text)
        return match === null
          ? []
          : [{source, line, groups: [...match].map(group => (group as string | undefined) ?? '')}]
      }),
    )
    .toSorted((a, b) => b.line.at - a.line.at)
}

const MOST = 240
const BEFORE = 60

/** Takes off what only says when and where in the source it was said, and keeps the part that matters of a long line. */
export function shorten(text: string, around?: string): string {
  const plain = text
    .replace(/^[EWFI]\d{4} \S+\s+\d+ \S+\] /, '')
    .replace(/^time="[^"]*" level=/, '')
    .replace(/"ts":"[^"]*","caller":"[^"]*",/, '')
  if (plain.length <= MOST) return plain
  const at = around === undefined ? -1 : plain.indexOf(around)
  const from = at <= BEFORE ? 0 : at - BEFORE
  const part = plain.slice(from, from + MOST)
  return `${from > 0 ? '…' : ''}${part}${from + MOST < plain.length ? '…' : ''}`
}

/** The first lines that prove it, who said them before each. */
export function proofOf(hits: readonly Hit[], most = 2): readonly string[] {
  const lines = hits.map(({source, line, groups}) => {
    const times = line.count > 1 ? ` (${String(line.count)} times)` : ''
    return `${source}${times}: ${shorten(line.text, groups[0])}`
  })
  return [...new Set(lines)].slice(0, most)
}

export const CONTROL_PLANE = ['kube-apiserver', 'etcd', 'kube-controller-manager', 'kube-scheduler'] as const
