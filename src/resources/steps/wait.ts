import {KadmError} from '../../domain/errors.ts'
import {Script, sh} from '../../remote/shell/shell.ts'
import type {Kind, ResourceBase} from '../core/kind.ts'

/** A condition on the host that must become true in time. */
export interface WaitResource extends ResourceBase {
  readonly kind: 'wait'
  /** What is waited for, in words: `the API server to answer`. */
  readonly title: string
  /** Shell that exits 0 when it holds; what it prints says what it saw. Must end soon. */
  readonly check: string
  readonly deadlineMs: number
  readonly intervalMs: number
  /** Shell whose output goes with the failure. */
  readonly evidence: string
}

export interface WaitFound {
  readonly holds: boolean
  /** The last thing seen, one line. */
  readonly seen: string
}

export interface WaitSpec {
  readonly name: string
  readonly title: string
  readonly why: string
  readonly check: Script
  readonly deadlineMs: number
  readonly intervalMs?: number
  readonly evidence?: Script
}

export const wait = ({name, title, why, check, deadlineMs, intervalMs = 500, evidence}: WaitSpec): WaitResource => ({
  kind: 'wait',
  id: `wait:${name}`,
  why,
  title,
  check: check.text,
  deadlineMs,
  intervalMs,
  evidence: evidence?.text ?? ':',
})

export const waitKind: Kind<WaitResource, WaitFound> = {
  schema: undefined,
  onlyWaits: true,
  look: ({check}) => sh`if kadm_seen=$( (${new Script(check)}
) 2>&1 ); then echo yes; else echo no; fi
printf %s "$kadm_seen" | tail -n 1 | base64 -w0`,
  parse: output => {
    const [answer, seen = ''] = output.split('\n')
    if (answer !== 'yes' && answer !== 'no') throw new KadmError('remote', 'a check did not answer', {evidence: output})
    return {holds: answer === 'yes', seen: Buffer.from(seen, 'base64').toString().trim()}
  },
  identity: () => ({}),
  diff: ({title}, {holds, seen}) => (holds ? undefined : `waiting for ${title}${seen === '' ? '' : ` (now: ${seen})`}`),
  // Counted on the clock of the boot: a wall clock is set in just these minutes.
  act: ({title, check, evidence, deadlineMs, intervalMs}) => {
    const seconds = Math.ceil(deadlineMs / 1000)
    return sh`kadm_deadline=$(( $(cut -d. -f1 /proc/uptime) + ${seconds} ))
until kadm_seen=$( (${new Script(check)}
) 2>&1 ); do
if [ "$(cut -d. -f1 /proc/uptime)" -ge "$kadm_deadline" ]; then
(${new Script(evidence)}
) >&2 2>&1 || :
printf 'waited %s s for %s; last seen: %s\n' ${seconds} ${title} "$(printf %s "$kadm_seen" | tail -n 1)" >&2
exit 1
fi
sleep ${intervalMs / 1000}
done`
  },
  revert: () => sh`:`,
}
