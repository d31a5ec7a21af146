import {z} from 'zod'
import {KadmError} from '../../domain/errors.ts'
import {type Script, sh} from '../../remote/shell/shell.ts'
import {maybe} from '../core/schema.ts'

/** What must be done about a unit. */
export type Need = 'reload' | 'unmask' | 'enable' | 'disable' | 'stop' | 'start' | 'restart'

export interface UnitState {
  readonly exists: boolean
  /** As systemd says: active, inactive, activating, failed, …. */
  readonly active: string
  /** running, exited, auto-restart, dead, …. */
  readonly sub: string
  /** enabled, disabled, static, masked, …; '' where there is no unit. */
  readonly enabled: string
  readonly needsReload: boolean
  /** The file that was written after the unit started. */
  readonly newer: string | undefined
}

export const unitState: z.ZodType<UnitState> = z.object({
  exists: z.boolean(),
  active: z.string(),
  sub: z.string(),
  enabled: z.string(),
  needsReload: z.boolean(),
  newer: maybe(z.string()),
})

const PROPERTIES =
  'LoadState,ActiveState,SubState,UnitFileState,NeedDaemonReload,ActiveEnterTimestamp,ExecMainStartTimestamp'

/**
 * `us+utc` gives microseconds without the host's time zone (systemd ≥ 247). Of the files it is ctime that counts: the kernel sets
 * it, while packages bring their mtime along.
 */
export const lookAtUnit = (
  name: string,
  files: readonly string[],
): Script => sh`systemctl show --timestamp=us+utc -p ${PROPERTIES} -- ${name}
for kadm_file in ${files}; do
if [ -f "$kadm_file" ]; then printf 'file %s %s\n' "$(stat -L -c %.Z -- "$kadm_file")" "$kadm_file"; fi
done
date '+now %s.%N'`

/** Reads what `lookAtUnit` printed. */
export function parseUnit(output: string, {name}: {readonly name: string}): UnitState {
  const lines = output.split('\n')
  const value = (key: string): string => lines.find(l => l.startsWith(`${key}=`))?.slice(key.length + 1) ?? ''
  if (value('LoadState') === '') {
    throw new KadmError('remote', `systemd did not report the state of ${name}`, {evidence: output})
  }
  const started = seconds(value('ExecMainStartTimestamp')) ?? seconds(value('ActiveEnterTimestamp'))
  const now = Number(lines.find(l => l.startsWith('now '))?.slice(4) ?? NaN)
  return {
    exists: value('LoadState') !== 'not-found',
    active: value('ActiveState'),
    sub: value('SubState'),
    enabled: value('UnitFileState'),
    needsReload: value('NeedDaemonReload') === 'yes',
    newer: started === undefined ? undefined : newestAfter(started, now, lines),
  }
}

/** Files from the future (a clock that was set back) are passed over: they would be newer than every start. */
function newestAfter(started: number, now: number, lines: readonly string[]): string | undefined {
  return lines
    .flatMap(line => {
      const [, at, path] = /^file ([\d.]+) (.*)$/.exec(line) ?? []
      return at === undefined || path === undefined ? [] : [{at: Number(at), path}]
    })
    .filter(({at}) => at > started && at <= now)
    .sort((a, b) => b.at - a.at)[0]?.path
}

/** `Wed 2026-11-25 10:00:00.123456 UTC` in seconds since the epoch; undefined for what never was. */
function seconds(timestamp: string): number | undefined {
  const match = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d+)? UTC$/.exec(timestamp)
  if (match === null) return undefined
  const [, day = '', time = '', fraction = ''] = match
  return Date.parse(`${day}T${time}Z`) / 1000 + Number(`0${fraction}`)
}

export const isUp = ({active}: UnitState): boolean => active === 'active' || active === 'reloading'

/** Whether it comes up at boot, or is none of the units that can be enabled. */
export const isEnabled = (state: string): boolean =>
  ['enabled', 'static', 'alias', 'indirect', 'generated', 'transient'].includes(state)

/** One need in words. */
export function describe(need: Need, {active, sub, enabled, newer, exists}: UnitState): string {
  switch (need) {
    case 'reload':
      return 'its unit file changed after systemd read it'
    case 'unmask':
      return 'is masked'
    case 'enable':
      return exists ? `is ${enabled === '' ? 'not enabled' : enabled}` : 'does not exist'
    case 'disable':
      return 'is enabled'
    case 'stop':
      return `is ${active}`
    case 'start':
      return `is ${active} (${sub})`
    case 'restart':
      return newer === undefined ? 'runs with an older unit file' : `started before ${newer} was written`
  }
}
