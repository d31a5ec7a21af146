import type {ClusterSnapshot} from '../../../src/diagnose/cluster/snapshot.ts'
import type {ApiObject} from '../../../src/kube/json.ts'

/** The cluster's own time in every sample. */
export const NOW = Date.parse('2026-11-30T12:00:00Z')
/** So many seconds before that, as the API writes it. */
export const ago = (seconds: number): string => new Date(NOW - seconds * 1000).toISOString()

const HOUR = 3600

interface SampleNode {
  readonly name: string
  readonly controlPlane?: boolean
  readonly age?: number
}

/** One control plane and two workers, as after `kadm apply`. */
export const THREE: readonly SampleNode[] = [
  {name: 'master', controlPlane: true},
  {name: 'worker-1'},
  {name: 'worker-2'},
]

export const addressOf = (index: number): string => `10.77.0.${String(11 + index)}`
export const podCidrOf = (index: number): string => `10.244.${String(index)}.0/24`

export function node({name, controlPlane = false, age = HOUR}: SampleNode, index = 0): ApiObject {
  const condition = (type: string, status: string, reason: string) => ({
    type,
    status,
    reason,
    message: reason,
    lastHeartbeatTime: ago(20),
    lastTransitionTime: ago(age),
  })
  return {
    metadata: {
      name,
      uid: `node-${name}`,
      creationTimestamp: ago(age),
      labels: {
        'kubernetes.io/os': 'linux',
        'kubernetes.io/hostname': name,
        ...(controlPlane ? {'node-role.kubernetes.io/control-plane': ''} : {}),
      },
    },
    spec: {
      podCIDR: podCidrOf(index),
      podCIDRs: [podCidrOf(index)],
      ...(controlPlane ? {taints: [{key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule'}]} : {}),
    },
    status: {
      addresses: [
        {type: 'InternalIP', address: addressOf(index)},
        {type: 'Hostname', address: name},
      ],
      conditions: [
        condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory'),
        condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure'),
        condition('PIDPressure', 'False', 'KubeletHasSufficientPID'),
        condition('Ready', 'True', 'KubeletReady'),
      ],
      nodeInfo: {kubeletVersion: 'v1.37.2', containerRuntimeVersion: 'containerd://2.4.2'},
    },
  }
}

interface SamplePod {
  readonly name: string
  readonly namespace?: string
  readonly node?: string
  readonly owner: readonly [kind: string, name: string]
  readonly ip?: string
  readonly hostIp?: string
  readonly age?: number
  readonly labels?: Readonly<Record<string, string>>
  readonly mirror?: boolean
}

export function pod(sample: SamplePod): ApiObject {
  const {name, namespace = 'kube-system', owner, ip, hostIp, age = HOUR, labels = {}, mirror = false} = sample
  return {
    metadata: {
      name,
      namespace,
      uid: `pod-${name}`,
      creationTimestamp: ago(age),
      labels,
      annotations: mirror ? {'kubernetes.io/config.mirror': 'x'} : {},
      ownerReferences: [{kind: owner[0], name: owner[1], controller: true}],
    },
    spec: {nodeName: sample.node, containers: [{name: owner[1], command: [name]}]},
    status: {
      phase: 'Running',
      podIP: ip,
      hostIP: hostIp ?? ip,
      conditions: [
        {type: 'Ready', status: 'True', lastTransitionTime: ago(age)},
        {type: 'PodScheduled', status: 'True', lastTransitionTime: ago(age)},
      ],
      containerStatuses: [{name: owner[1], ready: true, restartCount: 0, state: {running: {startedAt: ago(age - 2)}}}],
    },
  }
}

const COMPONENTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd']

function podsOn({name, controlPlane = false, age = HOUR}: SampleNode, index: number): readonly ApiObject[] {
  const ip = addressOf(index)
  const host = {node: name, ip, hostIp: ip, age}
  const parts = controlPlane ? COMPONENTS : []
  return [
    ...parts.map(component =>
      pod({
        ...host,
        name: `${component}-${name}`,
        owner: ['Node', name],
        mirror: true,
        labels: {component, tier: 'control-plane'},
      }),
    ),
    pod({...host, name: `kube-proxy-${name}`, owner: ['DaemonSet', 'kube-proxy']}),
    pod({...host, name: `kube-flannel-ds-${name}`, namespace: 'kube-flannel', owner: ['DaemonSet', 'kube-flannel-ds']}),
  ]
}

const dnsPod = (n: number, node: string, index: number): ApiObject =>
  pod({
    name: `coredns-5d78c9869d-${String(n)}`,
    node,
    ip: `10.244.${String(index)}.${String(n + 2)}`,
    hostIp: addressOf(index),
    owner: ['ReplicaSet', 'coredns-5d78c9869d'],
    labels: {'k8s-app': 'kube-dns'},
  })

export const daemonSet = (name: string, namespace: string, nodes: number, more: object = {}): ApiObject => ({
  metadata: {name, namespace, uid: `ds-${name}`, creationTimestamp: ago(HOUR), generation: 1},
  spec: {
    template: {
      spec: {
        serviceAccountName: name.replace(/^kube-flannel-ds$/, 'flannel'),
        nodeSelector: {'kubernetes.io/os': 'linux'},
        tolerations: [{operator: 'Exists'}],
        volumes: [{configMap: {name}}],
        ...more,
      },
    },
  },
  status: {
    observedGeneration: 1,
    desiredNumberScheduled: nodes,
    currentNumberScheduled: nodes,
    numberReady: nodes,
    numberAvailable: nodes,
  },
})

export const deployment = (name: string, replicas: number, available = replicas): ApiObject => ({
  metadata: {name, namespace: 'kube-system', uid: `deploy-${name}`, creationTimestamp: ago(HOUR)},
  spec: {replicas, template: {spec: {serviceAccountName: name, volumes: [{configMap: {name}}]}}},
  status: {
    replicas,
    availableReplicas: available,
    conditions: [{type: 'Available', status: 'True', lastTransitionTime: ago(HOUR)}],
  },
})

export const lease = (name: string, renewed = 2, seconds = 15): ApiObject => ({
  metadata: {name, namespace: 'kube-system'},
  spec: {holderIdentity: `master_${name}`, leaseDurationSeconds: seconds, renewTime: ago(renewed)},
})

export const slice = (ready: readonly boolean[]): ApiObject => ({
  endpoints: ready.map(one => ({addresses: ['10.244.0.2'], conditions: {ready: one}})),
})

export const clusterConfiguration = (more = ''): ApiObject => ({
  data: {
    ClusterConfiguration: `kind: ClusterConfiguration\netcd:\n  local: {dataDir: /var/lib/etcd}\nnetworking: {podSubnet: 10.244.0.0/16}\n${more}`,
  },
})

const there: ApiObject = {data: {}}
export const kubeletConfiguration: ApiObject = {
  data: {kubelet: 'clusterDNS: [10.96.0.10]\nclusterDomain: cluster.local\n'},
}
export const dnsService: ApiObject = {
  metadata: {name: 'kube-dns', namespace: 'kube-system'},
  spec: {clusterIP: '10.96.0.10', selector: {'k8s-app': 'kube-dns'}},
}

/** A cluster in which everything works. */
export function healthy(nodes: readonly SampleNode[] = THREE): ClusterSnapshot {
  const [first] = nodes
  const last = nodes.length - 1
  return {
    now: NOW,
    version: 'v1.37.2',
    readyz: {status: 200, text: '[+]ping ok\n[+]etcd ok\nreadyz check passed\n'},
    nodes: nodes.map(node),
    systemPods: [...nodes.flatMap(podsOn), dnsPod(0, first?.name ?? '', 0), dnsPod(1, nodes[last]?.name ?? '', last)],
    podSample: [],
    daemonSets: [
      daemonSet('kube-proxy', 'kube-system', nodes.length),
      daemonSet('kube-flannel-ds', 'kube-flannel', nodes.length),
    ],
    deployments: [deployment('coredns', 2)],
    configMaps: {
      kubeadm: clusterConfiguration(),
      kubelet: kubeletConfiguration,
      proxy: there,
      dns: there,
      flannel: there,
      info: there,
    },
    accounts: {proxy: there, dns: there, flannel: there},
    dnsService,
    dnsOwners: [dnsService],
    lackingRights: [],
    leases: [lease('kube-scheduler'), lease('kube-controller-manager'), lease('apiserver-abc', 3, 3600)],
    warnings: [],
    apiServices: [
      {
        metadata: {name: 'v1.apps'},
        spec: {},
        status: {conditions: [{type: 'Available', status: 'True', reason: 'Local'}]},
      },
    ],
    webhooks: [],
    signingRequests: [],
    endpoints: {'kube-system/kube-dns': [slice([true, true])]},
    owners: {},
    unread: [],
  }
}

type Change = (object: ApiObject) => ApiObject | undefined

/** A list with one of its objects changed, or taken out. */
export const changed = (list: readonly ApiObject[] | undefined, name: string, change: Change): readonly ApiObject[] => {
  const isIt = (object: ApiObject): boolean => (object['metadata'] as {name?: string} | undefined)?.name === name
  if (list?.some(isIt) !== true) throw new Error(`there is no ${name}`)
  return list.flatMap((object): readonly ApiObject[] => {
    const other = isIt(object) ? change(object) : object
    return other === undefined ? [] : [other]
  })
}

/** The same object with other things in its parts. */
export const merged = (object: ApiObject, more: Readonly<Record<string, object>>): ApiObject => ({
  ...object,
  ...Object.fromEntries(Object.entries(more).map(([key, value]) => [key, {...(object[key] as object), ...value}])),
})
