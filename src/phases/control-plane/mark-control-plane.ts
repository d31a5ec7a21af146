import {nodeLabels, nodeTaints} from '../../manifests/node-labels-and-taints.ts'
import {nodeLabelsAndTaints} from '../../resources/cluster/node-labels-and-taints.ts'
import type {Phase} from '../phase.ts'
import {registered, registerMs} from '../cluster/ready.ts'

export const markControlPlanePhase: Phase = {
  name: 'mark-control-plane',
  title: 'Mark the control plane',
  why: 'the label marks the role, and the taint keeps ordinary pods off the control plane',
  where: 'initial-control-plane',
  resources: ({cluster, node}) => [
    registered({cluster, node}, 'to be labelled'),
    nodeLabelsAndTaints({
      node: node.name,
      labels: nodeLabels(node),
      taints: nodeTaints(node),
      deadlineMs: registerMs({cluster, node}),
      why: 'marks the role of this node',
    }),
  ],
}
