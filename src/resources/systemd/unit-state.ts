import {z} from 'zod'
import {KadmError} from '../../domain/errors.ts'
import {type Script, sh} from '../../remote/shell/shell.ts'
import {maybe} from '../core/schema.ts'

/** What must be done about a unit. */
export type Need = 'reload' | 'unmask' | 'enable' | 'disable' | 'stop' | 'start' | 'restart' | 'reread'

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
  /** The file of `reloadWhenNewer` that was written after the unit last read it. */
  readonly unread?: string | undefined
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
  'LoadState,ActiveState,SubState,UnitFileState,NeedDaemonReload,ActiveEnterTimestamp,ExecMainStartTimestamp,StateChangeTimestamp'

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
export function parseUnit(
  output: string,
  {
    name,
    reloadWhenNewer: reloaded = [],
  }: {readonly name: string; readonly reloadWhenNewer?: readonly string[] | undefined},
): UnitState {
  const lines = output.split('\n')
  const value = (key: string): string => lines.find(l => l.startsWith(`${key}=`))?.slice(key.length + 1) ?? ''
  if (value('LoadState') === '') {
    throw new KadmError('remote', `systemd did not report the state of ${name}`, {evidence: output})
  }
  const started = seconds(value('ExecMainStartTimestamp')) ?? seconds(value('ActiveEnterTimestamp'))
  // A reload is a change of the state, and no new start.
  const read = seconds(value('StateChangeTimestamp')) ?? started
  const now = Number(lines.find(l => l.startsWith('now '))?.slice(4) ?? NaN)
  const newest = (since: number | undefined, counts: (file: FileAt) => boolean): string | undefined =>
    since === undefined ? undefined : newestAfter(since, now, lines.flatMap(fileOf).filter(counts))
  return {
    exists: value('LoadState') !== 'not-found',
    active: value('ActiveState'),
    sub: value('SubState'),
    enabled: value('UnitFileState'),
    needsReload: value('NeedDaemonReload') === 'yes',
    newer: newest(started, ({path}) => !reloaded.includes(path)),
    ...(reloaded.length === 0 ? {} : {unread: newest(read, ({path}) => reloaded.includes(path))}),
  }
}

interface FileAt {
  readonly at: number
  readonly path: string
}

const fileOf = (line: string): readonly FileAt[] => {
  const [, at, path] = /^file ([\d.]+) (.*)$/.exec(line) ?? []
  return at === undefined || path === undefined ? [] : [{at: Number(at), path}]
}

/** Files from the future (a clock that was set back) are passed over: they would be newer than every start. */
function newestAfter(started: number, now: number, files: readonly FileAt[]): string | undefined {
  return files.filter(({at}) => at > started && at <= now).sort((a, b) => b.at - a.at)[0]?.path
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
export function describe(need: Need, {active, sub, enabled, newer, unread, exists}: UnitState): string {
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
    case 'reread':
      return `has not read ${unread ?? 'its files'} since it was written`
    case 'restart':
      return newer === undefined ? 'runs with an older unit file' : `started before ${newer} was written`
  }
}
