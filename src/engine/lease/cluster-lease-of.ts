import {clusterLease, type ClusterLease} from '../../kube/cluster-lease.ts'
import type {WorkflowOptions} from '../workflows/options.ts'

/** The lease of the cluster for this run; not taken yet. */
export const clusterLeaseOf = ({
  holder,
  random,
  clock,
}: Pick<WorkflowOptions, 'holder' | 'random' | 'clock'>): ClusterLease =>
  clusterLease({
    identity: `${holder.text} ${random(4).toString('hex')}`,
    isGone: identity => holder.isGone(identity.replace(/ [0-9a-f]{8}$/, '')),
    clock,
  })
