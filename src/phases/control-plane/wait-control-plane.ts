import {PORTS} from '../../domain/ports.ts'
import {endpointHealthy} from '../../resources/cluster/endpoint-healthy.ts'
import {stepMs} from '../../domain/cluster.ts'
import {kubeletListens, podListens} from '../../manifests/listens.ts'
import {kubeletHost} from './kubelet-start.ts'
import {podsOf} from './static-pods.ts'
import type {Phase} from '../phase.ts'

/** Every address and port is the one in the manifest or configuration that kadm wrote. */
export const waitControlPlanePhase: Phase = {
  name: 'wait-control-plane',
  title: 'Wait for the control plane',
  why: 'kadm can store objects only when the API server answers',
  where: 'initial-control-plane',
  resources: context => {
    const {cluster, node} = context
    const kubelet = kubeletListens(cluster, node, kubeletHost(context))
    const usual = {address: node.address, port: cluster.apiPort}
    return [
      ...(kubelet.port === 0
        ? []
        : [
            endpointHealthy({
              component: 'kubelet',
              scheme: 'http',
              ...kubelet,
              path: '/healthz',
              deadlineMs: stepMs(cluster, node, 'kubeletHealthCheck'),
              why: 'runs the control plane',
            }),
          ]),
      endpointHealthy({
        component: 'API server',
        scheme: 'https',
        ...podListens(podsOf(context).apiServer, 'advertise-address', usual),
        path: '/readyz',
        staticPods: ['etcd', 'kube-apiserver'],
        deadlineMs: stepMs(cluster, node, 'controlPlaneComponentHealthCheck'),
        why: 'all later phases use it',
      }),
    ]
  },
}

/** Asked last, because they have started since the API server answered. */
export const controllersHealthyPhase: Phase = {
  name: 'controllers',
  title: 'Check controller manager and scheduler',
  why: 'without them, the cluster runs no workloads',
  where: 'initial-control-plane',
  resources: context => {
    const {controllerManager, scheduler} = podsOf(context)
    const deadlineMs = stepMs(context.cluster, context.node, 'controlPlaneComponentHealthCheck')
    return [
      endpointHealthy({
        component: 'controller manager',
        scheme: 'https',
        ...podListens(controllerManager, 'bind-address', {address: '127.0.0.1', port: PORTS.controllerManager}),
        path: '/healthz',
        staticPods: [controllerManager.metadata.name],
        deadlineMs,
        why: 'runs the controllers of the cluster',
      }),
      endpointHealthy({
        component: 'scheduler',
        scheme: 'https',
        ...podListens(scheduler, 'bind-address', {address: '127.0.0.1', port: PORTS.scheduler}),
        path: '/livez',
        staticPods: [scheduler.metadata.name],
        deadlineMs,
        why: 'assigns pods to nodes',
      }),
    ]
  },
}
