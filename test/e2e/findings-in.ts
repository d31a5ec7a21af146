import type {KadmEvent} from './run-kadm.ts'

export interface ToldFinding {
  readonly name: string
  readonly severity: string
  readonly hosts: readonly string[]
  readonly message: string
  readonly remedy?: string
}

/** What preflight found, as `--json` tells it. */
export function findingsIn(events: readonly KadmEvent[]): readonly ToldFinding[] {
  const findings: unknown = events.find(event => 'findings' in event)?.['findings']
  return Array.isArray(findings) ? (findings as readonly ToldFinding[]) : []
}
