import {toRequest} from '../../domain/external-ca.ts'
import {signingRequests, type RequestFile} from '../cluster/signing-requests.ts'
import type {Session} from './session.ts'

/** Keys and requests for what a CA must sign elsewhere for the machines of a session. */
export async function sessionRequests(session: Session): Promise<readonly RequestFile[]> {
  const {cluster, nodes, candidates, endpoint, elsewhere = [], initialControlPlane} = session
  const machines = nodes.flatMap(node => {
    const facts = candidates.find(({spec}) => spec === node.host)?.gathered.facts
    return facts === undefined ? [] : [{node, facts}]
  })
  const wanted = toRequest(machines, {cluster, nodes, elsewhere, leader: initialControlPlane?.host})
  const files = machines.map(async ({node}, i) => {
    const toSign = wanted[i]
    return toSign === undefined ? [] : signingRequests({cluster, endpoint, toSign}, node)
  })
  return (await Promise.all(files)).flat()
}
