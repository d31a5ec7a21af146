import {PORTS} from '../../domain/ports.ts'
import {endpointHealthy} from '../../resources/cluster/endpoint-healthy.ts'
import {startupMs} from '../../domain/cluster.ts'
import type {Phase} from '../phase.ts'

export const waitControlPlanePhase: Phase = {
  name: 'wait-control-plane',
  title: 'Wait for the control plane',
  why: 'kadm can store objects only when the API server answers',
  where: 'initial-control-plane',
  resources: ({cluster, node}) => [
    endpointHealthy({
      component: 'kubelet',
      scheme: 'http',
      address: '127.0.0.1',
      port: PORTS.kubeletHealth,
      path: '/healthz',
      deadlineMs: startupMs(cluster),
      why: 'runs the control plane',
    }),
    endpointHealthy({
      component: 'API server',
      scheme: 'https',
      address: node.address,
      port: cluster.apiPort,
      path: '/readyz',
      deadlineMs: startupMs(cluster),
      why: 'all later phases use it',
    }),
  ],
}

/** Asked last, when they have had all the time since the API server answered. */
export const controllersHealthyPhase: Phase = {
  name: 'controllers',
  title: 'Check controller manager and scheduler',
  why: 'without them, the cluster runs no workloads',
  where: 'initial-control-plane',
  resources: ({cluster}) => [
    endpointHealthy({
      component: 'controller manager',
      scheme: 'https',
      address: '127.0.0.1',
      port: PORTS.controllerManager,
      path: '/healthz',
      deadlineMs: startupMs(cluster),
      why: 'runs the controllers of the cluster',
    }),
    endpointHealthy({
      component: 'scheduler',
      scheme: 'https',
      address: '127.0.0.1',
      port: PORTS.scheduler,
      path: '/livez',
      deadlineMs: startupMs(cluster),
      why: 'assigns pods to nodes',
    }),
  ],
}
