import {isObject, listAt, textsAt, type ApiObject} from '../../kube/json.ts'
import type {ClusterView} from './cluster-view.ts'
import {DNS_SERVICE, placeOf} from './read-details.ts'
import type {Sought} from './snapshot.ts'

export const PROXY = 'kube-system/kube-proxy'
export const FLANNEL = 'kube-flannel/kube-flannel-ds'
export const DNS = 'kube-system/coredns'

export const found = (list: readonly ApiObject[] | undefined, place: string): ApiObject | undefined =>
  list?.find(object => placeOf(object) === place)

/** A workload that the cluster should have. */
export interface Wanted {
  readonly kind: 'daemonset' | 'deployment'
  readonly place: string
  readonly loss: string
}

/** kube-proxy's and flannel's pods, which every node needs, and DNS: those that should be there and are not. */
export function missingWorkloads(view: ClusterView): readonly Wanted[] {
  const {daemonSets, deployments} = view.snapshot
  const isGone = (place: string): boolean => daemonSets !== undefined && found(daemonSets, place) === undefined
  const isDnsGone = deployments !== undefined && found(deployments, DNS) === undefined
  return [
    ...(isGone(PROXY) && wantsProxy(view)
      ? [
          {
            kind: 'daemonset',
            place: PROXY,
            loss: 'service addresses do not work on new nodes and after a reboot',
          } as const,
        ]
      : []),
    ...(isGone(FLANNEL) && wantsFlannel(view)
      ? [
          {
            kind: 'daemonset',
            place: FLANNEL,
            loss: 'the pod network is not set up on new nodes and after a reboot',
          } as const,
        ]
      : []),
    ...(isDnsGone && wantsDns(view)
      ? [{kind: 'deployment', place: DNS, loss: 'service names do not resolve'} as const]
      : []),
  ]
}

/** Its ConfigMap and its account are made together with it. flannel leaves services to it, so where all of it is gone it is missed too. */
function wantsProxy(view: ClusterView): boolean {
  const {snapshot, expected, made, otherNetwork} = view
  if (made.withoutProxy || otherNetwork !== undefined) return false
  const config = snapshot.configMaps.proxy
  if (config !== 'absent') return config !== undefined
  return expected.hosts !== undefined || isThere(snapshot.accounts?.proxy) || (isOurs(view) && wantsFlannel(view))
}

const isThere = (sought: Sought): boolean => sought !== undefined && sought !== 'absent'

/** Made by kubeadm or kadm: others have parts of it in other places. */
const isOurs = ({snapshot}: ClusterView): boolean => isThere(snapshot.configMaps.kubeadm)

/** flannel writes it to each node, and it stays when flannel is removed. */
const FLANNEL_MARK = 'flannel.alpha.coreos.com/backend-type'

/** The file says so, its configuration is there, or it left its mark on a node. */
export function wantsFlannel(view: ClusterView): boolean {
  const {snapshot, expected, otherNetwork, nodes} = view
  if (otherNetwork !== undefined || (expected.podNetwork ?? 'flannel') !== 'flannel') return false
  const config = snapshot.configMaps.flannel
  const marks = nodes.map(({object}) => textsAt(object, 'metadata', 'annotations')[FLANNEL_MARK])
  return (
    expected.podNetwork === 'flannel' || isThere(config) || (isOurs(view) && marks.some(mark => mark !== undefined))
  )
}

/** Other parts of it are there, or the file says so; and nothing else answers at the address of the cluster's DNS. */
export function wantsDns(view: ClusterView): boolean {
  const {dnsService, configMaps, accounts, dnsOwners} = view.snapshot
  if (view.made.withoutDns || hasEndpoints(view) || hasOtherDns(view)) return false
  if (view.expected.hosts !== undefined || [dnsService, configMaps.dns, accounts?.dns].some(isThere)) return true
  // The kubelet gives pods a name server address that does not exist.
  return isOurs(view) && dnsOwners?.length === 0
}

/** Another Service has the address that pods ask. */
const hasOtherDns = ({snapshot: {dnsOwners = []}}: ClusterView): boolean =>
  dnsOwners.some(service => placeOf(service) !== DNS_SERVICE)

/** Whether the Service of the cluster's DNS has ready endpoints, or whether that is not known. */
export function hasEndpoints({snapshot}: ClusterView): boolean {
  const slices = snapshot.endpoints['kube-system/kube-dns']
  return slices === undefined ? snapshot.dnsService === undefined : readyEndpoints(slices) > 0
}

export const readyEndpoints = (slices: readonly ApiObject[]): number =>
  slices
    .flatMap(slice => listAt(slice, 'endpoints'))
    .filter(isObject)
    .filter(({conditions}) => !isObject(conditions) || conditions['ready'] !== false).length
