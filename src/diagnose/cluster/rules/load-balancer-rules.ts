import {BALANCER_POD} from '../../../domain/load-balancer.ts'
import {nameOf} from '../../../kube/json.ts'
import type {Judgement} from '../../diagnosis.ts'
import {names, type ClusterRule} from '../cluster-view.ts'
import {staticPods} from './control-plane-pod-rules.ts'

/** A node that real kubeadm joined has none, and pods of the system on it do not resolve the name of the API. */
const missing: ClusterRule = {
  name: 'load-balancer-missing',
  judge: view => {
    if (!view.made.localBalancer || view.snapshot.systemPods === undefined) return []
    const there = new Set(staticPods(view).map(nameOf))
    const without = view.nodes
      .filter(({name, ready, isFresh}) => ready && !isFresh && !there.has(`${BALANCER_POD}-${name}`))
      .map(({name}) => name)
    if (without.length === 0) return []
    const judgement: Judgement = {
      cause: `${names(without)} ${without.length === 1 ? 'runs' : 'run'} no load balancer, so service routing and the pod network there do not reach the API`,
      certainty: 'certain',
      proof: without
        .slice(0, 3)
        .map(
          name => `pod kube-system/${BALANCER_POD}-${name} does not exist, and the API is at a name of load balancers`,
        ),
      nodes: without,
      fix: `${view.expected.repair.cluster} writes its manifest; the file must contain the node`,
    }
    return [judgement]
  },
}

export const LOAD_BALANCER_RULES: readonly ClusterRule[] = [missing]
