import {isAddress} from '../../domain/cidr.ts'
import type {Cluster, Extra, PodNetwork} from '../../domain/cluster.ts'
import type {KubeadmSettings} from '../../domain/kubeadm.ts'
import {splitHostPort} from '../../domain/endpoint.ts'
import {balancerOf} from '../../domain/load-balancer.ts'
import {supportedVersion} from '../../domain/version.ts'
import {DEFAULTS} from './defaults.ts'
import type {Draft} from './draft.ts'
import type {Place, Report} from '../documents/finding.ts'
import {checkBalancer, endpointOf, virtualAddressOf} from '../rules/balancer-rules.ts'
import {checkVip} from '../rules/vip-rules.ts'
import {checkHosts, checkRoles} from '../rules/host-rules.ts'
import type {PlacedHost} from './hosts.ts'
import {checkOutside, checkRanges, placedRanges} from '../rules/network-rules.ts'

/** Everything that the input says about a cluster, each setting once. */
export interface GatheredDrafts {
  readonly draft: Draft
  readonly hosts: readonly PlacedHost[]
  readonly extra: Omit<Extra, 'ignorePreflightErrors'>
  readonly kubeadm?: KubeadmSettings | undefined
  /** The input is a file of kubeadm, so only what it names is installed: no pod network and no pod range of kadm. */
  readonly isKubeadmFile?: boolean | undefined
  /** The place of the list of hosts, or where it belongs. */
  readonly hostsPlace: Place
  /** False when part of the input was unusable. Missing settings may be in that part, so they are not reported. */
  readonly whole: boolean
  /** The hosts are only some of a cluster that exists, so the control plane may be missing. */
  readonly partOfCluster?: boolean | undefined
}

/** The rules that need more than one setting to judge. */
export function checkTogether(gathered: GatheredDrafts, report: Report): void {
  const {draft, hosts, extra, hostsPlace, whole, partOfCluster = false} = gathered
  if (whole && !partOfCluster) checkRoles(hosts, hostsPlace, report)
  const pods = placedRanges('pod range', draft.podSubnets, whole ? usualPodSubnets(gathered) : [], hostsPlace)
  const services = placedRanges('service range', draft.serviceSubnets, whole ? DEFAULTS.serviceSubnets : [], hostsPlace)
  checkRanges(pods, services, extra.controllerManager.args, report)
  checkHosts(hosts, [...pods, ...services], report)
  checkEndpoint(draft, report)
  if (whole) checkBalancer(gathered, report)
  if (whole) checkVip(gathered, [...pods, ...services], report)
  if (whole) checkProxy(draft, report)
  checkPresence(gathered, report)
  checkValidity(draft, report)
  checkIgnored(draft, report)
  const endpoint = draft.controlPlaneEndpoint
  if (endpoint !== undefined) {
    const {host} = splitHostPort(endpoint.value, DEFAULTS.apiPort)
    if (isAddress(host)) checkOutside(host, endpoint.place, [...pods, ...services], report)
  }
}

function checkEndpoint({controlPlaneEndpoint, loadBalancer, apiPort}: Draft, report: Report): void {
  if (controlPlaneEndpoint === undefined || balancerOf({controlPlaneEndpoint: controlPlaneEndpoint.value})) return
  if (virtualAddressOf({loadBalancer}) !== undefined) return // vip-rules.ts says more
  const own = apiPort?.value ?? DEFAULTS.apiPort
  const {port} = splitHostPort(controlPlaneEndpoint.value, own)
  if (port === own) return
  const message = `clients connect to port ${port}, but the API server listens on port ${own}; make sure that a load balancer forwards port ${port} to ${own}`
  report({severity: 'warning', place: controlPlaneEndpoint.place, message})
}

function checkProxy({proxy}: Draft, report: Report): void {
  if (proxy === undefined || proxy.value.http !== undefined || proxy.value.https !== undefined) return
  report({severity: 'error', place: proxy.place, message: 'must set http, https or both'})
}

function checkPresence(gathered: GatheredDrafts, report: Report): void {
  const {podSubnets, serviceSubnets} = gathered.draft
  const {kind} = pluginOf(gathered)
  if (podSubnets?.value.length === 0 && kind === 'flannel')
    report({severity: 'error', place: podSubnets.place, message: 'must not be empty; flannel needs a pod range'})
  if (serviceSubnets?.value.length === 0)
    report({
      severity: 'error',
      place: serviceSubnets.place,
      message: 'must not be empty; a cluster needs a service range',
    })
}

function checkValidity({caHours, leafHours}: Draft, report: Report): void {
  const warn = (place: Place, message: string): void => report({severity: 'warning', place, message})
  const ca = caHours?.value ?? DEFAULTS.caHours
  const leaf = leafHours?.value ?? DEFAULTS.leafHours
  if (caHours !== undefined && ca > DEFAULTS.caHours)
    warn(caHours.place, `is longer than the usual ten years (${DEFAULTS.caHours}h)`)
  if (leafHours !== undefined && leaf > DEFAULTS.leafHours)
    warn(leafHours.place, `is longer than the usual year (${DEFAULTS.leafHours}h)`)
  const said = leafHours ?? caHours
  if (said !== undefined && leaf > ca)
    warn(said.place, `certificates (${leaf}h) would be valid for longer than their CA (${ca}h)`)
}

function checkIgnored({ignorePreflightErrors}: Draft, report: Report): void {
  if (ignorePreflightErrors === undefined) return
  const {value, place} = ignorePreflightErrors
  if (value.includes('all') && value.length > 1)
    report({severity: 'error', place, message: "'all' includes every check; remove the other names"})
}

/** flannel by choice, or because the file is kadm's own and names no pod network. */
const pluginOf = ({draft, isKubeadmFile = false}: GatheredDrafts): PodNetwork =>
  draft.plugin?.value ?? (isKubeadmFile ? {kind: 'none'} : DEFAULTS.plugin)

/** Only flannel has a range of its own; another pod network brings its own, or the file names it. */
const usualPodSubnets = (gathered: GatheredDrafts): readonly string[] =>
  pluginOf(gathered).kind === 'flannel' ? DEFAULTS.podSubnets : []

/** The cluster that the input describes, with defaults for the rest. Only for input without errors. */
export function clusterOf(gathered: GatheredDrafts): Cluster {
  const {draft, hosts, extra, kubeadm} = gathered
  const vip = virtualAddressOf(draft)
  return {
    name: draft.name?.value ?? DEFAULTS.name,
    version: supportedVersion(draft.version?.value ?? DEFAULTS.version),
    hosts: hosts.map(({spec}) => spec),
    controlPlaneEndpoint: endpointOf(gathered),
    ...(vip === undefined ? {} : {virtualAddress: vip}),
    apiPort: draft.apiPort?.value ?? DEFAULTS.apiPort,
    network: {
      podSubnets: draft.podSubnets?.value ?? usualPodSubnets(gathered),
      serviceSubnets: draft.serviceSubnets?.value ?? DEFAULTS.serviceSubnets,
      dnsDomain: draft.dnsDomain?.value ?? DEFAULTS.dnsDomain,
      plugin: pluginOf(gathered),
    },
    imageRepository: draft.imageRepository?.value ?? DEFAULTS.imageRepository,
    pki: {
      algorithm: draft.algorithm?.value ?? DEFAULTS.algorithm,
      caHours: draft.caHours?.value ?? DEFAULTS.caHours,
      leafHours: draft.leafHours?.value ?? DEFAULTS.leafHours,
      apiServerSans: draft.apiServerSans?.value ?? [],
    },
    source: draft.source?.value ?? DEFAULTS.source,
    proxy: draft.proxy?.value,
    swap: draft.swap?.value ?? DEFAULTS.swap,
    startupSeconds: draft.startupSeconds?.value ?? DEFAULTS.startupSeconds,
    extra: {...extra, ignorePreflightErrors: draft.ignorePreflightErrors?.value ?? []},
    ...(kubeadm === undefined ? {} : {kubeadm}),
  }
}
