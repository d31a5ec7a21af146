import {acrossMachines} from '../../diagnose/cluster/across-machines.ts'
import {collectEvidence} from '../../diagnose/collect-evidence.ts'
import {diagnose} from '../../diagnose/diagnose.ts'
import type {HostSpec} from '../../domain/cluster.ts'
import {KadmError} from '../../domain/errors.ts'
import {MACHINES_AT_ONCE, onEach} from '../../remote/on-each.ts'
import type {Examined} from '../../ui/render-diagnoses.ts'
import {realClock} from './wiring/clock.ts'
import {hostLabel, type Connector} from './wiring/connector.ts'

export interface AllExamined {
  readonly examined: readonly Examined[]
  /** The node name of each machine, in order; undefined for a machine that could not be inspected. */
  readonly names: readonly (string | undefined)[]
  /** Errors of the hosts that could not be inspected. */
  readonly failures: readonly KadmError[]
}

/**
 * Inspects all machines in parallel and diagnoses each one; a machine that cannot be reached does not stop the rest.
 */
export async function examineAll(
  specs: readonly HostSpec[],
  connector: Connector,
  signal: AbortSignal,
): Promise<AllExamined> {
  const looked = await onEach(specs, MACHINES_AT_ONCE, spec => examineOne(spec, connector, signal))
  return {
    examined: acrossMachines(looked.map(asNeighbour)).map(({one, diagnoses}) => ({...one, diagnoses})),
    names: looked.map(({hostname}) => hostname),
    failures: looked.flatMap(({failure}) => failure ?? []),
  }
}

interface Looked {
  readonly spec: HostSpec
  readonly one: Examined
  readonly hostname?: string
  /** Addresses of its node, as the API has them. */
  readonly addresses?: readonly string[]
  readonly failure?: KadmError
}

const asNeighbour = ({spec, one, addresses = []}: Looked) => ({
  one,
  addresses: [
    ...addresses,
    ...(spec.address === undefined ? [] : [spec.address]),
    ...(spec.ssh === 'local' ? [] : [spec.ssh.address]),
  ],
  isControlPlane: one.isControlPlane ?? false,
  diagnoses: one.diagnoses,
})

async function examineOne(spec: HostSpec, {connect}: Connector, signal: AbortSignal): Promise<Looked> {
  try {
    const host = await connect(spec)
    // The script prints the time of the host first, so its own run time does not distort the comparison of clocks.
    const now = realClock.now() / 1000
    const evidence = await collectEvidence(host, signal)
    const diagnoses = diagnose(evidence, {phase: 'doctor', waitedFor: 'nothing', now})
    const isControlPlane = evidence.controlPlane.apiCertificate
    const addresses = evidence.api?.state?.addresses ?? []
    return {spec, one: {host: host.name, isControlPlane, diagnoses}, hostname: evidence.hostname, addresses}
  } catch (error) {
    if (!(error instanceof KadmError) || error.code === 'cancelled') throw error
    return {spec, one: {host: hostLabel(spec), diagnoses: [], unreachable: error.message}, failure: error}
  }
}
