import type {Facts, SwapSource} from '../../domain/facts.ts'
import {KERNEL_MODULES, sysctls} from '../../manifests/host-files.ts'

/** One thing of a host that a reboot must not change. */
export interface Kept {
  readonly name: string
  readonly ok: boolean
  readonly detail: string
}

/** Compares what a host says of itself after a reboot with what it said before; pure. */
export function sameAsBefore(before: Facts, after: Facts): readonly Kept[] {
  return [
    kept('boot id', bootIdIn(before, after), 'new'),
    kept('swap', swapIn(before, after), activeSwap(after).length === 0 ? 'off' : 'on, as before'),
    kept('kernel modules', modulesIn(before, after), listed(wantedModules(before))),
    kept('kernel settings', settingsIn(before, after), listed(Object.keys(wantedSettings(before)))),
    kept('hostname', differing(before.hostname, after.hostname), after.hostname),
    kept('addresses', addressesIn(before, after), listed(nodeAddresses(after))),
    kept('services', servicesIn(before, after), listed(servicesOf(before))),
  ]
}

const kept = (name: string, lost: readonly string[], detail: string): Kept => ({
  name,
  ok: lost.length === 0,
  detail: lost.length === 0 ? detail : lost.join('; '),
})

const listed = (names: readonly string[]): string => (names.length === 0 ? 'not set' : names.join(', '))

const differing = (before: string, after: string): readonly string[] =>
  before === after ? [] : [`was ${before} and is ${after}`]

const bootIdIn = (before: Facts, after: Facts): readonly string[] =>
  before.identity.bootId === after.identity.bootId ? ['the machine was not rebooted'] : []

/** Swap of another kernel, visible inside a container, does not belong to this host. */
const activeSwap = ({swap}: Facts): readonly SwapSource[] =>
  swap.filter(({active, kind}) => active && kind !== 'outside')

/** Where swap was on, by choice, it may be on. */
const swapIn = (before: Facts, after: Facts): readonly string[] =>
  activeSwap(before).length > 0 ? [] : activeSwap(after).map(({device, kind}) => `${device} is on again (${kind})`)

/** Others are loaded when they are first used; these every node needs from the start. */
const wantedModules = ({modules}: Facts): readonly string[] =>
  KERNEL_MODULES.filter(name => modules.loaded.includes(name))

const modulesIn = (before: Facts, after: Facts): readonly string[] =>
  wantedModules(before)
    .filter(name => !after.modules.loaded.includes(name))
    .map(name => `${name} is no longer loaded`)

const wantedSettings = ({sysctls: found}: Facts): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(sysctls([4, 6])).filter(([key, value]) => found[key] === value))

const settingsIn = (before: Facts, after: Facts): readonly string[] =>
  Object.entries(wantedSettings(before)).flatMap(([key, value]) =>
    differing(value, after.sysctls[key] ?? 'gone').map(text => `${key} ${text}`),
  )

const nodeAddresses = ({network}: Facts): readonly string[] =>
  network.interfaces
    .filter(({kind}) => kind === 'physical')
    .flatMap(({name, addresses}) =>
      addresses.filter(({address}) => !address.startsWith('fe80:')).map(({address}) => `${address} on ${name}`),
    )

/** What came in addition does no harm; temporary IPv6 addresses come and go. */
const addressesIn = (before: Facts, after: Facts): readonly string[] =>
  nodeAddresses(before)
    .filter(text => !text.includes(':') && !nodeAddresses(after).includes(text))
    .map(text => `${text} is missing`)

const SERVICES = ['kubelet.service', 'containerd.service'] as const

/** A runtime that was not there before need not be there now. */
const servicesOf = ({units}: Facts): readonly string[] => SERVICES.filter(name => units[name]?.active === 'active')

const servicesIn = (before: Facts, after: Facts): readonly string[] =>
  servicesOf(before)
    .filter(name => after.units[name]?.active !== 'active')
    .map(name => `${name} is ${after.units[name]?.active ?? 'gone'}`)
