import {startupMs} from '../../domain/cluster.ts'
import {hasCoreDns, hasKubeProxy} from '../../domain/kubeadm-places.ts'
import {splitHostPort} from '../../domain/endpoint.ts'
import {coreDnsObjects} from '../../manifests/coredns.ts'
import {flannelObjects} from '../../manifests/flannel.ts'
import type {KubeObject} from '../../manifests/kube-object.ts'
import {userObjects} from '../../manifests/user-objects.ts'
import {patched} from '../../manifests/patches.ts'
import {patchesFor} from '../shared/patches.ts'
import {kubeProxyObjects} from '../../manifests/kube-proxy.ts'
import {kubeObject} from '../../resources/cluster/kube-object.ts'
import {podsInForce} from '../../resources/cluster/pods-in-force.ts'
import {ready} from '../../resources/cluster/ready.ts'
import {endpointOf, type Phase, type PhaseContext} from '../phase.ts'

/** kubeadm patches the workloads of its add-ons, and none of their other objects. */
function withPatches({cluster, node}: PhaseContext, object: KubeObject): KubeObject {
  const target =
    object.kind === 'DaemonSet' ? 'kubeproxydaemonset' : object.kind === 'Deployment' ? 'corednsdeployment' : undefined
  if (target === undefined) return object
  return {...object, ...patched(target, object, patchesFor(cluster, node))}
}

const wantsProxy = ({cluster}: PhaseContext): true | string =>
  hasKubeProxy(cluster) ? true : 'kube-proxy is turned off for this cluster'

export const addonsPhase: Phase = {
  name: 'addon',
  title: 'Service routing and DNS',
  why: 'gives services addresses and names that work in every pod',
  where: 'initial-control-plane',
  phases: [
    {
      name: 'kube-proxy',
      title: 'Service addresses',
      why: 'on every node, kube-proxy routes service addresses to pods',
      where: 'initial-control-plane',
      phases: [
        {
          name: 'objects',
          title: 'Deploy kube-proxy',
          why: 'runs on every node and needs no pod network',
          where: 'initial-control-plane',
          when: wantsProxy,
          resources: context =>
            kubeProxyObjects({
              cluster: context.cluster,
              controlPlane: context.node,
              setsConntrack: !context.facts.isContainer,
            }).map(object => kubeObject(withPatches(context, object), 'part of kube-proxy')),
        },
        {
          name: 'ready',
          title: 'Wait for service addresses',
          why: 'a pod that connects to the API before its service address works waits for half a minute',
          where: 'initial-control-plane',
          when: wantsProxy,
          resources: ({cluster}) => [
            ready({
              what: 'daemonset',
              name: 'kube-proxy',
              namespace: 'kube-system',
              deadlineMs: startupMs(cluster, 120_000),
              moment: 'before DNS',
              why: 'pods that start later reach the API at its service address',
            }),
          ],
        },
        {
          name: 'in-force',
          title: 'Restart kube-proxy with its present settings',
          why: 'it reads the address of the API and its other settings only when it starts',
          where: 'initial-control-plane',
          when: wantsProxy,
          resources: () => [
            podsInForce({
              namespace: 'kube-system',
              configMap: 'kube-proxy',
              selector: 'k8s-app=kube-proxy',
              why: 'all nodes route service addresses by the present settings',
            }),
          ],
        },
      ],
    },
    {
      name: 'coredns',
      title: 'DNS of the cluster',
      why: 'lets pods find services by name',
      where: 'initial-control-plane',
      when: ({cluster}) => (hasCoreDns(cluster) ? true : 'CoreDNS is turned off for this cluster'),
      resources: context =>
        coreDnsObjects(context.cluster).map(object => kubeObject(withPatches(context, object), 'part of CoreDNS')),
    },
  ],
}

const podNetworkObjects = (context: PhaseContext): readonly KubeObject[] => {
  const {cluster} = context
  const {plugin} = cluster.network
  switch (plugin.kind) {
    case 'flannel':
      return flannelObjects({
        cluster,
        api: splitHostPort(endpointOf(context).replace(/^https:\/\//, ''), cluster.apiPort),
      })
    case 'file':
      return userObjects(plugin.text, plugin.path)
    case 'none':
      return []
  }
}

export const podNetworkPhase: Phase = {
  name: 'pod-network',
  title: 'Pod network',
  why: 'lets pods on different nodes reach each other',
  where: 'initial-control-plane',
  when: ({cluster}) =>
    cluster.network.plugin.kind === 'none'
      ? 'the file sets no pod network; nodes stay NotReady until you install one'
      : true,
  resources: context => podNetworkObjects(context).map(object => kubeObject(object, 'part of the pod network')),
}
