import {startsSlowly, startupMs, stepMs, type Cluster, type Node} from '../../domain/cluster.ts'
import {hasCoreDns, hasKubeProxy, usesExternalEtcd} from '../../domain/kubeadm-places.ts'
import {nodePods, type NodePodsResource} from '../../resources/cluster/node-pods.ts'
import {nodeRegistered, type NodeRegisteredResource} from '../../resources/cluster/node-registered.ts'
import {nodeReports} from '../../resources/cluster/node-reports.ts'
import {ready} from '../../resources/cluster/ready.ts'
import type {Phase, PhaseContext} from '../phase.ts'

const USUAL_MS = 300_000

const hasNetwork = ({cluster}: PhaseContext): boolean => cluster.network.plugin.kind !== 'none'

const whenSeen = (context: PhaseContext): true | string => {
  if (!context.isAdmin) return 'kadm has no admin access in this run; check on the control plane: kubectl get nodes'
  return hasNetwork(context) ? true : 'nodes do not become Ready without a pod network'
}

const REGISTERS_WITHIN_MS = 120_000

/** How long a node may take to register. */
export const registerMs = ({cluster, node}: Pick<PhaseContext, 'cluster' | 'node'>): number =>
  stepMs(cluster, node, 'tlsBootstrap', REGISTERS_WITHIN_MS)

/** Where a kubelet may start slowly, kadm waits longer before it asks. */
export const registered = (
  {cluster, node}: Pick<PhaseContext, 'cluster' | 'node'>,
  moment?: string,
): NodeRegisteredResource =>
  nodeRegistered({
    node: node.name,
    graceMs: startsSlowly(cluster) ? 60_000 : 10_000,
    deadlineMs: registerMs({cluster, node}),
    why: 'the cluster schedules pods only on registered nodes',
    ...(moment === undefined ? {} : {moment}),
  })

export const nodeReadyPhase: Phase = {
  name: 'node-ready',
  title: 'Wait for the node to be ready',
  why: 'a node is Ready when its kubelet, container runtime and pod network work',
  needs: ['pod-network'],
  when: whenSeen,
  resources: ({cluster, node}) => [
    registered({cluster, node}),
    nodeReports({
      node: node.name,
      deadlineMs: startupMs(cluster, USUAL_MS),
      why: 'only a report from the current kubelet shows that the node works',
    }),
    ready({
      what: 'node',
      name: node.name,
      namespace: undefined,
      deadlineMs: startupMs(cluster, USUAL_MS),
      why: 'pods can run there',
    }),
  ],
}

/**
 * CoreDNS asks the API at a service address, and runs on a node only after a cloud controller removed the taint of a
 * new node: kadm does not wait for programs that it does not install.
 */
const dnsComesUp = (cluster: Cluster): boolean =>
  hasCoreDns(cluster) &&
  hasKubeProxy(cluster) &&
  !cluster.hosts.some(({kubeletExtraArgs}) =>
    kubeletExtraArgs.some(({name, value}) => name === 'cloud-provider' && value === 'external'),
  )

const podsOf = (cluster: Cluster, node: Node): NodePodsResource =>
  nodePods({
    node: node.name,
    daemonSets: [
      ...(hasKubeProxy(cluster) ? [{namespace: 'kube-system', name: 'kube-proxy'}] : []),
      ...(cluster.network.plugin.kind === 'flannel' ? [{namespace: 'kube-flannel', name: 'kube-flannel-ds'}] : []),
    ],
    deadlineMs: startupMs(cluster, USUAL_MS),
    why: 'the node reaches services and pods on other nodes',
  })

/** The first control plane waits for them on all nodes. */
export const nodePodsPhase: Phase = {
  name: 'node-pods',
  title: 'Wait for the system pods of the node',
  why: 'service addresses and connections to other nodes work only when these pods run',
  where: 'worker',
  when: whenSeen,
  resources: ({cluster, node}) => [podsOf(cluster, node)],
}

/** Its components were asked before. A join ends when the cluster shows them too: kadm status says the same. */
export const controlPlanePodsPhase: Phase = {
  name: 'control-plane-pods',
  title: 'Wait for the system pods of the control plane',
  why: 'a control plane counts as part of the cluster only when the cluster shows its pods',
  where: 'joining-control-plane',
  resources: ({cluster, node}) => [
    ...[
      'kube-apiserver',
      'kube-controller-manager',
      'kube-scheduler',
      ...(usesExternalEtcd(cluster) ? [] : ['etcd']),
    ].map(name =>
      ready({
        what: 'static-pod',
        name: `${name}-${node.name}`,
        namespace: 'kube-system',
        deadlineMs: startupMs(cluster, USUAL_MS),
        why: 'the control plane works on this node too',
      }),
    ),
    podsOf(cluster, node),
  ],
}

export const clusterReadyPhase: Phase = {
  name: 'cluster-ready',
  title: 'Wait for service routing and DNS',
  why: 'applications need service addresses, DNS and the pod network',
  where: 'initial-control-plane',
  needs: ['node-ready'],
  when: context => (hasNetwork(context) ? true : 'pods get no address without a pod network'),
  resources: ({cluster}) => [
    ...(hasKubeProxy(cluster)
      ? [
          ready({
            what: 'daemonset',
            name: 'kube-proxy',
            namespace: 'kube-system',
            deadlineMs: startupMs(cluster, USUAL_MS),
            why: 'service addresses work',
          }),
        ]
      : []),
    ...(cluster.network.plugin.kind === 'flannel'
      ? [
          ready({
            what: 'daemonset',
            name: 'kube-flannel-ds',
            namespace: 'kube-flannel',
            deadlineMs: startupMs(cluster, USUAL_MS),
            why: 'pods on different nodes reach each other',
          }),
        ]
      : []),
    // It tolerates the taint of a control plane, so it also runs in a cluster of one node.
    ...(dnsComesUp(cluster)
      ? [
          ready({
            what: 'deployment',
            name: 'coredns',
            namespace: 'kube-system',
            deadlineMs: startupMs(cluster, USUAL_MS),
            why: 'service names work',
          }),
        ]
      : []),
  ],
}
