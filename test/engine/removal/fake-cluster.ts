import {hostLost} from '../../../src/domain/errors.ts'
import {quorumOf, type EtcdMember} from '../../../src/domain/etcd.ts'
import {ApiError} from '../../../src/kube/api-error.ts'
import type {KubeClient} from '../../../src/kube/client.ts'
import type {EtcdClient} from '../../../src/kube/etcd/etcd-client.ts'
import type {ApiObject} from '../../../src/kube/json.ts'
import {fakeKube} from '../../resources/cluster/fake-kube.ts'

export interface FakeNode {
  readonly address: string
  readonly isControlPlane: boolean
  /** Its kubelet reports and its etcd answers. */
  readonly isUp: boolean
}

export interface FakePod {
  readonly node: string
  readonly owner: string | undefined
}

/** After this many calls the connection is lost; `isDone` when the last call is carried out, and only its answer is lost. */
export interface Death {
  readonly at: number
  readonly isDone: boolean
}

export interface FakeCluster {
  readonly nodes: Map<string, FakeNode>
  readonly pods: Map<string, FakePod>
  readonly members: Map<string, string>
  /** What was written, newest last. */
  readonly wrote: readonly string[]
  /** Set when fewer members answered than etcd needs. */
  readonly lostQuorum: () => boolean
  readonly calls: () => number
  readonly dieAt: (death: Death | undefined) => void
  readonly api: KubeClient
  readonly etcd: EtcdClient
}

const LEASE = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kadm'
const never = (): Promise<never> => Promise.reject(new Error('not asked in this test'))

/** A cluster of objects that change when they are written; its connection can be lost at any call. */
export function fakeCluster(
  nodes: Readonly<Record<string, FakeNode>>,
  pods: Readonly<Record<string, FakePod>>,
  objects: Readonly<Record<string, object>> = {},
): FakeCluster {
  const state = {nodes: new Map(Object.entries(nodes)), pods: new Map(Object.entries(pods))}
  const members = new Map(
    Object.entries(nodes).flatMap(([name, node]) => (node.isControlPlane ? [[name, node.address]] : [])),
  )
  const wrote: string[] = []
  let calls = 0
  let death: Death | undefined
  let hasLostQuorum = false
  let lease: ApiObject | undefined
  let version = 0
  const call = async <T>(work: () => T): Promise<T> => {
    await Promise.resolve()
    calls += 1
    const lost = (): Error => hostLost('cp-1', 'the connection was lost')
    if (death !== undefined && calls > death.at) throw lost()
    if (death?.at === calls && !death.isDone) throw lost()
    const done = work()
    const up = [...members.keys()].filter(name => nodes[name]?.isUp === true).length
    hasLostQuorum ||= up < quorumOf(members.size)
    if (death?.at === calls) throw lost()
    return done
  }
  const nodeObject = (name: string, {address, isControlPlane, isUp}: FakeNode): ApiObject => ({
    metadata: {name, labels: isControlPlane ? {'node-role.kubernetes.io/control-plane': ''} : {}},
    status: {
      addresses: [{type: 'InternalIP', address}],
      conditions: [{type: 'Ready', status: isUp ? 'True' : 'Unknown'}],
    },
  })
  const podObject = (name: string, {owner}: FakePod): ApiObject => ({
    metadata: {
      name,
      namespace: 'default',
      ...(owner === undefined ? {} : {ownerReferences: [{kind: owner, controller: true}]}),
      ...(owner === 'Node' ? {annotations: {'kubernetes.io/config.mirror': 'x'}} : {}),
    },
    spec: owner === 'DaemonSet' ? {priorityClassName: 'system-node-critical'} : {},
    status: {phase: 'Running'},
  })
  const listed = (path: string): readonly ApiObject[] => {
    const node = /fieldSelector=spec\.nodeName%3D([\w-]+)/.exec(path)?.[1]
    if (node !== undefined)
      return [...state.pods].filter(([, pod]) => pod.node === node).map(([name, pod]) => podObject(name, pod))
    if (path.includes('poddisruptionbudgets') || path.includes('labelSelector=component')) return []
    if (path === '/api/v1/nodes') return [...state.nodes].map(([name, node]) => nodeObject(name, node))
    throw new Error(`no list for ${path}`)
  }
  const found = (path: string): ApiObject | undefined => {
    if (path === LEASE) return lease
    const other = objects[path]
    if (other !== undefined) return JSON.parse(JSON.stringify(other)) as ApiObject
    const name = path.split('/').at(-1) ?? ''
    const node = path.startsWith('/api/v1/nodes/') ? state.nodes.get(name) : undefined
    return node && nodeObject(name, node)
  }
  const removed = (path: string): boolean => {
    wrote.push(`delete ${path}`)
    const name = path.split('/').at(-1) ?? ''
    return path.includes('/pods/') ? state.pods.delete(name) : state.nodes.delete(name)
  }
  const leased = (object: object): ApiObject => {
    version += 1
    lease = {
      ...(lease ?? {}),
      ...(JSON.parse(JSON.stringify(object)) as ApiObject),
      metadata: {resourceVersion: String(version)},
    }
    return lease
  }
  const api = fakeKube(
    {},
    {
      get: path => call(() => found(path)),
      list: path => call(() => listed(path)),
      create: object =>
        call(() => {
          if (lease !== undefined) throw new ApiError({status: 409, reason: 'AlreadyExists'}, 'the lease exists')
          return leased(object)
        }),
      patch: (path, body) =>
        call(() => {
          if (path === LEASE) return leased(body as object)
          wrote.push(`patch ${path} ${JSON.stringify(body)}`)
          return {}
        }),
      delete: path => call(() => removed(path)),
      raw: ({method, path}) =>
        call(() => {
          if (path === LEASE) lease = undefined
          else {
            wrote.push(`${method} ${path}`)
            state.pods.delete(path.split('/').at(-2) ?? '')
          }
          return {status: 200, text: '{}'}
        }),
    },
  )
  const memberOf = ([name, address]: readonly [string, string]): EtcdMember => ({
    id: `id-of-${name}`,
    name,
    peerUrls: [`https://${address}:2380`],
    clientUrls: [],
    isLearner: false,
  })
  const etcd: EtcdClient = {
    members: never,
    askMembers: () =>
      call(() => [...members].map(one => ({...memberOf(one), isHealthy: nodes[one[0]]?.isUp === true}))),
    remove: id =>
      call(() => {
        wrote.push(`remove member ${id}`)
        return members.delete(id.replace('id-of-', ''))
      }),
    addLearner: never,
    promote: never,
    status: never,
    alarms: never,
    defragment: never,
    disarm: never,
    waysTo: () => [],
    snapshot: () => {
      throw new Error('not asked in this test')
    },
    close: () => Promise.resolve(),
  }
  return {
    ...state,
    members,
    wrote,
    api,
    etcd,
    lostQuorum: () => hasLostQuorum,
    calls: () => calls,
    dieAt: next => {
      calls = 0
      death = next
    },
  }
}
