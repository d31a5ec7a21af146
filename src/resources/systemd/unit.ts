import {z} from 'zod'
import {concat, Script, sh} from '../../remote/shell/shell.ts'
import type {Kind, ResourceBase} from '../core/kind.ts'
import {describe, isEnabled, isUp, lookAtUnit, parseUnit, type Need, type UnitState} from './unit-state.ts'
import {base, texts} from '../core/schema.ts'
import {unitState} from './unit-state.ts'

/** A systemd unit that should be running (or not) and come up at boot (or not). */
export interface UnitResource extends ResourceBase {
  readonly kind: 'unit'
  /** Full name: `kubelet.service`. */
  readonly name: string
  readonly active: boolean
  readonly enabled: boolean
  /** Files it reads when it starts: a unit that started before one of them was last written is started again. */
  readonly restartWhenNewer: readonly string[]
  /** Files that it reads again at a reload, without a restart. */
  readonly reloadWhenNewer?: readonly string[] | undefined
  /** How it is seen that it stays up, once it was started. */
  readonly steady?: Steady | undefined
}

/** A program that systemd started has not shown yet that it can work: one that stops at once is started again and again. */
export interface Steady {
  /** The longest time to watch the unit; it counts as healthy when it still runs at the end. */
  readonly seconds: number
  /** Shell that exits 0 when it does its work, which ends the watch sooner. */
  readonly sign: string
}

export interface UnitSpec {
  readonly name: string
  readonly why: string
  readonly active?: boolean
  readonly enabled?: boolean
  readonly restartWhenNewer?: readonly string[]
  readonly reloadWhenNewer?: readonly string[]
  readonly steady?: Steady | undefined
}

/** Running and enabled unless said otherwise. */
export const unit = ({
  name,
  why,
  active = true,
  enabled = true,
  restartWhenNewer = [],
  reloadWhenNewer,
  steady,
}: UnitSpec): UnitResource => ({
  kind: 'unit',
  id: `unit:${name}`,
  why,
  name,
  active,
  enabled,
  restartWhenNewer,
  ...(reloadWhenNewer === undefined ? {} : {reloadWhenNewer}),
  ...(steady === undefined ? {} : {steady}),
})

/**
 * Asked when acting, since its unit file may have been written by the act before this one. systemd itself does not miss the first
 * drop-in of a folder that is new.
 */
const reload = (name: string, files: readonly string[]) =>
  files.some(path => path.includes('.service.d/'))
    ? sh`systemctl daemon-reload`
    : sh`[ "$(systemctl show -p LoadState -p NeedDaemonReload --value -- ${name} | tr '\n' ' ')" = 'loaded no ' ] || systemctl daemon-reload`

/** The log of a unit that does not start contains the reason. */
const start = (verb: 'start' | 'restart', name: string) => sh`systemctl reset-failed -- ${name} 2>/dev/null || :
systemctl ${verb} -- ${name} || { journalctl -u ${name} -n 20 --no-pager -o cat >&2 || :; printf '%s did not start\n' ${name} >&2; exit 1; }`

/** Between two looks of a watch, and how long a unit must still run after its sign. */
const PAUSE_SECONDS = 0.3

/** A unit may fail once while another one is just starting; a unit that stops twice has its own fault. */
const SECOND_TRY_SECONDS = 3

/** Fails with the unit's own log when its first process does not keep running. */
const stays = (
  name: string,
  {seconds, sign}: Steady,
) => sh`kadm_main() { systemctl show -p MainPID --value -- ${name}; }
kadm_stays() {
kadm_pid=$(kadm_main)
kadm_end=$(( $(cut -d. -f1 /proc/uptime) + ${seconds} ))
while [ "$kadm_pid" != 0 ] && [ "$(kadm_main)" = "$kadm_pid" ]; do
if ( ${new Script(sign)}
) >/dev/null 2>&1 || [ "$(cut -d. -f1 /proc/uptime)" -ge "$kadm_end" ]; then
sleep ${PAUSE_SECONDS}
[ "$(kadm_main)" = "$kadm_pid" ]; return
fi
sleep ${PAUSE_SECONDS}
done
return 1
}
kadm_stays || { sleep ${SECOND_TRY_SECONDS}; systemctl restart -- ${name} && kadm_stays; } || { journalctl -u ${name} -n 20 --no-pager -o cat >&2 || :; printf '%s started and stopped again\n' ${name} >&2; exit 1; }`

export const unitKind: Kind<UnitResource, UnitState> = {
  schema: {
    resource: z.object({
      ...base,
      kind: z.literal('unit'),
      name: z.string(),
      active: z.boolean(),
      enabled: z.boolean(),
      restartWhenNewer: texts,
    }),
    state: unitState,
  },
  look: ({name, restartWhenNewer, reloadWhenNewer = []}) => lookAtUnit(name, [...restartWhenNewer, ...reloadWhenNewer]),
  parse: parseUnit,
  identity: state => ({running: isUp(state), enabled: state.enabled}),
  diff: (wanted, state) => {
    const parts = [...needs(wanted, state)].map(need => describe(need, state))
    return parts.length === 0 ? undefined : parts.join(', ')
  },
  act: (wanted, state) => {
    const {name} = wanted
    const need = needs(wanted, state)
    const verb = need.has('restart') || state.active !== 'inactive' ? 'restart' : 'start'
    return concat([
      reload(name, wanted.restartWhenNewer),
      ...(need.has('unmask') ? [sh`systemctl --quiet unmask -- ${name}`] : []),
      ...(need.has('enable') ? [sh`systemctl --quiet enable -- ${name}`] : []),
      ...(need.has('disable') ? [sh`systemctl --quiet disable -- ${name}`] : []),
      ...(need.has('stop') ? [sh`systemctl stop -- ${name}`] : []),
      ...(need.has('start') || need.has('restart')
        ? [start(verb, name), ...(wanted.steady === undefined ? [] : [stays(name, wanted.steady)])]
        : need.has('reread')
          ? [sh`systemctl reload -- ${name}`]
          : []),
      sh`:`,
    ])
  },
  revert: ({name}, original) => {
    const wasUp = isUp(original)
    const wasEnabled = original.exists && isEnabled(original.enabled)
    return sh`if [ "$(systemctl show -p LoadState --value -- ${name})" != not-found ]; then
${concat([
  wasUp ? sh`:` : sh`systemctl stop -- ${name}; systemctl reset-failed -- ${name} 2>/dev/null || :`,
  wasEnabled ? sh`systemctl --quiet enable -- ${name} || :` : sh`systemctl --quiet disable -- ${name} || :`,
  original.enabled.startsWith('masked') ? sh`systemctl --quiet mask -- ${name}` : sh`:`,
])}
fi`
  },
  // A reset is often used on a broken node: a stopped unit does not show that another program changed it.
  drift: () => undefined,
  // At this time its files have their original content.
  afterRevert: ({name}, original) =>
    isUp(original) ? sh`systemctl daemon-reload; systemctl restart -- ${name}` : sh`systemctl daemon-reload`,
}

function needs({active, enabled}: UnitResource, state: UnitState): ReadonlySet<Need> {
  const need = new Set<Need>()
  if (state.needsReload && (active || enabled)) need.add('reload')
  if (state.enabled.startsWith('masked') && (active || enabled)) need.add('unmask')
  if (enabled && !isEnabled(state.enabled)) need.add('enable')
  if (!enabled && ['enabled', 'enabled-runtime', 'linked'].includes(state.enabled)) need.add('disable')
  return active ? whenActive(need, state) : whenInactive(need, state)
}

function whenInactive(need: ReadonlySet<Need>, state: UnitState): ReadonlySet<Need> {
  return isUp(state) || state.active === 'activating' ? new Set([...need, 'stop' as const]) : need
}

function whenActive(need: ReadonlySet<Need>, state: UnitState): ReadonlySet<Need> {
  if (!isUp(state)) return new Set([...need, 'start' as const])
  return new Set([
    ...need,
    ...(state.newer !== undefined || need.has('reload') ? (['restart'] as const) : []),
    ...(state.unread !== undefined ? (['reread'] as const) : []),
  ])
}
