/** One thing that was tried on the running cluster. */
export interface CheckResult {
  readonly name: string
  readonly ok: boolean
  /** Why it was not tried; such a check is ok. */
  readonly skipped?: string
  readonly ms: number
  /** What was seen: the proof, or what failed and where. */
  readonly detail: string
}

export interface VerifyOutcome {
  readonly checks: readonly CheckResult[]
}

export const passed = ({checks}: VerifyOutcome): boolean => checks.every(check => check.ok)
