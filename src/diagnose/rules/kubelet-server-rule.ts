import type {Evidence} from '../../domain/evidence.ts'
import {KUBELET_CONF} from '../../domain/paths.ts'
import type {Rule} from '../diagnosis.ts'
import {AGAIN} from '../rule.ts'
import {endpoint, runsApi} from './api-place.ts'

/** The kubelet of a control plane uses the API server beside it, and kube-proxy the endpoint of several control planes. */
function isOwnServer(evidence: Evidence): boolean {
  const own = endpoint(evidence)
    ?.replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
  const certificate = evidence.certificates.find(({path}) => path.endsWith('/apiserver.crt'))
  return own !== undefined && runsApi(evidence) && certificate?.sans.includes(own) === true
}

/** kube-proxy keeps its own address of the API, so one of the two is wrong, and its port is open. */
export const otherServer: Rule = {
  name: 'kubelet-server',
  follows: ['manifest-missing', 'static-pod-manifest', 'component-flag'],
  judge: evidence => {
    const {api, join} = evidence
    if (api === undefined || api.answered || api.elsewhere === undefined || isOwnServer(evidence)) return undefined
    if (!/refused|no route|timeout|timed out|Timeout|unreachable|lookup|x509/.test(api.error)) return undefined
    return {
      cause: `the kubelet looks for the API at ${join.apiServer ?? ''}, where it does not answer; the cluster's API is at ${api.elsewhere}`,
      certainty: 'certain',
      proof: [
        `server in ${KUBELET_CONF}: ${join.apiServer ?? ''}; asked just now: ${api.error.slice(0, 200)}`,
        `server of kube-proxy on this host: ${api.elsewhere}; its port is open`,
      ],
      fix: `${AGAIN}: it writes ${KUBELET_CONF} with the cluster's address`,
    }
  },
}
