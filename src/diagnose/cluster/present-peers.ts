import type {Evidence} from '../../domain/evidence.ts'
import {listAt, textAt, textsAt, type ApiObject} from '../../kube/json.ts'
import type {Listed} from './snapshot.ts'

/** flannel may send to another address of a node than the one by which the API knows it. */
const FLANNEL_ADDRESSES = ['flannel.alpha.coreos.com/public-ip', 'flannel.alpha.coreos.com/public-ip-overwrite']

const addressesOf = (node: ApiObject): readonly string[] => {
  const annotations = textsAt(node, 'metadata', 'annotations')
  return [
    ...listAt(node, 'status', 'addresses').flatMap(address => textAt(address, 'address') ?? []),
    ...FLANNEL_ADDRESSES.flatMap(key => annotations[key] ?? []),
  ]
}

/**
 * The evidence without peers that are not nodes any more: flannel does not remove its entry for a node that left the cluster
 * while flannel was not running. Unchanged if the nodes could not be read.
 */
export function withPresentPeers(evidence: Evidence, nodes: Listed): Evidence {
  if (nodes === undefined) return evidence
  const present = new Set(nodes.flatMap(addressesOf))
  return {...evidence, peers: evidence.peers.filter(({address}) => present.has(address))}
}
