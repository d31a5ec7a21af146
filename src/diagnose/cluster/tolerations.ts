import type {Taint} from '../../domain/cluster.ts'
import {at, type ApiObject} from '../../kube/json.ts'
import {tolerates} from '../../kube/tolerations.ts'

/** Taints that controllers add and remove themselves. DaemonSets tolerate those of Kubernetes (pkg/controller/daemon/util). */
export const OF_CONTROLLERS = /^(?:node\.kubernetes\.io|node\.cloudprovider\.kubernetes\.io|node\.cilium\.io)\//

export const keepsAway = ({effect}: Taint): boolean => effect !== 'PreferNoSchedule'

/** Whether the pods of a DaemonSet may not run on a node, because of its taints. */
export const isKeptAway = (set: ApiObject, taints: readonly Taint[]): boolean =>
  taints.some(
    taint => keepsAway(taint) && !OF_CONTROLLERS.test(taint.key) && !tolerates(at(set, 'spec', 'template'), taint),
  )
