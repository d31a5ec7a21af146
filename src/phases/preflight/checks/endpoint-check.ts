import {balancerOf} from '../../../domain/load-balancer.ts'
import {error, ok, warning, type HostCheck, type HostView} from '../input.ts'
import type {Finding} from '../finding.ts'

const NAME = 'ControlPlaneEndpoint'

/**
 * An endpoint of the user's own, as each host meets it. A load balancer has no API server to pass connections to before the
 * cluster exists, and a control plane starts without it, so only what will never work is an error.
 */
export const endpointCheck: HostCheck = (view, {cluster}) => {
  const {controlPlaneEndpoint: endpoint} = cluster
  // A virtual address has its own checks.
  if (cluster.virtualAddress !== undefined) return []
  if (endpoint === undefined || balancerOf(cluster) !== undefined || view.endpoint === undefined) return []
  return [judge(view, endpoint)]
}

function judge(view: HostView, endpoint: string): Finding {
  const {endpoint: answer, label} = view
  const quiet = (what: string, remedy: string): Finding =>
    view.isMember ? warning(NAME, view, what, remedy) : ok(NAME, view, `${what}; the cluster does not exist yet`)
  switch (answer?.kind) {
    case 'unknown-name':
      return error(
        NAME,
        view,
        `does not resolve the name in controlPlaneEndpoint, ${endpoint}`,
        `add the name to DNS or to /etc/hosts of ${label}, or use an IP address as controlPlaneEndpoint`,
      )
    case 'server':
      if (answer.isOfCluster === true) return ok(NAME, view, `${endpoint} leads to an API server of this cluster`)
      return error(
        NAME,
        view,
        `another server answers at controlPlaneEndpoint ${endpoint}: its certificate is for ${answer.subject}${answer.isOfCluster === undefined ? ', and this cluster does not exist yet' : ', and the CA of this cluster did not sign it'}`,
        'correct controlPlaneEndpoint, or the servers of the load balancer: it must pass TCP connections on, without TLS of its own, to the API servers of this cluster only',
      )
    case 'refused':
    case 'closed':
      return quiet(
        `no API server answers at ${endpoint}`,
        'check that the load balancer runs and passes connections on to the control planes that answer',
      )
    case 'silent':
    case undefined:
      return warning(
        NAME,
        view,
        `gets no answer from ${endpoint} within 5 s`,
        `check the route and the firewalls between ${label} and the load balancer; a control plane must reach itself through it too`,
      )
  }
}
