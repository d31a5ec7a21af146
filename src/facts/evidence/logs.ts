import {program} from '../../remote/shell/program.ts'
import type {ContainerEvidence, LogLine} from '../../domain/evidence.ts'
import {sh} from '../../remote/shell/shell.ts'
import {linesOf, wholeNumber, wordsOf, type Section} from '../section.ts'

/** klog's, containerd's, etcd's and CoreDNS's ways to say that a line is mere information; a network that is not ready is more than that. */
const INFORMATION = String.raw`^[^ ]+ ([^ ]+\[[0-9]+\]: )?(I[0-9]{4} |time="[^"]*" level=(info|debug)|[{]"level":"(info|debug)"|\[INFO\]|[[:space:]]|$)`
const TELLING = `/not ready|attempting to reclaim/{p;d}; /${INFORMATION}/!p`
const JOURNAL_LINES = 2000

/** The journal of a unit since boot, without the lines that only inform. */
export const journalSection = (unit: 'kubelet' | 'containerd'): Section<readonly LogLine[]> => ({
  name: `journal-${unit}`,
  script: sh`kadm_within journalctl -q -u ${unit} -b -n ${JOURNAL_LINES} -o short-unix --no-hostname --no-pager |
  sed -nE ${`/^[0-9]+\\.[0-9]+ /!d; ${TELLING}`} |
  sed -E 's/^([^ ]+) [^ ]+\[[0-9]+\]: /\1 /' | kadm_distinct`,
  parse: parseLines,
})

/** What the kernel says of memory, disks, dropped packets and refused accesses. In a container it is the outer machine's. */
export const kernelLogSection: Section<readonly LogLine[]> = {
  name: 'journal-kernel',
  script: sh`kadm_within journalctl -q -k -b -n ${JOURNAL_LINES} -o short-unix --no-hostname --no-pager |
  grep -E 'Out of memory|out of memory|oom-kill|UFW BLOCK|REJECT|DROP|[Rr]emounting filesystem read-only|I/O error|table full, dropping packet|apparmor="DENIED"|EXT4-fs error|XFS .*error' |
  sed -E 's/^([^ ]+) kernel: /\1 /' | kadm_distinct`,
  parse: parseLines,
}

/** `COUNT TIME TEXT`; Go's quoting of quotes is undone, so that what was said can be read. */
function parseLines(text: string): readonly LogLine[] {
  return linesOf(text).flatMap(line => {
    const [, count = '', time = '', said = ''] = /^(\d+) (\S+) (.*)$/.exec(line) ?? []
    const at = time.includes('T') ? Date.parse(time) / 1000 : Number(time)
    if (said === '' || Number.isNaN(at)) return []
    return [{text: said.replaceAll(/\\+"/g, '"'), count: wholeNumber(count), at}]
  })
}

const MOST_CONTAINERS = 40
const LOG_LINES = 100

/** The kubelet links each container's log by pod, namespace, name and id: no CRI client is needed to find them. What rules ask for comes first. */
export const containersSection: Section<
  (tasks: ReadonlyMap<string, string> | undefined) => readonly ContainerEvidence[]
> = {
  name: 'containers',
  script: program('evidence-containers', {most_containers: MOST_CONTAINERS, log_lines: LOG_LINES, telling: TELLING}),
  parse: text => tasks =>
    newest(
      text
        .split('\x1d')
        .slice(1)
        .flatMap(part => attemptOf(part, tasks)),
    ),
}

type Attempt = Omit<ContainerEvidence, 'earlier'>

function attemptOf(part: string, tasks: ReadonlyMap<string, string> | undefined): readonly Attempt[] {
  const end = part.indexOf('\n')
  const [link = '', path = '', first = ''] = part.slice(0, end).split(' ')
  const id = /-([0-9a-f]+)\.log$/.exec(link)?.[1] ?? ''
  const match = /\/([^/_]+)_([^/_]+)_([^/]+)\/([^/]+)\/(\d+)\.log$/.exec(path)
  if (match === null) return []
  const [, namespace = '', pod = '', podUid = '', name = '', attempt = ''] = match
  const startedAt = Date.parse(first) / 1000
  return [
    {
      namespace,
      pod,
      podUid,
      name,
      attempt: wholeNumber(attempt),
      running: tasks && tasks.get(id) === 'RUNNING',
      startedAt: Number.isNaN(startedAt) ? undefined : startedAt,
      lines: parseLines(part.slice(end + 1)),
    },
  ]
}

/** One entry for each container of each pod; for pods with the same name, the newest one counts. */
function newest(attempts: readonly Attempt[]): readonly ContainerEvidence[] {
  const groups = Map.groupBy(attempts, ({namespace, pod, name}) => `${namespace}/${pod}/${name}`)
  return [...groups.values()].flatMap(group => {
    const [last, before] = group.toSorted(
      (a, b) =>
        Number(b.running ?? false) - Number(a.running ?? false) ||
        b.attempt - a.attempt ||
        (b.startedAt ?? 0) - (a.startedAt ?? 0),
    )
    return last === undefined ? [] : [{...last, earlier: before?.lines ?? []}]
  })
}

/** Status by container id; undefined when containerd does not answer. */
export const tasksSection: Section<ReadonlyMap<string, string> | undefined> = {
  name: 'tasks',
  script: sh`kadm_within ctr -n k8s.io tasks ls`,
  parse(text) {
    const [heading, ...rows] = linesOf(text)
    if (heading?.startsWith('TASK') !== true) return undefined
    return new Map(
      rows.map(row => {
        const [id = '', , status = ''] = wordsOf(row)
        return [id, status]
      }),
    )
  },
}
