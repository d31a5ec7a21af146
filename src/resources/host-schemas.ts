import {z} from 'zod'
import type {HostSchemas} from './resource.ts'
import {base, fileResource, maybe, pathState, swapSource, texts, unitState} from './core/schema.ts'
import type {InterfaceSpec} from './network/interfaces.ts'
import {SOFTWARE_SCHEMAS} from './software-schemas.ts'

const path = z.string()
const cardWish: z.ZodType<InterfaceSpec> = z.object({
  addresses: texts,
  gateway: maybe(z.string()),
  mtu: z.number().optional(),
})
const ufwRule = z.object({rule: z.string(), comment: z.string()})
const swapUnit = z.object({
  name: z.string(),
  exists: z.boolean(),
  active: z.boolean(),
  off: z.boolean(),
  own: z.boolean(),
})
const card = z.object({
  up: z.boolean(),
  mtu: z.number(),
  addresses: z.array(z.object({address: z.string(), dynamic: z.boolean()})),
})

/** What the ledger holds of kinds that know only of hosts, format 1. Keys that are not named here are passed over. */
export const HOST_SCHEMAS: HostSchemas = {
  ...SOFTWARE_SCHEMAS,
  absent: {resource: z.object({...base, kind: z.literal('absent'), path}), state: pathState},
  block: {
    resource: z.object({...base, kind: z.literal('block'), path, name: z.string(), lines: z.string()}),
    state: z.discriminatedUnion('type', [
      z.object({type: z.literal('no-file')}),
      z.object({type: z.literal('no-block')}),
      z.object({type: z.literal('block'), lines: z.string()}),
      z.object({type: z.literal('damaged'), begins: z.number(), ends: z.number()}),
      z.object({type: z.literal('not-a-file')}),
    ]),
  },
  directory: {
    resource: z.object({
      ...base,
      kind: z.literal('directory'),
      path,
      mode: z.string(),
      owner: z.string(),
      tree: z.boolean(),
    }),
    state: pathState,
  },
  file: {resource: fileResource, state: pathState},
  'host-network': {
    resource: z.object({
      ...base,
      kind: z.literal('host-network'),
      config: fileResource,
      cards: z.record(z.string(), cardWish),
      trialSeconds: z.number(),
      runDir: path,
      tryDir: path,
    }),
    state: z.object({netplan: z.boolean(), file: pathState, cards: z.record(z.string(), card)}),
  },
  hostname: {
    resource: z.object({
      ...base,
      kind: z.literal('hostname'),
      name: z.string(),
      paths: z.object({hostname: path, kernel: path}),
    }),
    state: z.object({running: z.string(), file: pathState}),
  },
  'kernel-module': {
    resource: z.object({
      ...base,
      kind: z.literal('kernel-module'),
      name: z.string(),
      roots: z.object({sys: path, proc: path, modules: path}),
    }),
    state: z.object({present: z.boolean()}),
  },
  'loopback-name': {
    resource: z.object({...base, kind: z.literal('loopback-name'), path, name: z.string()}),
    state: z.object({lines: texts}),
  },
  'loaded-rules': {
    resource: z.object({
      ...base,
      kind: z.literal('loaded-rules'),
      missing: z.string(),
      load: z.string(),
      unload: z.string(),
    }),
    state: z.object({missing: texts}),
  },
  'swap-off': {
    resource: z.object({
      ...base,
      kind: z.literal('swap-off'),
      source: swapSource,
      places: z.object({fstab: path, swaps: path, meminfo: path, units: path}),
    }),
    state: z.object({
      active: z.boolean(),
      line: z.boolean(),
      units: z.array(swapUnit),
      turnedOff: z.object({
        line: maybe(z.object({from: z.string(), to: z.string()})),
        masked: texts,
        dropIns: texts,
        starts: texts,
      }),
    }),
  },
  symlink: {
    resource: z.object({...base, kind: z.literal('symlink'), path, target: z.string()}),
    state: pathState,
  },
  sysctl: {
    resource: z.object({
      ...base,
      kind: z.literal('sysctl'),
      key: z.string(),
      value: z.string(),
      path,
      follower: path.optional(),
    }),
    state: z.object({value: maybe(z.string()), follower: z.string().optional()}),
  },
  'ufw-rules': {
    resource: z.object({
      ...base,
      kind: z.literal('ufw-rules'),
      rules: z.array(ufwRule),
      mark: z.string(),
      prune: z.boolean(),
    }),
    state: z.object({rules: z.array(ufwRule)}),
  },
  unit: {
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
}
