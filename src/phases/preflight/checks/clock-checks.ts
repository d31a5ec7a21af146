import type {Finding} from '../finding.ts'
import {ok, warning, type HostCheck, type SetCheck, type HostView} from '../input.ts'

const FIX = 'turn on time synchronisation: sudo timedatectl set-ntp true'

export const clockSyncCheck: HostCheck = view => {
  const name = 'ClockSync'
  const {clock, isContainer} = view.facts
  const {synchronized} = clock
  // A container uses the clock of the machine that it runs on, and does not control it.
  if (synchronized === undefined || isContainer) return []
  return synchronized ? [ok(name, view, 'synchronised')] : [warning(name, view, 'the clock is not synchronised', FIX)]
}

const offsetOf = ({facts, midpointSeconds}: HostView): number => facts.clock.epochSeconds - midpointSeconds

/** Compares hosts with one another, not with the local clock: one host creates certificates and leases, and another checks them. */
export const clockOffsetCheck: SetCheck = views => {
  const sorted = views.toSorted((a, b) => offsetOf(a) - offsetOf(b))
  const [slowest, fastest] = [sorted[0], sorted.at(-1)]
  if (slowest === undefined || fastest === undefined || views.length < 2) return []
  const seconds = Math.round((offsetOf(fastest) - offsetOf(slowest)) * 10) / 10
  const hosts = [slowest.label, fastest.label]
  const message = `the clock of ${fastest.label} is ${seconds} s ahead of that of ${slowest.label}`
  const finding = (severity: Finding['severity']): readonly Finding[] => [
    {name: 'ClockOffset', severity, hosts, message: message, remedy: severity === 'ok' ? undefined : FIX},
  ]
  return finding(seconds > 60 ? 'error' : seconds > 5 ? 'warning' : 'ok')
}
