import pLimit from 'p-limit'
import {collectEvidence} from '../../diagnose/collect-evidence.ts'
import {diagnose} from '../../diagnose/diagnose.ts'
import type {HostSpec} from '../../domain/cluster.ts'
import {KadmError} from '../../domain/errors.ts'
import type {Examined} from '../../ui/render-diagnoses.ts'
import {realClock} from './wiring/clock.ts'
import {hostLabel, type Connector} from './wiring/connector.ts'

const WIDTH = 30

export interface AllExamined {
  readonly examined: readonly Examined[]
  /** What each machine calls itself, in their order; undefined for one that could not be looked at. */
  readonly names: readonly (string | undefined)[]
  /** Of the hosts that could not be looked at. */
  readonly failures: readonly KadmError[]
}

/** Looks at all machines side by side and judges each by what it says; one that cannot be reached does not keep the others from it. */
export async function examineAll(
  specs: readonly HostSpec[],
  connector: Connector,
  signal: AbortSignal,
): Promise<AllExamined> {
  const limit = pLimit(WIDTH)
  const looked = await Promise.all(specs.map(spec => limit(() => examineOne(spec, connector, signal))))
  return {
    examined: looked.map(({one}) => one),
    names: looked.map(({hostname}) => hostname),
    failures: looked.flatMap(({failure}) => failure ?? []),
  }
}

interface Looked {
  readonly one: Examined
  readonly hostname?: string
  readonly failure?: KadmError
}

async function examineOne(spec: HostSpec, {connect}: Connector, signal: AbortSignal): Promise<Looked> {
  try {
    const host = await connect(spec)
    // The host says its time first of all; how long the script takes to get there does not matter for what is judged.
    const now = realClock.now() / 1000
    const evidence = await collectEvidence(host, signal)
    const diagnoses = diagnose(evidence, {phase: 'doctor', waitedFor: 'nothing', now})
    const isControlPlane = evidence.controlPlane.apiCertificate
    return {one: {host: host.name, isControlPlane, diagnoses}, hostname: evidence.hostname}
  } catch (error) {
    if (!(error instanceof KadmError) || error.code === 'cancelled') throw error
    return {one: {host: hostLabel(spec), diagnoses: [], unreachable: error.message}, failure: error}
  }
}
