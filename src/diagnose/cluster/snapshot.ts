import type {ApiObject} from '../../kube/json.ts'
import type {LackingRight} from './read-rights.ts'

/** What the API was asked for and does not have. */
export type Absent = 'absent'
/** One object; undefined when it could not be read, of which nothing follows. */
export type Sought = ApiObject | Absent | undefined
/** A collection; undefined when it could not be read, of which nothing follows. */
export type Listed = readonly ApiObject[] | undefined

/** The ConfigMaps that every cluster made by kubeadm or kadm has, and those of the add-ons. */
export const CONFIG_MAPS = {
  kubeadm: {namespace: 'kube-system', name: 'kubeadm-config'},
  kubelet: {namespace: 'kube-system', name: 'kubelet-config'},
  proxy: {namespace: 'kube-system', name: 'kube-proxy'},
  dns: {namespace: 'kube-system', name: 'coredns'},
  flannel: {namespace: 'kube-flannel', name: 'kube-flannel-cfg'},
  info: {namespace: 'kube-public', name: 'cluster-info'},
} as const satisfies Readonly<Record<string, {readonly namespace: string; readonly name: string}>>

export type ConfigMapKey = keyof typeof CONFIG_MAPS

/** The accounts of the add-ons, and what uses each: its name, and the value of its pods' label `k8s-app`. */
export const ACCOUNTS = {
  proxy: {namespace: 'kube-system', name: 'kube-proxy', workload: 'kube-proxy', label: 'kube-proxy'},
  dns: {namespace: 'kube-system', name: 'coredns', workload: 'coredns', label: 'kube-dns'},
  flannel: {namespace: 'kube-flannel', name: 'flannel', workload: 'kube-flannel-ds', label: 'flannel'},
} as const satisfies Readonly<Record<string, Readonly<Record<'namespace' | 'name' | 'workload' | 'label', string>>>>

export type AccountKey = keyof typeof ACCOUNTS

/** What a cluster says of itself in one look, as the API has it. */
export interface ClusterSnapshot {
  /** By the cluster's own clocks, milliseconds since the epoch; ours may be wrong. */
  readonly now: number
  /** Of the API server: `v1.37.2`. */
  readonly version: string | undefined
  /** What `/readyz?verbose` says. */
  readonly readyz: {readonly status: number; readonly text: string} | undefined
  readonly nodes: Listed
  /** Pods of kube-system and kube-flannel. */
  readonly systemPods: Listed
  /** Some running pods of all namespaces that have an address of their own. */
  readonly podSample: Listed
  readonly daemonSets: Listed
  /** Of kube-system. */
  readonly deployments: Listed
  readonly configMaps: Readonly<Partial<Record<ConfigMapKey, Sought>>>
  readonly accounts?: Readonly<Partial<Record<AccountKey, Sought>>>
  readonly dnsService: Sought
  /** Services, of any namespace, at the addresses that kubelets give to pods as their name servers; undefined when that is not known. */
  readonly dnsOwners?: Listed
  /** What the cluster's own parts may not do and must; undefined when it could not be asked. */
  readonly lackingRights?: readonly LackingRight[] | undefined
  /** Of kube-system: who leads, and which API servers there are. */
  readonly leases: Listed
  /** Warning events of kube-system and kube-flannel, and `FailedCreate` of all namespaces. */
  readonly warnings: Listed
  readonly apiServices: Listed
  readonly webhooks: Listed
  readonly signingRequests: Listed
  /** EndpointSlices of the services that matter, by `namespace/name`; not there when they could not be read. */
  readonly endpoints: Readonly<Record<string, readonly ApiObject[]>>
  /** What could not make its pods, by the uid that the event names; not there when it could not be read. */
  readonly owners: Readonly<Record<string, ApiObject | Absent>>
  /** What could not be read, and why. */
  readonly unread: readonly string[]
}
