import {KadmError} from '../../src/domain/errors.ts'
import type {KubeClient} from '../../src/kube/client.ts'
import type {ExecResult} from '../../src/kube/exec.ts'
import type {ApiObject} from '../../src/kube/json.ts'

export interface FakeClusterOptions {
  readonly nodes: readonly FakeNode[]
  /** What a command in a pod comes to; succeeds when not given. */
  readonly exec?: (pod: string, command: readonly string[]) => Partial<ExecResult>
  /** What goes wrong when a pod connects to `host:port`; nothing when not given. */
  readonly closed?: (pod: string, target: string) => string | undefined
  /** Pods that the API server has no way to. */
  readonly unreached?: readonly string[]
  /** Errors in the answers of the pod that sends requests, once a rollout has begun. */
  readonly dialErrors?: readonly string[]
  readonly logs?: string
  /** What reading the log of that pod ends with. */
  readonly logFails?: (pod: string) => KadmError | undefined
  /** What the API server says of itself; ready when not given. */
  readonly readyz?: () => Promise<string>
  /** Told each call that changes something; what it throws is the call's answer. */
  readonly onChange?: (call: string) => void
}

interface FakeNode {
  readonly name: string
  readonly controlPlane?: boolean
  readonly ready?: boolean
  /** The test pod there does not come up. */
  readonly stuck?: boolean
}

export interface FakeCluster {
  readonly api: KubeClient
  readonly calls: readonly string[]
  readonly namespaces: ReadonlySet<string>
  readonly cordoned: ReadonlySet<string>
}

/** A cluster whose controllers do their work at once: enough of one for the checks to see. */
export function fakeCluster(options: FakeClusterOptions): FakeCluster {
  const calls: string[] = []
  const namespaces = new Set<string>()
  const cordoned = new Set<string>()
  const web = {version: 1, made: 0, pods: new Map<string, string>()}

  const change = (call: string): Promise<void> => {
    calls.push(call)
    return Promise.resolve(call).then(options.onChange)
  }
  const workers = (): readonly FakeNode[] =>
    options.nodes.filter(node => node.controlPlane !== true && !cordoned.has(node.name))
  const fill = (): void => {
    while (web.pods.size < 2) {
      const hosts = workers()
      web.made += 1
      web.pods.set(`web-${web.version}-${web.made}`, hosts[web.made % hosts.length]?.name ?? 'nowhere')
    }
  }
  const roll = (): void => {
    web.version += 1
    web.pods.clear()
    fill()
  }

  const node = ({name, controlPlane, ready}: FakeNode): ApiObject => ({
    metadata: {name, labels: controlPlane === true ? {'node-role.kubernetes.io/control-plane': ''} : {}},
    spec: {
      ...(cordoned.has(name) ? {unschedulable: true} : {}),
      ...(controlPlane === true
        ? {taints: [{key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule'}]}
        : {}),
    },
    status: {
      addresses: [{type: 'InternalIP', address: `10.77.0.${options.nodes.findIndex(one => one.name === name) + 11}`}],
      conditions: [{type: 'Ready', status: ready === false ? 'False' : 'True', message: 'kubelet stopped'}],
    },
  })
  const probe = ({name, stuck}: FakeNode, index: number): ApiObject => ({
    metadata: {name: `probe-${name}`, ownerReferences: [{kind: 'DaemonSet', controller: true}]},
    spec: {nodeName: name},
    status: {
      podIP: `10.244.${index}.2`,
      conditions: [{type: 'Ready', status: stuck === true ? 'False' : 'True'}],
      containerStatuses: stuck === true ? [{state: {waiting: {reason: 'ErrImageNeverPull'}}}] : [],
    },
  })
  const webPods = (): ApiObject[] =>
    [...web.pods].map(([name, nodeName]) => ({
      metadata: {name, namespace: [...namespaces][0] ?? '', ownerReferences: [{kind: 'ReplicaSet', controller: true}]},
      spec: {nodeName},
    }))

  const get = (path: string): ApiObject | undefined => {
    const name = path.split('/').at(-1) ?? ''
    if (path.includes('/serviceaccounts/')) return {}
    if (path.includes('/services/')) return {spec: {clusterIP: '10.96.0.77'}}
    if (path.includes('/deployments/'))
      return {
        metadata: {generation: 1},
        status: {observedGeneration: 1, updatedReplicas: 2, availableReplicas: 2, replicas: 2},
      }
    if (path.includes('/pods/')) return webPods().find(pod => JSON.stringify(pod).includes(`"${name}"`))
    if (path.startsWith('/api/v1/nodes/')) return options.nodes.filter(one => one.name === name).map(node)[0]
    if (path.startsWith('/api/v1/namespaces/') && path.split('/').length === 5)
      return namespaces.has(name) ? {status: {}} : undefined
    return undefined
  }
  const list = (path: string): readonly ApiObject[] => {
    if (path.startsWith('/api/v1/nodes')) return options.nodes.map(node)
    if (path.includes('app%3Dprobe')) return options.nodes.filter(one => one.ready !== false).map(probe)
    if (path.includes('app%3Dweb')) return webPods()
    if (path.includes('/events')) return [{involvedObject: {name: 'probe-x'}, message: 'image is not present'}]
    const host = /spec\.nodeName%3D(.+)$/.exec(path)?.[1]
    return host === undefined ? [] : webPods().filter(pod => JSON.stringify(pod).includes(`"nodeName":"${host}"`))
  }
  const remove = (path: string): boolean => {
    const name = path.split('/').at(-1) ?? ''
    if (path.startsWith('/api/v1/namespaces/') && path.split('/').length === 5) return namespaces.delete(name)
    const was = web.pods.delete(name)
    if (was) fill()
    return was
  }

  const dialled = (path: string): Promise<string> => {
    const pod = /\/pods\/(.+?)(?::|%3A)/.exec(path)?.[1] ?? ''
    if (options.unreached?.includes(pod) === true)
      return Promise.reject(new KadmError('remote', `no way to ${pod}: dial tcp: i/o timeout`))
    const asked = new URL(path, 'https://kubernetes').searchParams
    const target = `${asked.get('host') ?? ''}:${asked.get('port') ?? ''}`
    const closed = options.closed?.(pod, target)
    const errors = [...(web.version === 1 ? [] : (options.dialErrors ?? [])), ...(closed === undefined ? [] : [closed])]
    return Promise.resolve(JSON.stringify({responses: [...web.pods.keys()], errors}))
  }

  const api: KubeClient = {
    endpoint: {host: '10.0.0.10', port: 6443, trust: {ca: ''}, credentials: {kind: 'anonymous'}},
    withTimeouts: () => api,
    get: path => Promise.resolve(get(path)),
    list: path => Promise.resolve(list(path)),
    create: async object => {
      await change(`create ${object.kind}`)
      if (object.kind === 'Namespace') namespaces.add(object.metadata.name)
      return {}
    },
    apply: async object => {
      await change(`apply ${object.kind}`)
      if (object.kind === 'Deployment') fill()
      return {}
    },
    patch: async (path, body) => {
      await change(`patch ${path}`)
      const name = path.split('/').at(-1) ?? ''
      const unschedulable = JSON.stringify(body).includes('"unschedulable":true')
      if (path.startsWith('/api/v1/nodes/')) {
        if (unschedulable) cordoned.add(name)
        else cordoned.delete(name)
      } else roll()
      return {}
    },
    delete: async path => {
      await change(`delete ${path}`)
      return remove(path)
    },
    raw: async ({path, method}) => {
      if (method === 'GET') return {status: 200, text: 'probe'}
      await change(`${method} ${path}`)
      remove(path.replace(/\/eviction$/, ''))
      return {status: 201, text: ''}
    },
    getText: path => {
      if (path === '/readyz') return options.readyz?.() ?? Promise.resolve('ok')
      const failure = path.includes('/log?') ? options.logFails?.(/pods\/([^/]+)/.exec(path)?.[1] ?? '') : undefined
      if (failure !== undefined) return Promise.reject(failure)
      if (path.includes('/log?')) return Promise.resolve(options.logs ?? 'Started HTTP server on port 8080')
      return dialled(path)
    },
    exec: ({name}, {command}) => {
      const stdout = command.includes('--help') ? 'Available Commands: netexec' : ''
      return Promise.resolve({code: 0, stdout, stderr: '', ...options.exec?.(name, command)})
    },
    pathOf: () => Promise.reject(new Error('not asked for here')),
    close: () => Promise.resolve(),
  }
  return {api, calls, namespaces, cordoned}
}
