import {acrossMachines} from '../../diagnose/cluster/across-machines.ts'
import {withPresentPeers} from '../../diagnose/cluster/present-peers.ts'
import type {Listed} from '../../diagnose/cluster/snapshot.ts'
import {collectEvidence} from '../../diagnose/collect-evidence.ts'
import {diagnose} from '../../diagnose/diagnose.ts'
import type {HostSpec} from '../../domain/cluster.ts'
import {KadmError} from '../../domain/errors.ts'
import type {Evidence} from '../../domain/evidence.ts'
import {MACHINES_AT_ONCE, onEach} from '../../remote/on-each.ts'
import type {Examined} from '../../ui/render-diagnoses.ts'
import {realClock} from './wiring/clock.ts'
import {hostLabel, type Connector} from './wiring/connector.ts'

/** A machine with what it reports about itself, or with the error that prevented this. */
export interface Looked {
  readonly spec: HostSpec
  readonly host: string
  readonly seen: {readonly evidence: Evidence; readonly at: number} | KadmError
}

export interface AllExamined {
  readonly examined: readonly Examined[]
  /** The node name of each machine, in order; undefined for a machine that could not be inspected. */
  readonly names: readonly (string | undefined)[]
  /** Errors of the hosts that could not be inspected. */
  readonly failures: readonly KadmError[]
}

/** Looks at all machines in parallel; a machine that cannot be reached does not stop the rest. */
export const lookAtAll = (
  specs: readonly HostSpec[],
  connector: Connector,
  signal: AbortSignal,
): Promise<readonly Looked[]> => onEach(specs, MACHINES_AT_ONCE, spec => lookAt(spec, connector, signal))

async function lookAt(spec: HostSpec, {connect}: Connector, signal: AbortSignal): Promise<Looked> {
  try {
    const host = await connect(spec)
    // The script prints the time of the host first, so its own run time does not distort the comparison of clocks.
    const at = realClock.now() / 1000
    return {spec, host: host.name, seen: {evidence: await collectEvidence(host, signal), at}}
  } catch (error) {
    if (!(error instanceof KadmError) || error.code === 'cancelled') throw error
    return {spec, host: hostLabel(spec), seen: error}
  }
}

/** Diagnoses every machine, given the nodes that the cluster has now. */
export function examineAll(looked: readonly Looked[], nodes: Listed): AllExamined {
  return {
    examined: acrossMachines(looked.map(one => asNeighbour(one, nodes))).map(({one, diagnoses}) => ({
      ...one,
      diagnoses,
    })),
    names: looked.map(({seen}) => (seen instanceof KadmError ? undefined : seen.evidence.hostname)),
    failures: looked.flatMap(({seen}) => (seen instanceof KadmError ? [seen] : [])),
  }
}

function asNeighbour({spec, host, seen}: Looked, nodes: Listed) {
  const reachedAt = [spec.address ?? [], spec.ssh === 'local' ? [] : spec.ssh.address].flat()
  if (seen instanceof KadmError) {
    const one = {host, diagnoses: [], unreachable: seen.message}
    return {one, addresses: reachedAt, isControlPlane: false, diagnoses: []}
  }
  const {evidence, at} = seen
  const diagnoses = diagnose(withPresentPeers(evidence, nodes), {phase: 'doctor', waitedFor: 'nothing', now: at})
  const isControlPlane = evidence.controlPlane.apiCertificate
  // By the API, the node may have other addresses than the machine.
  const addresses = [...(evidence.api?.state?.addresses ?? []), ...reachedAt]
  return {one: {host, isControlPlane, diagnoses}, addresses, isControlPlane, diagnoses}
}
