/** The result of one check; hosts by their node names. */
export interface Finding {
  readonly name: string
  /** `info`: kadm corrects it. `warning`: kadm cannot correct it, but can continue. */
  readonly severity: 'error' | 'warning' | 'info' | 'ok'
  readonly hosts: readonly string[]
  readonly message: string
  /** One imperative sentence; for `info`, what kadm will do. */
  readonly remedy: string | undefined
  /** An error that you cannot ignore by name, since the run would break what works. */
  readonly mandatory?: true
}

/** Errors that are ignored by name (any case, or `all`) become warnings, as in kubeadm; nothing is hidden, and mandatory errors stay errors. */
export function applyIgnores(findings: readonly Finding[], ignored: readonly string[]): readonly Finding[] {
  const names = new Set(ignored.map(name => name.toLowerCase()))
  const isIgnored = ({name, severity, mandatory}: Finding): boolean =>
    severity === 'error' && !mandatory && (names.has('all') || names.has(name.toLowerCase()))
  return findings.map(finding => (isIgnored(finding) ? {...finding, severity: 'warning'} : finding))
}

/** A finding that several hosts share word for word is reported once, with all their names, in the place of the first. */
export function gatherEqual(findings: readonly Finding[]): readonly Finding[] {
  const key = ({name, severity, message: message, remedy: remedy}: Finding): string =>
    JSON.stringify([name, severity, message, remedy])
  return [...Map.groupBy(findings, key).values()].flatMap(same =>
    same.slice(0, 1).map(first => ({...first, hosts: [...new Set(same.flatMap(({hosts}) => hosts))]})),
  )
}
