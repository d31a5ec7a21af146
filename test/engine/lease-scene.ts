import {randomBytes} from 'node:crypto'
import {utimesSync} from 'node:fs'
import {setTimeout as after} from 'node:timers/promises'
import type {Clock} from '../../src/domain/clock.ts'
import type {Holder} from '../../src/engine/lease/held.ts'
import {takeLease, type Lease, type LeaseOptions} from '../../src/engine/lease/lease.ts'
import type {Host} from '../../src/remote/host.ts'
import {NEVER} from './sample-run.ts'
import type {ScratchHost} from './scratch-host.ts'

/** The lease. */
export const FILE = '/var/lib/kadm/lease'

/** Time that goes a thousand times as fast, but for what a machine takes. */
export const quick = (): Clock => {
  const started = Date.now()
  return {
    now: () => started + (Date.now() - started) * 1000,
    sleep: (ms, signal) => after(ms / 1000, undefined, {signal}).catch(() => undefined),
  }
}
/** Time in which no heartbeat comes. */
export const still: Clock = {
  now: () => 0,
  sleep: (_, signal) => after(60_000, undefined, {signal, ref: false}).catch(() => undefined),
}

/** Knows of these holders that they are gone. */
export const holder = (text: string, gone: readonly string[] = []): Holder => ({
  text,
  isGone: other => gone.includes(other),
})
export const options = (who: Holder, more: Partial<LeaseOptions> = {}): LeaseOptions => ({
  holder: who,
  takeLease: false,
  random: randomBytes,
  clock: still,
  signal: NEVER,
  ...more,
})
export const take = (
  vm: {readonly host: Host},
  who: Holder,
  force = false,
  more: Partial<LeaseOptions> = {},
): Promise<Lease> => takeLease(vm.host, options(who, {takeLease: force, ...more}))
export const silentFor = (vm: ScratchHost, seconds: number): void => {
  const then = new Date(Date.now() - seconds * 1000)
  utimesSync(vm.real(FILE), then, then)
}
export const numberIn = (vm: ScratchHost): number => Number(vm.read(FILE).split('\n')[1])
