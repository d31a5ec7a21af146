import {apiRefusal} from '../../diagnose/cluster/api-refusal.ts'
import {diagnoseCluster} from '../../diagnose/cluster/diagnose-cluster.ts'
import type {Expected} from '../../diagnose/cluster/expected.ts'
import type {HostSpec} from '../../domain/cluster.ts'
import {ADMIN_CONF} from '../../domain/paths.ts'
import {gathered} from '../../diagnose/cluster/gathered.ts'
import {ofItsOwn, toldByNobody} from '../../diagnose/cluster/told-by-hosts.ts'
import type {ClusterExamined, Examined} from '../../ui/render-diagnoses.ts'
import type {ClusterAnswer} from './ask-cluster.ts'
import {hostLabel} from './wiring/connector.ts'

/** Diagnoses the state of the cluster, or the fact that its API does not answer. */
export function examineCluster(
  answer: ClusterAnswer,
  expected: Expected,
  controlPlanes: readonly HostSpec[],
): ClusterExamined {
  switch (answer.kind) {
    case 'answered': {
      const {snapshot, host} = answer
      return {
        through: host,
        nodes: snapshot.nodes?.length,
        diagnoses: diagnoseCluster(snapshot, expected),
        unread: snapshot.unread,
      }
    }
    case 'refused':
      return {through: answer.host, diagnoses: [apiRefusal(answer.error, answer.host, expected.repair)], unread: []}
    case 'nobody':
      return nobody(answer.reached, expected, controlPlanes.map(hostLabel).join(', '))
  }
}

export interface Found {
  readonly hosts: readonly Examined[]
  readonly cluster: ClusterExamined
}

/**
 * Reports each problem once: for the machine if that names the cause, otherwise for the cluster. `nodes` are the node
 * names of the machines.
 */
export function withoutDoubles(
  examined: readonly Examined[],
  nodes: readonly (string | undefined)[],
  cluster: ClusterExamined,
): Found {
  const looked = examined.map(({host, diagnoses}, i) => ({names: [host, nodes[i]?.toLowerCase() ?? host], diagnoses}))
  const diagnoses = toldByNobody(cluster.diagnoses, looked)
  const isToldAbove = cluster.diagnoses.length > diagnoses.length
  const isSilent = cluster.nodes === undefined && isToldAbove && cluster.notAsked === undefined
  return {
    hosts: examined.map(one => ({...one, diagnoses: ofItsOwn(one.diagnoses, cluster.diagnoses)})),
    cluster: {
      ...cluster,
      diagnoses: gathered(diagnoses),
      ...(isToldAbove ? {isToldAbove} : {}),
      ...(isSilent ? {notAsked: 'the API does not work; see the cause above'} : {}),
    },
  }
}

/** Either a control plane in the file has no admin.conf, or none of the named machines is a control plane. */
function nobody(reached: number, {hosts, repair}: Expected, controlPlanes: string): ClusterExamined {
  if (hosts === undefined)
    return {
      diagnoses: [],
      unread: [],
      notAsked: `none of these machines has ${ADMIN_CONF}: name a control plane as well, or run kadm status on one`,
    }
  if (reached === 0) return {diagnoses: [], unread: [], notAsked: `no control plane can be reached (${controlPlanes})`}
  return {
    diagnoses: [
      {
        name: 'admin-conf-missing',
        cause: `control plane ${controlPlanes} has no ${ADMIN_CONF}, so kadm cannot use the API there`,
        certainty: 'certain',
        proof: [`${ADMIN_CONF}: missing or empty`],
        fix: `${repair.cluster} creates it again`,
      },
    ],
    unread: [],
    notAsked: `it needs ${ADMIN_CONF}`,
  }
}
