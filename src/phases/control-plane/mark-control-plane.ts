import {nodeLabels, nodeTaints} from '../../manifests/node-labels-and-taints.ts'
import {nodeLabelsAndTaints} from '../../resources/cluster/node-labels-and-taints.ts'
import type {Phase} from '../phase.ts'
import {registered, registerMs} from '../cluster/ready.ts'

export const markControlPlanePhase: Phase = {
  name: 'mark-control-plane',
  title: 'Mark the control plane',
  why: 'its label says what it is, and its taint keeps ordinary pods away from what the cluster lives on',
  where: 'initial-control-plane',
  resources: ({cluster, node}) => [
    registered({cluster, node}, 'to be labelled'),
    nodeLabelsAndTaints({
      node: node.name,
      labels: nodeLabels(node),
      taints: nodeTaints(node),
      deadlineMs: registerMs(cluster),
      why: 'says what this node is for',
    }),
  ],
}
