import {journal, nowOf, units, type Sections} from './captures.ts'

export type Role = 'control-plane' | 'worker'

/** A machine in trouble, and what must be found first. */
export interface Case {
  /** The rule that must find it first. */
  readonly name: string
  readonly role: Role
  readonly sections: Sections
  readonly cause: RegExp
  readonly proof: RegExp
  readonly phase?: string
}

/** A kubelet that ends at once with these words, as its journal has them. */
export const kubeletEnds = (role: Role, ...texts: readonly string[]): Sections => ({
  ...units('restarting'),
  ...journal('kubelet', role, ...texts),
})
export const kubeletSays = (role: Role, ...texts: readonly string[]): Sections => ({
  ...units('running'),
  ...journal('kubelet', role, ...texts),
})
/** What a kubelet says while the runtime has no image at all. */
export const withoutImages = (role: Role, ...texts: readonly string[]): Sections => ({
  ...kubeletSays(role, ...texts),
  'runtime-state':
    "installed yes\nsocket yes\nconfig disabled_plugins = []\nconfig sandbox = 'registry.k8s.io/pause:3.10.2'\nimages yes",
})
export const commandFailed = (error: string): string =>
  `E1124 06:41:12.301245    2211 run.go:72] "command failed" err="${error}"`
export const reflector = (error: string): string =>
  `E1124 06:41:12.301245    2211 controller.go:208] "Failed to ensure lease exists, will retry" err="Get \\"https://10.77.1.11:6443/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/worker-1?timeout=10s\\": ${error}" interval="7s"`
export const registers = (error: string): string =>
  `E1124 06:41:12.301245    2211 kubelet_node_status.go:108] "Unable to register node with API server" err="Post \\"https://10.77.1.11:6443/api/v1/nodes\\": ${error}" node="worker-1"`
export const podFails = (error: string): string =>
  `E1124 06:41:14.100000    2211 pod_workers.go:1338] "Error syncing pod, skipping" err="${error}" pod="kube-system/etcd-master" podUID="e70594702d7bf9e385e3ced3d8a0ef5f"`
export const sandboxFails = (error: string): string =>
  podFails(
    `failed to \\"CreatePodSandbox\\" for \\"etcd-master_kube-system(e705)\\" with CreatePodSandboxError: \\"Failed to create sandbox for pod \\\\\\"etcd-master_kube-system(e705)\\\\\\": rpc error: code = Unknown desc = ${error}\\"`,
  )
export const pullFails = (error: string): string =>
  `E1124 06:41:14.100000    2211 kuberuntime_image.go:43] "Failed to pull image" err="rpc error: code = Unknown desc = failed to pull and unpack image \\"registry.k8s.io/etcd:3.7.0-0\\": failed to resolve reference \\"registry.k8s.io/etcd:3.7.0-0\\": failed to do request: Head \\"https://registry.k8s.io/v2/etcd/manifests/3.7.0-0\\": ${error}" image="registry.k8s.io/etcd:3.7.0-0"`
export const room = (line: string): Sections => ({room: line})
export const JOINING: Sections = {
  join: 'bootstrap yes\nserver https://10.77.1.11:6443\nconfig yes\ncgroupDriver cgroupfs',
}
/** As `journal`, said so many seconds ago. */
export const journalAt = (
  unit: 'kubelet' | 'containerd',
  role: Role,
  seconds: number,
  ...texts: readonly string[]
): Sections => ({
  [`journal-${unit}`]: texts.map(text => `3 ${String(nowOf(role) - seconds)} ${text}`).join('\n'),
})
/** The kubelet is well and its node is known: what remains is the trouble of the rest. */
export const WELL: Sections = {
  ...units('running'),
  'kubelet-health': 'yes',
  'api-probe': probe({podCIDRs: ['10.244.1.0/24']}),
}
/** What the section prints when the API gave the node. */
export function probe(spec: object, conditions: readonly object[] = [], node = 'worker-1'): string {
  return `node ${node}\njson ${JSON.stringify({kind: 'Node', spec, status: {conditions}})}\nport open`
}
export const probeFails = (error: string, port = 'open', node = 'worker-1'): Sections => ({
  'api-probe': `node ${node}\n${error}\nport ${port}`,
})
/** The pod network as kadm makes it, with more before its own file. */
export const network = (...before: readonly string[]): string =>
  [
    ...before,
    'config 10-containerd-net.conflist kadm-pods bridge host-local portmap',
    ...['bridge', 'host-local', 'portmap', 'loopback'].map(name => `plugin ${name}`),
    'nameserver 127.0.0.53',
    'pods 10.77.1.1',
  ].join('\n')
export const CP = 'control-plane'
export const W = 'worker'
