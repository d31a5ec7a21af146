import type {PodNetwork, Source} from '../domain/cluster.ts'
import type {ClusterDocument} from './cluster-document.ts'
import {DEFAULTS} from './defaults.ts'
import type {Draft} from './draft.ts'
import {parseHours} from './duration.ts'
import {endpointWithPort} from './endpoint.ts'
import {besideFile, type ConfigEnvironment} from './environment.ts'
import {type Locate, type Path, type Said, sayAt, type Tell} from './finding.ts'
import {splitRanges} from './rules.ts'
import {usable} from './shapes.ts'

export interface DraftContext {
  readonly fileName: string
  readonly environment: ConfigEnvironment
  readonly tell: Tell
  /** The port of an endpoint that names none. */
  readonly apiPort: number | undefined
}

/** What our own document says, hosts apart. */
export function draftOfCluster(document: ClusterDocument, locate: Locate, context: DraftContext): Draft {
  const say = sayAt(locate)
  const {network, pki} = document
  return {
    name: say(document.metadata?.name, 'metadata', 'name'),
    version: say(document.kubernetesVersion, 'kubernetesVersion'),
    controlPlaneEndpoint: say(
      endpointWithPort(document.controlPlaneEndpoint, context.apiPort ?? DEFAULTS.apiPort),
      'controlPlaneEndpoint',
    ),
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
    source: say(sourceOf(document.source, context.fileName), 'source'),
    swap: say(document.swap, 'swap'),
    ignorePreflightErrors: say(lowerCase(document.ignorePreflightErrors), 'ignorePreflightErrors'),
  }
}

type Strings = readonly (string | undefined)[] | null | undefined

/** Names that Kubernetes compares in lower case, once each. */
export const lowerCase = (names: Strings): readonly string[] | undefined =>
  names == null ? undefined : [...new Set(usable(names).map(({value}) => value.toLowerCase()))]

export const hours = (duration: string | undefined): number | undefined =>
  duration === undefined ? undefined : parseHours(duration)

export function rangeList(ranges: string | Strings): readonly string[] | undefined {
  if (ranges == null) return undefined
  return typeof ranges === 'string' ? splitRanges(ranges) : usable(ranges).map(({value}) => value)
}

function pluginOf(
  plugin: 'flannel' | 'none' | {readonly file: string} | undefined,
  locate: Locate,
  context: DraftContext,
): Said<PodNetwork> | undefined {
  if (plugin === undefined) return undefined
  const at: Path = ['network', 'plugin']
  if (typeof plugin === 'string') return {value: {kind: plugin}, place: locate(at)}
  const path = besideFile(context.fileName, plugin.file)
  try {
    return {value: {kind: 'file', path, text: context.environment.readFile(path)}, place: locate(at)}
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    context.tell({severity: 'error', place: locate([...at, 'file']), message: `cannot read '${path}': ${reason}`})
    return undefined
  }
}

function sourceOf(source: ClusterDocument['source'], fileName: string): Source | undefined {
  if (source === undefined) return undefined
  if (source.kind === 'bundle') return {kind: 'bundle', path: besideFile(fileName, source.path)}
  if (source.packages === undefined) return {kind: 'online'}
  const {url, keyFile, keyFingerprint} = source.packages
  return {
    kind: 'online',
    packages: {
      url,
      ...(keyFile === undefined ? {} : {keyFile: besideFile(fileName, keyFile)}),
      ...(keyFingerprint === undefined ? {} : {keyFingerprint}),
    },
  }
}
