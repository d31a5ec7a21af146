import type {Clock} from '../domain/clock.ts'
import {KadmError} from '../domain/errors.ts'
import type {CheckResult} from './outcome.ts'

/** What a check saw, or why it was not tried; a failure is thrown. */
export type Verdict = string | {readonly skipped: string}
export type Check = (name: string, work: () => Verdict | Promise<Verdict>) => Promise<CheckResult>

export interface CheckerOptions {
  readonly clock: Clock
  readonly onStart?: ((name: string) => void) | undefined
  readonly onCheck?: ((result: CheckResult) => void) | undefined
}

/** Times a check and turns its failure into a result; an interruption and a bug go on up. */
export function checker({clock, onStart, onCheck}: CheckerOptions, checks: CheckResult[]): Check {
  return async (name, work) => {
    const start = clock.now()
    onStart?.(name)
    const verdict = await Promise.resolve().then(work).catch(failureOf)
    const ms = clock.now() - start
    const result: CheckResult =
      typeof verdict === 'string'
        ? {name, ok: true, ms, detail: verdict}
        : 'skipped' in verdict
          ? {name, ok: true, skipped: verdict.skipped, ms, detail: `skipped: ${verdict.skipped}`}
          : {name, ok: false, ms, detail: verdict.failed}
    checks.push(result)
    onCheck?.(result)
    return result
  }
}

function failureOf(error: unknown): {readonly failed: string} {
  if (!(error instanceof KadmError) || error.code === 'cancelled') throw error
  return {
    failed: [error.message, error.evidence, error.hint].filter(part => part !== undefined && part !== '').join('\n'),
  }
}
