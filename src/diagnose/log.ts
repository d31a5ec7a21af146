import type {ContainerEvidence, Evidence, LogLine, UnitEvidence} from '../domain/evidence.ts'

/** A line of a log, with who said it and what the pattern took from it. */
export interface Hit {
  readonly source: string
  readonly line: LogLine
  /** The whole match, then its groups; a group that took nothing is empty. */
  readonly groups: readonly string[]
}

/** A process that has run this long is over its start. */
const SETTLED_SECONDS = 30
/** What holds is repeated within this time: the kubelet tries a pod again every 10 to 15 s, its lease every 7 s. */
const RECENT_SECONDS = 45
/** A process that fails at its start does so within this time. */
const START_SECONDS = 6
/** Between the end of a kubelet and its next start (RestartSec=10), with the time that the failed start took. */
const RESTART_SECONDS = 20
const KERNEL_SECONDS = 300
/** A container that came up this long ago may be about to end as its predecessor did. */
const FRAGILE_SECONDS = 15

/** The lines of a unit that count now: of its present start, and of the one before only while the present one is too young to tell. */
function presentLines(unit: UnitEvidence, now: number): readonly LogLine[] {
  const since = (seconds: number): readonly LogLine[] => unit.lines.filter(({at}) => at >= now - seconds)
  const {active, restarts, runningSeconds: running, startedAt} = unit
  const ofThisStart = startedAt === undefined ? unit.lines : unit.lines.filter(({at}) => at >= startedAt)
  if (active === 'failed') return ofThisStart
  if (active !== 'active' && active !== 'activating') return []
  if (running === undefined) return ofThisStart
  if (running > SETTLED_SECONDS) return since(Math.min(RECENT_SECONDS, running))
  return restarts > 0 && running < START_SECONDS ? since(running + RESTART_SECONDS) : ofThisStart
}

/** Whether a container keeps stopping: it is down, or was started again just now and not for the first time. */
export const isCrashing = ({running, attempt, startedAt}: ContainerEvidence, now: number): boolean =>
  running === false || (attempt > 1 && startedAt !== undefined && startedAt > now - FRAGILE_SECONDS)

/** What a container said in its present attempt; of the one before only while the present one has not told. */
export function containerLines(container: ContainerEvidence, now: number): readonly LogLine[] {
  const {running, lines, earlier} = container
  if (running === false) return lines.length > 0 ? lines : earlier
  return isCrashing(container, now) ? [...earlier, ...lines] : lines.filter(({at}) => at >= now - RECENT_SECONDS)
}

/** Who may be asked: `kubelet`, `containerd`, `kernel`, or a container by its name. */
export type Source = string

/** A pod that is gone leaves lines, but no folder; what was said of it holds no longer. */
const isOfLivePod = ({podUids}: Evidence, text: string): boolean => {
  const uid = /\bpodUID="([^"]+)"/.exec(text)?.[1]
  return uid === undefined || podUids === undefined || podUids.includes(uid)
}

const containersOf = ({containers, podUids}: Evidence, name: string): readonly ContainerEvidence[] =>
  containers.filter(
    container => container.name === name && (podUids === undefined || podUids.includes(container.podUid)),
  )

export function linesOf(evidence: Evidence, source: Source): readonly LogLine[] {
  const {now} = evidence
  if (source === 'kubelet') return presentLines(evidence.kubelet, now).filter(({text}) => isOfLivePod(evidence, text))
  if (source === 'containerd') return presentLines(evidence.containerd, now)
  if (source === 'kernel') return evidence.kernel.filter(({at}) => at >= now - KERNEL_SECONDS)
  return containersOf(evidence, source).flatMap(container => containerLines(container, now))
}

const matched = (source: Source, lines: readonly LogLine[], pattern: RegExp): readonly Hit[] =>
  lines.flatMap(line => {
    const match = pattern.exec(line.text)
    return match === null ? [] : [{source, line, groups: [...match].map(group => (group as string | undefined) ?? '')}]
  })

const newestFirst = (hits: readonly Hit[]): readonly Hit[] => hits.toSorted((a, b) => b.line.at - a.line.at)

/** Newest first. */
export const find = (evidence: Evidence, sources: readonly Source[], pattern: RegExp): readonly Hit[] =>
  newestFirst(sources.flatMap(source => matched(source, linesOf(evidence, source), pattern)))

/** Containers of these names that keep stopping. */
export const crashing = (evidence: Evidence, names: readonly string[]): readonly ContainerEvidence[] =>
  names.flatMap(name => containersOf(evidence, name).filter(container => isCrashing(container, evidence.now)))

/** The first lines that prove it, who said them before each. */
export function proofOf(hits: readonly Hit[], most = 2): readonly string[] {
  const lines = hits.map(({source, line, groups}) => {
    const times = line.count > 1 ? ` (${String(line.count)} times)` : ''
    return `${source}${times}: ${shorten(line.text, groups[0])}`
  })
  return [...new Set(lines)].slice(0, most)
}

const MOST = 260
const BEFORE = 60
const PART = 120

/** Takes off what only says when and where in the source it was said, and keeps what matters of a long line: the match, and the reason, which Go puts last. */
export function shorten(text: string, around?: string): string {
  const plain = text
    .replace(/^[EWFI]\d{4} \S+\s+\d+ \S+\] /, '')
    .replace(/^time="[^"]*" level=/, '')
    .replace(/"ts":"[^"]*","caller":"[^"]*",/, '')
  if (plain.length <= MOST) return plain
  const end = reasonEnd(plain)
  const at = around === undefined ? 0 : Math.max(0, plain.indexOf(around))
  const from = at <= BEFORE ? 0 : at - BEFORE
  const lead = from > 0 ? '…' : ''
  const tail = end < plain.length ? '…' : ''
  if (end - from <= MOST) return `${lead}${plain.slice(from, end)}${tail}`
  const first = plain.slice(from, Math.min(at + PART, end - PART))
  return `${lead}${first} … ${plain.slice(end - PART, end)}${tail}`
}

/** Where the error of a line ends: after it come only the names of pods and the like. */
function reasonEnd(plain: string): number {
  const error = /\berr(?:or)?="/.exec(plain)
  if (error === null) return plain.length
  const after = plain.slice(error.index)
  const next = /"+(?= (?:logger|pod|podUID|image|path|interval|node|name|namespace|containerID|podSandboxID)=)/.exec(
    after,
  )
  return next === null ? plain.length : error.index + next.index + next[0].length
}

export const CONTROL_PLANE = ['kube-apiserver', 'etcd', 'kube-controller-manager', 'kube-scheduler'] as const
