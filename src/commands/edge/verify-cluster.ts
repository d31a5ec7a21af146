import {randomBytes} from 'node:crypto'
import {KadmError} from '../../domain/errors.ts'
import {AGNHOST_IMAGE, AGNHOST_NEXT_IMAGE} from '../../domain/releases.ts'
import type {KubeClient} from '../../kube/client.ts'
import type {CheckResult} from '../../verify/outcome.ts'
import {verify, type VerifyOptions} from '../../verify/verify.ts'
import {duration} from '../../ui/duration.ts'
import {plural} from '../../ui/words.ts'
import type {Output} from '../output.ts'
import {realClock} from './clock.ts'

export interface VerifyRequest extends Pick<VerifyOptions, 'drain' | 'outsideName' | 'quick' | 'signal'> {
  readonly output: Output
}

/** Verifies and reports each check as it ends; rejects with `verify` when one failed. */
export async function verifyCluster(
  api: KubeClient,
  {output, ...options}: VerifyRequest,
): Promise<readonly CheckResult[]> {
  const {green, red, yellow, dim} = output.terminal.colours
  const mark = ({ok, skipped}: CheckResult): string =>
    skipped === undefined ? (ok ? green('ok') : red('failed')) : yellow('skipped')
  const line = (check: CheckResult): string =>
    `${mark(check)}  ${check.name} ${dim(`${duration(check.ms)}, ${check.skipped ?? check.detail.split('\n')[0] ?? ''}`)}`
  const {checks} = await verify(api, {
    ...options,
    clock: realClock,
    random: count => randomBytes(count),
    images: {first: AGNHOST_IMAGE, second: AGNHOST_NEXT_IMAGE},
    onCheck: check => output.event({type: 'check', ...check}, line(check)),
  })
  const failed = checks.filter(({ok}) => !ok)
  output.report({checks}, `${String(checks.length - failed.length)} of ${plural(checks.length, 'check')} passed`)
  if (failed.length > 0) {
    throw new KadmError('verify', failed.map(({name, detail}) => `${name}: ${detail}`).join('\n'), {
      hint: 'mend the first one and run again: kadm verify',
    })
  }
  return checks
}
