import type {Cluster} from '../../domain/cluster.ts'
import type {Candidate} from '../hosts/open-machines.ts'
import type {WorkflowOptions} from './options.ts'

/** A host of a cluster already has its files; only a new host needs the whole bundle to be read. */
export const checkBundle = (
  options: WorkflowOptions,
  cluster: Cluster,
  candidates: readonly Candidate[],
): Promise<void> =>
  options.checkBundle({
    cluster,
    roles: [...new Set(candidates.map(({spec}) => spec.role))],
    isBrought: candidates.some(({gathered}) => gathered.facts.clusterCaHash === undefined),
  })
