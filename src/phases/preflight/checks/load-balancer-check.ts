import {BALANCER_MANIFEST, balancerOf} from '../../../domain/load-balancer.ts'
import {error, ok, type HostCheck} from '../input.ts'

/**
 * A node that has a load balancer keeps it: its pods, such as kube-proxy, read the address of the API only when they
 * start.
 */
export const loadBalancerCheck: HostCheck = (view, {cluster}) => {
  const name = 'LoadBalancer'
  const balancer = balancerOf(cluster)
  const isThere = view.facts.files[BALANCER_MANIFEST] !== undefined
  if (balancer !== undefined) return [ok(name, view, `local, on port ${balancer.port}`)]
  if (!isThere || !view.isMember) return []
  return [
    error(
      name,
      view,
      'reaches the API through its local load balancer, but this run sets none',
      'write loadBalancer: local in the file; kadm removes the load balancer only when it resets the node',
    ),
  ]
}
