import {formatCidr, parseCidr} from '../../domain/cidr.ts'
import type {KeyAlgorithm, PodNetwork, Source} from '../../domain/cluster.ts'
import type {Proxy} from '../../domain/online-source.ts'
import type {VipProvider} from '../../domain/virtual-address.ts'
import type {Located, Report} from '../documents/finding.ts'
import {isSame} from '../documents/tree.ts'

/** What the user wrote about the way to the API; the port is that of a local load balancer, the rest belongs to a virtual address. */
export interface LoadBalancer {
  readonly kind: 'local' | 'vip' | 'external'
  readonly port: number | undefined
  readonly address: string | undefined
  readonly provider: VipProvider | undefined
  readonly networkInterface: string | undefined
}

/** The settings that documents and flags can contain, without hosts and component extras. */
interface Settings {
  readonly name: string
  readonly version: string
  readonly controlPlaneEndpoint: string
  readonly loadBalancer: LoadBalancer
  readonly apiPort: number
  readonly podSubnets: readonly string[]
  readonly serviceSubnets: readonly string[]
  readonly dnsDomain: string
  readonly plugin: PodNetwork
  readonly imageRepository: string
  readonly algorithm: KeyAlgorithm
  readonly caHours: number
  readonly leafHours: number
  readonly apiServerSans: readonly string[]
  readonly source: Source
  readonly proxy: Proxy
  readonly swap: 'off' | 'keep'
  readonly startupSeconds: number
  readonly ignorePreflightErrors: readonly string[]
}

/** The settings of one document, each with its place; settings that it does not contain are left out. */
export type Draft = {readonly [K in keyof Settings]?: Located<Settings[K]> | undefined}

/**
 * Merges what several documents of one file configure; reports a contradiction when two documents set different
 * values.
 */
export function mergeDrafts(drafts: readonly Draft[], report: Report): Draft {
  const one = <K extends keyof Settings>(key: K): Located<Settings[K]> | undefined =>
    agree(
      drafts.map(draft => draft[key]),
      report,
    )
  return {
    name: one('name'),
    version: one('version'),
    controlPlaneEndpoint: one('controlPlaneEndpoint'),
    loadBalancer: one('loadBalancer'),
    apiPort: one('apiPort'),
    podSubnets: one('podSubnets'),
    serviceSubnets: one('serviceSubnets'),
    dnsDomain: one('dnsDomain'),
    plugin: one('plugin'),
    imageRepository: one('imageRepository'),
    algorithm: one('algorithm'),
    caHours: one('caHours'),
    leafHours: one('leafHours'),
    source: one('source'),
    proxy: one('proxy'),
    swap: one('swap'),
    startupSeconds: one('startupSeconds'),
    apiServerSans: union(drafts.map(draft => draft.apiServerSans)),
    ignorePreflightErrors: union(drafts.map(draft => draft.ignorePreflightErrors)),
  }
}

/** The first value; reports each different value, with both places. */
function agree<T>(candidates: readonly (Located<T> | undefined)[], report: Report): Located<T> | undefined {
  const [first, ...others] = candidates.filter(said => said !== undefined)
  for (const other of others) {
    if (first === undefined || isSame(comparable(first.value), comparable(other.value))) continue
    const message = `says ${shown(other.value)}, but ${first.place.text} says ${shown(first.value)}`
    report({severity: 'error', place: other.place, message})
  }
  return first
}

/** Ranges and addresses in one spelling. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable)
  const cidr = typeof value === 'string' ? parseCidr(value) : undefined
  return cidr === undefined ? value : formatCidr(cidr)
}

const shown = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number'
    ? String(value)
    : Array.isArray(value)
      ? value.join(',')
      : JSON.stringify(value)

function union(lists: readonly (Located<readonly string[]> | undefined)[]): Located<readonly string[]> | undefined {
  const said = lists.filter(list => list !== undefined)
  const [first] = said
  return first === undefined ? undefined : {value: [...new Set(said.flatMap(list => list.value))], place: first.place}
}

/** Two drafts as one; the settings of the later draft win. */
export const override = (below: Draft, above: Draft): Draft => ({
  ...below,
  ...Object.fromEntries(Object.entries(above).filter(([, said]) => said !== undefined)),
})
