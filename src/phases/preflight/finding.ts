/** What one check saw; hosts by their node names. */
export interface Finding {
  readonly name: string
  /** `info` is what kadm puts right by itself; `warning` is what it cannot, and can live with. */
  readonly severity: 'error' | 'warning' | 'info' | 'ok'
  readonly hosts: readonly string[]
  readonly saw: string
  /** One imperative sentence; for `info`, what kadm will do. */
  readonly fix: string | undefined
}

/** Errors that are ignored by name (any case, or `all`) become warnings, as in kubeadm; nothing is hidden. */
export function applyIgnores(findings: readonly Finding[], ignored: readonly string[]): readonly Finding[] {
  const names = new Set(ignored.map(name => name.toLowerCase()))
  const isIgnored = ({name, severity}: Finding): boolean =>
    severity === 'error' && (names.has('all') || names.has(name.toLowerCase()))
  return findings.map(finding => (isIgnored(finding) ? {...finding, severity: 'warning'} : finding))
}

export const hasErrors = (findings: readonly Finding[]): boolean => findings.some(({severity}) => severity === 'error')

const ORDER = {error: 0, warning: 1, info: 2, ok: 3} as const satisfies Record<Finding['severity'], number>

/** The same thing seen on several hosts is one finding of them all; worst first, else in the order of the checks. */
export function mergeFindings(findings: readonly Finding[]): readonly Finding[] {
  const merged = new Map<string, Finding>()
  for (const finding of findings) {
    const key = JSON.stringify([finding.severity, finding.name, finding.saw, finding.fix])
    const earlier = merged.get(key)
    const hosts = [...new Set([...(earlier?.hosts ?? []), ...finding.hosts])]
    merged.set(key, {...finding, hosts})
  }
  return [...merged.values()].toSorted((a, b) => ORDER[a.severity] - ORDER[b.severity])
}

/** Lines for the terminal: what needs a person in full, what kadm does in one line each, what is well as a count. */
export function summarise(findings: readonly Finding[]): readonly string[] {
  const merged = mergeFindings(findings)
  const shown = merged.filter(({severity}) => severity !== 'ok')
  const width = Math.max(0, ...shown.map(({name}) => name.length))
  const lines = shown.flatMap(({severity, name, hosts, saw, fix}) => [
    `${severity.padEnd(7)}  ${name.padEnd(width)}  ${hosts.join(', ')}: ${saw}`,
    ...(fix === undefined ? [] : [`${' '.repeat(width + 11)}${fix}`]),
  ])
  const count = (severity: Finding['severity']): number => findings.filter(f => f.severity === severity).length
  return [
    ...lines,
    `${some(count('error'), 'error')}, ${some(count('warning'), 'warning')}, ${count('info')} for kadm to do, ${count('ok')} well`,
  ]
}

const some = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
