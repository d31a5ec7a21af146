import {randomBytes} from 'node:crypto'
import {KadmError} from '../../domain/errors.ts'
import {AGNHOST_IMAGE, AGNHOST_NEXT_IMAGE} from '../../domain/releases.ts'
import type {KubeClient} from '../../kube/client.ts'
import type {CheckResult} from '../../verify/outcome.ts'
import {verify, type VerifyOptions} from '../../verify/verify.ts'
import {timeTaken} from '../../domain/duration.ts'
import {plural} from '../../ui/words.ts'
import type {Output} from '../base/output.ts'
import {realClock} from './wiring/clock.ts'

export interface VerifyRequest extends Pick<VerifyOptions, 'drain' | 'outsideName' | 'quick' | 'signal'> {
  readonly output: Output
  /** Reports the checks, with their count as text. */
  readonly report: (data: {readonly checks: readonly CheckResult[]}, text: string) => void | Promise<void>
  /** Whether the checks are progress, because `report` prints them again in another format. */
  readonly hasOwnResult: boolean
}

/** Verifies and reports each check as it ends; rejects with `verify` when one failed. */
export async function verifyCluster(
  api: KubeClient,
  {output, report, hasOwnResult, ...options}: VerifyRequest,
): Promise<readonly CheckResult[]> {
  const {green, red, yellow, dim} = output.terminal.colours
  const mark = ({ok, skipped}: CheckResult): string =>
    skipped === undefined ? (ok ? green('ok') : red('failed')) : yellow('skipped')
  const line = (check: CheckResult): string =>
    `${mark(check)}  ${check.name} ${dim(`${timeTaken(check.ms)}, ${check.skipped ?? check.detail.split('\n')[0] ?? ''}`)}`
  const {checks} = await verify(api, {
    ...options,
    clock: realClock,
    random: count => randomBytes(count),
    images: {first: AGNHOST_IMAGE, second: AGNHOST_NEXT_IMAGE},
    onCheck: check => (hasOwnResult ? output.event : output.part)({type: 'check', ...check}, line(check)),
  })
  const failed = checks.filter(({ok}) => !ok)
  await report({checks}, countOf(checks))
  if (failed.length > 0) {
    throw new KadmError('verify', failed.map(({name, detail}) => `${name}: ${detail}`).join('\n'), {
      hint: 'fix the first failed check and run kadm verify again; for problems of the cluster itself, run: kadm doctor',
    })
  }
  return checks
}

/** `10 of 12 checks passed, 2 skipped`; a skipped check has neither passed nor failed. */
export function countOf(checks: readonly CheckResult[]): string {
  const failed = checks.filter(({ok}) => !ok).length
  const skipped = checks.filter(check => check.skipped !== undefined).length
  const first =
    failed > 0
      ? `${String(failed)} of ${plural(checks.length, 'check')} failed`
      : `${String(checks.length - skipped)} of ${plural(checks.length, 'check')} passed`
  return skipped === 0 ? first : `${first}, ${String(skipped)} skipped`
}
