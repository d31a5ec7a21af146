import type {ObjectLike} from '../kube/kinds.ts'
import type {CheckContext} from './check-context.ts'

export const PROBE = 'probe'
export const WEB = 'web'
export const WEB_REPLICAS = 2
const HTTP_PORT = 8080
/**
 * How long a terminating pod continues to serve clients that still use its address. The change passes through
 * several components in turn, which takes time on a slow machine: `3 * timeoutScale` was too short on emulated
 * machines. The limit lets a rollout, which may take `timeoutScale` times the usual time, see these pods end.
 */
const leavesAfter = (timeoutScale: number): number => Math.min(60, Math.ceil(3 * timeoutScale ** 2))
const CONTROL_PLANE_TAINT = 'node-role.kubernetes.io/control-plane'

type Body = Readonly<Record<string, unknown>>
type Made = Body & ObjectLike & {readonly metadata: {readonly labels?: Readonly<Record<string, string>>}}

/** Who made a test namespace: the two kinds of run tidy up each after its own. */
export type TestNamespaceName = 'kadm-verify' | 'kadm-verify-reboot'

export const namespaceObject = (name: string, stage: TestNamespaceName): Made => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {name, labels: {'app.kubernetes.io/managed-by': stage}},
})

/** Where test pods run, with what, and how long they may take. */
export type Stage = Pick<CheckContext, 'namespace' | 'images' | 'timeoutScale'>

export interface WorkloadOptions {
  /** There is no worker: the web service must make do with the control plane. */
  readonly isAlone?: boolean
}

/** Everything the checks use: a probe on every node, whatever its taints, and a small web service to roll, kill and move. */
export function workload(stage: Stage, {isAlone = false}: WorkloadOptions = {}): readonly Made[] {
  const {namespace} = stage
  return [
    ...probeWorkload(stage),
    webDeployment(stage, isAlone),
    service(WEB, namespace),
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: {name: WEB, namespace},
      spec: {minAvailable: 1, selector: {matchLabels: {app: WEB}}},
    },
  ]
}

/** The probes alone. */
export function probeWorkload({namespace, images, timeoutScale}: Stage): readonly Made[] {
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: {name: PROBE, namespace},
      spec: {
        selector: {matchLabels: {app: PROBE}},
        template: {
          metadata: {labels: {app: PROBE}},
          spec: {
            ...POD,
            terminationGracePeriodSeconds: 1,
            tolerations: [{operator: 'Exists'}],
            containers: [container(images.first, timeoutScale)],
          },
        },
      },
    },
    service(PROBE, namespace),
  ]
}

/** An old pod continues to serve for a moment after its end was announced, until every node has taken it off the service. */
const webDeployment = ({namespace, images, timeoutScale}: Stage, isAlone: boolean): Made => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {name: WEB, namespace},
  spec: {
    replicas: WEB_REPLICAS,
    strategy: {type: 'RollingUpdate', rollingUpdate: {maxSurge: 1, maxUnavailable: 0}},
    selector: {matchLabels: {app: WEB}},
    template: {
      metadata: {labels: {app: WEB}},
      spec: {
        ...POD,
        terminationGracePeriodSeconds: leavesAfter(timeoutScale) + 2,
        ...(isAlone ? {tolerations: [{key: CONTROL_PLANE_TAINT, operator: 'Exists', effect: 'NoSchedule'}]} : {}),
        containers: [
          {
            ...container(images.first, timeoutScale),
            lifecycle: {preStop: {sleep: {seconds: leavesAfter(timeoutScale)}}},
          },
        ],
      },
    },
  },
})

/** What a rollout changes: another image, or, where the nodes have no other, only a variable. */
export const webPatch = (image: string): Body => ({
  spec: {template: {spec: {containers: [{name: 'agnhost', image, env: [{name: 'VERSION', value: '2'}]}]}}},
})

const POD = {automountServiceAccountToken: false, enableServiceLinks: false} as const

const container = (image: string, timeoutScale: number): Body => ({
  name: 'agnhost',
  image,
  imagePullPolicy: 'IfNotPresent',
  command: ['/agnhost'],
  args: ['netexec', `--http-port=${HTTP_PORT}`, '--udp-port=8081'],
  ports: [{containerPort: HTTP_PORT}],
  readinessProbe: {
    httpGet: {path: '/healthz', port: HTTP_PORT},
    periodSeconds: Math.ceil(timeoutScale),
    timeoutSeconds: Math.ceil(timeoutScale),
  },
  resources: {requests: {cpu: '10m', memory: '16Mi'}},
})

const service = (name: string, namespace: string): Made => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {name, namespace},
  spec: {selector: {app: name}, ports: [{port: 80, targetPort: HTTP_PORT}]},
})
