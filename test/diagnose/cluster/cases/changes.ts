import type {Expected} from '../../../../src/diagnose/cluster/expected.ts'
import type {ClusterSnapshot} from '../../../../src/diagnose/cluster/snapshot.ts'
import type {ApiObject} from '../../../../src/kube/json.ts'
import {addressOf, ago, changed, merged, node, THREE} from '../sample-cluster.ts'

export const repair = {cluster: '`kadm apply -f kadm.yaml`', why: () => '`kadm doctor -f kadm.yaml` tells why'}
export const noFile: Expected = {hosts: undefined, podNetwork: undefined, repair}
export const taint = {key: 'node-role.kubernetes.io/control-plane', value: undefined, effect: 'NoSchedule'} as const
export const file: Expected = {
  hosts: THREE.map(({name, controlPlane}, i) => ({
    name,
    addresses: [addressOf(i)],
    role: controlPlane === true ? 'control-plane' : 'worker',
    taints: controlPlane === true ? [taint] : [],
  })),
  podNetwork: 'flannel',
  repair,
}

/** What of a healthy cluster is otherwise. */
export type Break = (whole: ClusterSnapshot) => Partial<ClusterSnapshot>

export const withCondition = (list: ClusterSnapshot['nodes'], name: string, type: string, more: object) =>
  changed(list, name, object => {
    const status = object['status'] as {conditions: readonly ApiObject[]}
    const conditions = [...status.conditions.filter(one => one['type'] !== type), {type, ...more}]
    return merged(object, {status: {conditions}})
  })

export const withTaint = (list: ClusterSnapshot['nodes'], name: string, taint: object, spec: object = {}) =>
  changed(list, name, object => merged(object, {spec: {...spec, taints: [taint]}}))

export const event = (reason: string, message: string, about: object, seconds = 60): ApiObject => ({
  metadata: {uid: `event-${reason}-${message.length}`},
  reason,
  message,
  involvedObject: about,
  lastTimestamp: ago(seconds),
})

export const waiting = (reason: string, message: string): object => ({
  conditions: [{type: 'Ready', status: 'False', lastTransitionTime: ago(600)}],
  containerStatuses: [
    {
      name: 'it',
      ready: false,
      restartCount: 7,
      state: {waiting: {reason, message}},
      lastState: {terminated: {exitCode: 1, reason: 'Error', finishedAt: ago(40)}},
    },
  ],
})

export const notReady = (object: ApiObject): ApiObject =>
  merged(object, {status: {conditions: [{type: 'Ready', status: 'False', lastTransitionTime: ago(600)}]}})

export const webhook = (failurePolicy: string, seconds = 600): ApiObject => ({
  kind: 'ValidatingWebhookConfiguration',
  metadata: {name: 'guard', creationTimestamp: ago(seconds)},
  webhooks: [
    {
      name: 'guard.policy.example',
      failurePolicy,
      clientConfig: {service: {namespace: 'policy', name: 'guard'}},
      rules: [{operations: ['CREATE'], resources: ['pods']}],
    },
  ],
})

export const request = (name: string, seconds: number, status: object = {}): ApiObject => ({
  metadata: {name, creationTimestamp: ago(seconds)},
  spec: {signerName: 'kubernetes.io/kube-apiserver-client-kubelet', username: 'system:bootstrap:abcdef'},
  status,
})

/** What it is called, what must be told of it, and what is otherwise. */
export type Fault = readonly [name: string, telling: RegExp, broken: Break]
/** What it is called, what is otherwise, and what should be there where that is not the usual file. */
export type Well = readonly [name: string, change: Break, expected?: Expected]
export const withFreshNode = (): ApiObject =>
  merged(node({name: 'new', age: 30}, 3), {
    spec: {podCIDR: undefined, podCIDRs: [], taints: [{key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule'}]},
    status: {
      conditions: [
        {type: 'Ready', status: 'False', message: 'cni plugin not initialized', lastTransitionTime: ago(30)},
      ],
    },
  })
