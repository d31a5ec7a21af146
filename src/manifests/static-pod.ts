import {timeoutScaleFor, PROBE_SECONDS, type Cluster, type ComponentExtra, type Node} from '../domain/cluster.ts'
import type {EnvVar, Metadata, Pod, Probe, Resources, Volume, VolumeMount} from './kube-object.ts'

/** What static pods need to know of the control-plane host. */
export interface ControlPlaneHost {
  /** Those of EXTRA_CA_DIRS that exist there. */
  readonly caDirs: readonly string[]
  /** Whether the key of the cluster's CA is kept elsewhere. */
  readonly isCaExternal?: boolean | undefined
}

/** Everything a static pod of a control-plane node is made from. */
export interface StaticPodInput {
  readonly cluster: Cluster
  readonly node: Node
  readonly host: ControlPlaneHost
}

/** Folders with certificate authorities that are mounted when the host has them. */
export const EXTRA_CA_DIRS = [
  '/etc/pki/ca-trust',
  '/etc/pki/tls/certs',
  '/etc/ca-certificates',
  '/usr/share/ca-certificates',
  '/usr/local/share/ca-certificates',
] as const

export interface Mount {
  readonly name: string
  readonly hostPath: string
  readonly mountPath: string
  readonly readOnly: boolean
  readonly type: string | undefined
}

export interface ProbeTarget {
  readonly host: string
  readonly port: number
  readonly scheme: 'HTTP' | 'HTTPS'
  readonly livez: string
  readonly readyz: string | undefined
  readonly startup: string
}

export interface StaticPodParts {
  readonly name: string
  readonly image: string
  readonly annotations?: Readonly<Record<string, string>>
  readonly flags: readonly string[]
  readonly env: readonly EnvVar[]
  readonly probe: ProbeTarget
  /** How long the container may take to start before the kubelet restarts it. */
  readonly startupSeconds: number
  readonly requests: Readonly<Record<string, string>>
  readonly mounts: readonly Mount[]
}

/** The shape all four components share (kubeadm util/staticpod). */
export function staticPod(parts: StaticPodParts): Pod {
  const {name, image, flags, probe, mounts} = parts
  const metadata: Metadata = {
    ...(parts.annotations === undefined ? {} : {annotations: parts.annotations}),
    labels: {component: name, tier: 'control-plane'},
    name,
    namespace: 'kube-system',
  }
  const resources: Resources = {requests: parts.requests}
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: {
      containers: [
        {
          name,
          image,
          imagePullPolicy: 'IfNotPresent',
          command: [name, ...flags],
          ...(parts.env.length === 0 ? {} : {env: parts.env}),
          ports: [{name: 'probe-port', containerPort: probe.port, protocol: 'TCP'}],
          ...probes(probe, parts.startupSeconds),
          resources,
          volumeMounts: mounts.map(volumeMount),
        },
      ],
      hostNetwork: true,
      priority: 2000001000,
      priorityClassName: 'system-node-critical',
      securityContext: {seccompProfile: {type: 'RuntimeDefault'}},
      volumes: [...mounts].sort((a, b) => (a.name < b.name ? -1 : 1)).map(volume),
    },
  }
}

function probes(
  target: ProbeTarget,
  startupSeconds: number,
): {livenessProbe: Probe; readinessProbe?: Probe; startupProbe: Probe} {
  const get = (path: string): Probe['httpGet'] => ({
    ...(target.host === '' ? {} : {host: target.host}),
    path,
    port: 'probe-port',
    scheme: target.scheme,
  })
  const slow = {initialDelaySeconds: 10, periodSeconds: PROBE_SECONDS, timeoutSeconds: 15}
  // Where a component may take longer than usual to come up, it may take as much longer to answer, and is asked as much less often.
  const timeoutScale = timeoutScaleFor(startupSeconds)
  const quick = {periodSeconds: Math.ceil(timeoutScale), timeoutSeconds: 15, failureThreshold: 3}
  return {
    livenessProbe: {httpGet: get(target.livez), ...slow, failureThreshold: Math.ceil(8 * timeoutScale)},
    ...(target.readyz === undefined ? {} : {readinessProbe: {httpGet: get(target.readyz), ...quick}}),
    startupProbe: {httpGet: get(target.startup), ...slow, failureThreshold: Math.ceil(startupSeconds / PROBE_SECONDS)},
  }
}

const volumeMount = ({name, mountPath, readOnly}: Mount): VolumeMount => ({
  name,
  mountPath,
  ...(readOnly ? {readOnly} : {}),
})

const volume = ({name, hostPath, type}: Mount): Volume => ({
  name,
  hostPath: {path: hostPath, ...(type === undefined ? {} : {type})},
})

/** An address of all interfaces cannot be probed; without a host the kubelet uses the pod's. */
export const probeHost = (address: string): string => (address === '0.0.0.0' || address === '::' ? '' : address)

/** A host path seen under the same name inside. */
export const samePath = (name: string, path: string, type: string, readOnly = true): Mount => ({
  name,
  hostPath: path,
  mountPath: path,
  readOnly,
  type,
})

/** Own mounts with the user's, who win by name, the last one of a name; sorted by name. */
export function mergeMounts(own: readonly Mount[], extra: ComponentExtra): readonly Mount[] {
  const users = extra.volumes.map(({name, hostPath, mountPath, readOnly, pathType: type}) => ({
    name,
    hostPath,
    mountPath,
    readOnly,
    type,
  }))
  const byName = new Map<string, Mount>([...own, ...users].map(mount => [mount.name, mount]))
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Where the host keeps certificate authorities. */
export const caMounts = (host: ControlPlaneHost): readonly Mount[] => [
  samePath('ca-certs', '/etc/ssl/certs', 'DirectoryOrCreate'),
  ...EXTRA_CA_DIRS.filter(dir => host.caDirs.includes(dir)).map(dir =>
    samePath(dir.slice(1).replaceAll('/', '-'), dir, 'DirectoryOrCreate'),
  ),
]

/** The variables of `extraEnvs`, sorted by name as kubeadm sorts them; the last one of a name counts. */
export function envsOf({envs}: ComponentExtra): readonly EnvVar[] {
  const byName = new Map(envs.map(env => [env.name, env]))
  return [...byName.values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({name, value, valueFrom}) => (valueFrom === undefined ? {name, value} : {name, valueFrom}))
}
