import {stepMs} from '../../domain/cluster.ts'
import {loopback, splitHostPort, type HostPort} from '../../domain/endpoint.ts'
import {BALANCER_CONFIG, BALANCER_MANIFEST, BALANCER_POD, balancerOf} from '../../domain/load-balancer.ts'
import {balancerConfig, balancerHosts, balancerPod} from '../../manifests/load-balancer.ts'
import {toYaml} from '../../manifests/yaml.ts'
import type {AnyResource} from '../../resources/any-resource.ts'
import {endpointHealthy} from '../../resources/cluster/endpoint-healthy.ts'
import {block} from '../../resources/files/block.ts'
import {file} from '../../resources/files/file.ts'
import {Script, sh} from '../../remote/shell/shell.ts'
import {wait} from '../../resources/steps/wait.ts'
import {listens} from '../control-plane/kubelet-start.ts'
import {publicServerOf, type Phase, type PhaseContext} from '../phase.ts'

/**
 * All API servers that this run knows, whether it changes their hosts or not. A join with a token cannot list nodes and
 * knows only the one that it asked.
 */
function apiServersOf(context: PhaseContext): readonly HostPort[] {
  const {cluster, nodes, existingNodes = []} = context
  const found = [...nodes, ...existingNodes].flatMap(({role, address}) =>
    role === 'control-plane' ? [{host: address, port: cluster.apiPort}] : [],
  )
  return found.length > 0 ? found : [splitHostPort(publicServerOf(context).replace(/^https:\/\//, ''), cluster.apiPort)]
}

const hasBalancer = ({cluster}: PhaseContext): true | string =>
  balancerOf(cluster) === undefined ? 'the cluster has no local load balancers' : true

/** What a node needs to reach the API by its name; before its kubelet starts, because the kubelet starts the pod. */
function balancerResources(context: PhaseContext): readonly AnyResource[] {
  const {cluster, node, templates} = context
  const balancer = balancerOf(cluster)
  if (balancer === undefined) return []
  const input = {cluster, balancer, node, apiServers: apiServersOf(context)}
  const config = balancerConfig(templates, input)
  return [
    block({
      path: '/etc/hosts',
      name: 'load-balancer',
      lines: balancerHosts(node),
      why: 'the name of the API must resolve to the load balancer of this node',
    }),
    file({path: BALANCER_CONFIG, content: config, why: 'names the API servers of the cluster'}),
    file({
      path: BALANCER_MANIFEST,
      mode: '0600',
      content: toYaml(balancerPod(input, config)),
      why: 'the kubelet runs the load balancer without the API',
    }),
  ]
}

/** On a control plane, only its pods use it: its own components use its own API server. */
export const loadBalancerPhase: Phase = {
  name: 'load-balancer',
  title: 'Write the manifest of the load balancer',
  why: 'each node reaches the API through any control plane that answers',
  when: hasBalancer,
  resources: balancerResources,
}

/** For a kubelet that joins through it: an error about the load balancer says more than that the cluster does not answer. */
export function balancerListens({cluster, node}: PhaseContext): readonly AnyResource[] {
  const balancer = balancerOf(cluster)
  if (balancer === undefined) return []
  return [
    wait({
      name: 'load-balancer',
      title: `the load balancer of this node to listen on port ${balancer.port}`,
      why: 'the kubelet reaches the API through it',
      check: new Script(listens(balancer.port)),
      deadlineMs: stepMs(cluster, node, 'tlsBootstrap', STARTS_WITHIN_MS),
      evidence: sh`journalctl -u kubelet -n 200 --no-pager -o cat | grep -F ${BALANCER_POD} | tail -n 5
tail -q -n 5 /var/log/containers/${BALANCER_POD}-*.log 2>/dev/null`,
    }),
  ]
}

/** With the download of its image. */
const STARTS_WITHIN_MS = 300_000

/** Before anything waits for pods that reach the API through it. */
export const loadBalancerReadyPhase: Phase = {
  name: 'load-balancer-ready',
  title: 'Wait for the load balancer',
  why: 'service routing and the pod network reach the API through the load balancer of their node',
  when: hasBalancer,
  resources: ({cluster, node}) => {
    const balancer = balancerOf(cluster)
    if (balancer === undefined) return []
    return [
      endpointHealthy({
        component: 'load balancer',
        scheme: 'http',
        address: loopback(node),
        port: balancer.healthPort,
        path: '/healthz',
        staticPods: [BALANCER_POD],
        deadlineMs: stepMs(cluster, node, 'controlPlaneComponentHealthCheck'),
        why: 'the node reaches the API through it',
      }),
    ]
  },
}
