import {clusterReport, type ClusterReport} from '../../diagnose/cluster/cluster-report.ts'
import type {Expected} from '../../diagnose/cluster/expected.ts'
import {explainRefusal} from '../../diagnose/cluster/explain-refusal.ts'
import type {HostSpec} from '../../domain/cluster.ts'
import {KadmError} from '../../domain/errors.ts'
import {controlPlaneOn} from '../../engine/cluster/control-plane.ts'
import {askCluster, candidatesOf, nodesOf} from './ask-cluster.ts'
import {examineAll, lookAtAll} from './examine-all.ts'
import type {Connector} from './wiring/connector.ts'

export interface StatusRead {
  readonly report: ClusterReport
  readonly expected: Expected
  /** Errors of the machines that could not be examined. */
  readonly failures: readonly KadmError[]
}

/** What should be there, by the control plane that answers and the node names of the machines. */
export type Expecting = (through: HostSpec | undefined, names: readonly (string | undefined)[]) => Promise<Expected>

/** Examines all machines and reads the cluster, side by side: one script for each machine. Rejects where the API does not answer. */
export async function readStatus(
  specs: readonly HostSpec[],
  connector: Connector,
  expecting: Expecting,
  signal: AbortSignal,
): Promise<StatusRead> {
  const candidates = candidatesOf(specs)
  const [looked, answer] = await Promise.all([
    lookAtAll(specs, connector, signal),
    askCluster(candidates, connector, signal),
  ])
  const {examined, names, failures} = examineAll(looked, nodesOf(answer))
  const machines = examined.map(({host, diagnoses, unreachable}, i) => ({
    host,
    node: names[i],
    diagnoses,
    ...(unreachable === undefined ? {} : {unreachable}),
  }))
  switch (answer.kind) {
    case 'nobody':
      return withoutAdministrator(candidates, connector, signal)
    case 'refused': {
      const expected = await expecting(answer.through, names)
      const diagnoses = machines.find(({host}) => host === answer.host)?.diagnoses ?? []
      throw explainRefusal(answer.error, {host: answer.host, diagnoses}, expected.repair)
    }
    case 'answered': {
      const expected = await expecting(answer.through, names)
      return {report: clusterReport(answer.snapshot, expected, machines), expected, failures}
    }
  }
}

/** No machine can be reached, or none has the credentials: rejects with the reason of the first one. */
async function withoutAdministrator(
  [first]: readonly HostSpec[],
  {connect}: Connector,
  signal: AbortSignal,
): Promise<never> {
  if (first !== undefined) {
    const controlPlane = controlPlaneOn(await connect(first), signal)
    await controlPlane.api()
    await controlPlane.close()
  }
  throw new KadmError('connect', 'the credentials of the cluster changed while they were read', {
    hint: 'run the command again',
  })
}
