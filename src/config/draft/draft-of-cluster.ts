import {canonicalAddress} from '../../domain/cidr.ts'
import type {PodNetwork} from '../../domain/cluster.ts'
import type {ClusterDocument} from '../documents/cluster-document.ts'
import {parseVersion} from '../../domain/version.ts'
import {DEFAULTS} from './defaults.ts'
import {type DraftContext, readBeside} from './draft-context.ts'
import type {Draft, LoadBalancer} from './draft.ts'
import {parseHours} from '../rules/duration.ts'
import {endpointWithPort} from '../rules/endpoint.ts'
import {type Locate, type Path, type Located, sayAt} from '../documents/finding.ts'
import {splitRanges} from '../rules/rules.ts'
import {usable} from '../documents/shapes.ts'
import {proxyOf, sourceOf} from './source-of.ts'

/** The settings of kadm's own document, without its hosts. */
export function draftOfCluster(document: ClusterDocument, locate: Locate, context: DraftContext): Draft {
  const say = sayAt(locate)
  const {network, pki} = document
  return {
    name: say(document.metadata?.name, 'metadata', 'name'),
    version: say(canonicalVersion(document.kubernetesVersion), 'kubernetesVersion'),
    controlPlaneEndpoint: say(
      endpointWithPort(document.controlPlaneEndpoint, context.apiPort ?? DEFAULTS.apiPort),
      'controlPlaneEndpoint',
    ),
    loadBalancer: say(balancerSaid(document.loadBalancer), 'loadBalancer'),
    apiPort: say(document.apiPort, 'apiPort'),
    podSubnets: say(rangeList(network?.podSubnet), 'network', 'podSubnet'),
    serviceSubnets: say(rangeList(network?.serviceSubnet), 'network', 'serviceSubnet'),
    dnsDomain: say(network?.dnsDomain, 'network', 'dnsDomain'),
    plugin: pluginOf(network?.plugin, locate, context),
    imageRepository: say(document.imageRepository, 'imageRepository'),
    algorithm: say(pki?.algorithm, 'pki', 'algorithm'),
    caHours: say(hours(pki?.caValidity), 'pki', 'caValidity'),
    leafHours: say(hours(pki?.certificateValidity), 'pki', 'certificateValidity'),
    apiServerSans: say(lowerCase(pki?.apiServerSANs), 'pki', 'apiServerSANs'),
    source: say(sourceOf(document.source, locate, context), 'source'),
    proxy: say(proxyOf(document.proxy), 'proxy'),
    swap: say(document.swap, 'swap'),
    startupSeconds: say(seconds(document.startupTimeout), 'startupTimeout'),
    ignorePreflightErrors: say(lowerCase(document.ignorePreflightErrors), 'ignorePreflightErrors'),
  }
}

function balancerSaid(said: ClusterDocument['loadBalancer']): LoadBalancer | undefined {
  if (said === undefined) return undefined
  if (typeof said === 'string')
    return {kind: said, port: undefined, address: undefined, provider: undefined, networkInterface: undefined}
  const {kind, port, address, provider, interface: networkInterface} = said
  return {
    kind,
    port,
    address: address === undefined ? undefined : canonicalAddress(address),
    provider,
    networkInterface,
  }
}

/** One spelling for each release, so that documents can be compared. */
const canonicalVersion = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : (parseVersion(text)?.text ?? text)

type Strings = readonly (string | undefined)[] | null | undefined

/** Names that Kubernetes compares in lower case, once each. */
export const lowerCase = (names: Strings): readonly string[] | undefined =>
  names == null ? undefined : [...new Set(usable(names).map(({value}) => value.toLowerCase()))]

export const hours = (duration: string | undefined): number | undefined =>
  duration === undefined ? undefined : parseHours(duration)

export function seconds(duration: string | undefined): number | undefined {
  const inHours = hours(duration)
  return inHours === undefined ? undefined : Math.round(inHours * 3600)
}

export function rangeList(ranges: string | Strings): readonly string[] | undefined {
  if (ranges == null) return undefined
  return typeof ranges === 'string' ? splitRanges(ranges) : usable(ranges).map(({value}) => value)
}

function pluginOf(
  plugin: 'flannel' | 'none' | {readonly file: string} | undefined,
  locate: Locate,
  context: DraftContext,
): Located<PodNetwork> | undefined {
  if (plugin === undefined) return undefined
  const at: Path = ['network', 'plugin']
  if (typeof plugin === 'string') return {value: {kind: plugin}, place: locate(at)}
  const read = readBeside(plugin.file, locate([...at, 'file']), context)
  return read === undefined ? undefined : {value: {kind: 'file', ...read}, place: locate(at)}
}
