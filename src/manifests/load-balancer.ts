import {timeoutScaleFor, type Cluster, type Node} from '../domain/cluster.ts'
import {hostPort, loopback, type HostPort} from '../domain/endpoint.ts'
import {
  BALANCER_CONFIG,
  BALANCER_DIR,
  BALANCER_HOST,
  BALANCER_POD,
  type LocalBalancer,
} from '../domain/load-balancer.ts'
import {HAPROXY_IMAGE} from '../domain/releases.ts'
import {STARTED_WITH, startedWith} from './config-hash.ts'
import type {Container, Pod, Probe} from './kube-object.ts'
import {fill, type Templates} from './templates.ts'

export interface BalancerInput {
  readonly cluster: Pick<Cluster, 'startupSeconds'>
  readonly balancer: LocalBalancer
  /** The node that runs it. */
  readonly node: Node
  /** All API servers of the cluster, in any order. */
  readonly apiServers: readonly HostPort[]
}

/** Slower than a usual answer of /readyz, so that a busy API server stays in use. */
const CHECK_SECONDS = 3

/** haproxy.cfg of a node. */
export function balancerConfig(templates: Templates, {cluster, balancer, node, apiServers}: BalancerInput): string {
  const servers = apiServers.map(({host, port}) => `  server ${host} ${hostPort(host, port)}`)
  return fill(templates['haproxy.cfg'], {
    host: BALANCER_HOST,
    address: bracketed(loopback(node)),
    port: String(balancer.port),
    healthPort: String(balancer.healthPort),
    checkTimeout: String(Math.ceil(CHECK_SECONDS * timeoutScaleFor(cluster.startupSeconds))),
    servers: [...new Set(servers)].toSorted().join('\n'),
  })
}

const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address)

/** The lines of /etc/hosts by which a node resolves the name of the API to itself. */
export const balancerHosts = (node: Node): string => `${loopback(node)} ${BALANCER_HOST}\n`

/** The static pod; it needs neither the API nor a service account, so it runs before the node joins. */
export const balancerPod = ({balancer, node}: BalancerInput, config: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    annotations: {[STARTED_WITH]: startedWith(config)},
    labels: {component: BALANCER_POD},
    name: BALANCER_POD,
    namespace: 'kube-system',
  },
  spec: {
    containers: [container(balancer, node)],
    hostNetwork: true,
    priority: 2000001000,
    priorityClassName: 'system-node-critical',
    securityContext: {seccompProfile: {type: 'RuntimeDefault'}},
    terminationGracePeriodSeconds: 5,
    volumes: [{name: 'config', hostPath: {path: BALANCER_DIR, type: 'Directory'}}],
  },
})

const container = ({healthPort}: LocalBalancer, node: Node): Container => {
  const probe: Probe = {
    httpGet: {host: loopback(node), path: '/healthz', port: 'probe-port', scheme: 'HTTP'},
    periodSeconds: 10,
    timeoutSeconds: 15,
    failureThreshold: 3,
  }
  return {
    name: BALANCER_POD,
    image: HAPROXY_IMAGE,
    imagePullPolicy: 'IfNotPresent',
    command: ['haproxy', '-db', '-f', BALANCER_CONFIG],
    ports: [{name: 'probe-port', containerPort: healthPort, protocol: 'TCP'}],
    livenessProbe: {...probe, initialDelaySeconds: 10},
    readinessProbe: {...probe, periodSeconds: 2},
    resources: {requests: {cpu: '25m', memory: '32Mi'}},
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: {drop: ['ALL']},
      readOnlyRootFilesystem: true,
      runAsGroup: 65534,
      runAsNonRoot: true,
      runAsUser: 65534,
    },
    volumeMounts: [{name: 'config', mountPath: BALANCER_DIR, readOnly: true}],
  }
}
