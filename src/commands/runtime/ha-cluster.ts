import {randomBytes} from 'node:crypto'
import type {Sink} from '../../domain/events.ts'
import {splitHostPort} from '../../domain/endpoint.ts'
import {KadmError} from '../../domain/errors.ts'
import {usesExternalEtcd} from '../../domain/kubeadm-places.ts'
import {balancerOf} from '../../domain/load-balancer.ts'
import {MANIFESTS_DIR} from '../../domain/paths.ts'
import type {Cluster} from '../../domain/cluster.ts'
import {explainFailure} from '../../diagnose/explain-failure.ts'
import {controlPlaneOn, type ControlPlane} from '../../engine/cluster/control-plane.ts'
import {readLiveCluster} from '../../engine/cluster/live-cluster.ts'
import {withLeases} from '../../engine/lease/lease.ts'
import {tryOutages, type HaOptions, type HaOutcome} from '../../verify/ha/outages.ts'
import type {Way} from '../../verify/ha/rules.ts'
import type {RebootTarget} from '../../verify/reboot/rolling-reboot.ts'
import {realClock} from './wiring/clock.ts'
import {thisHolder} from './wiring/holder.ts'

/** A cluster whose control planes lose their power one after the other. */
export interface HaCluster extends Pick<HaOptions, 'endpoint' | 'way' | 'controlPlaneOf'> {
  readonly machines: readonly RebootTarget[]
  readonly close: () => Promise<void>
}

/** Reads how the nodes reach the API, and refuses a cluster of which no control plane may fail. Changes nothing. */
export async function haCluster(
  targets: readonly RebootTarget[],
  file: Cluster,
  signal: AbortSignal,
): Promise<HaCluster> {
  const machines = targets.map(target => ({
    ...target,
    controlPlane: target.before.files[`${MANIFESTS_DIR}/kube-apiserver.yaml`] !== undefined,
  }))
  const known = new Map<RebootTarget, ControlPlane>(
    machines.filter(({controlPlane}) => controlPlane).map(one => [one, controlPlaneOn(one.host, signal)]),
  )
  const close = async (): Promise<void> => {
    await Promise.all([...known.values()].map(one => one.close()))
  }
  const controlPlaneOf = (machine: RebootTarget): ControlPlane => {
    const found = known.get(machine)
    if (found === undefined) throw new Error(`${machine.node} is not a control plane`)
    return found
  }
  try {
    const [first] = known.values()
    if (first === undefined) throw impossible('none of the machines is a control plane')
    const {cluster} = await readLiveCluster(await first.api(), file, {})
    const {controlPlaneEndpoint} = cluster
    if (usesExternalEtcd(cluster)) throw impossible('its etcd does not run on its control planes')
    if (controlPlaneEndpoint === undefined)
      throw impossible('it has no controlPlaneEndpoint, so its nodes know only one control plane')
    const endpoint = splitHostPort(controlPlaneEndpoint, cluster.apiPort)
    return {machines, endpoint, way: wayOf(controlPlaneEndpoint, file), controlPlaneOf, close}
  } catch (error) {
    await close()
    throw error
  }
}

const impossible = (why: string): KadmError =>
  new KadmError('preflight', `kadm cannot test how this cluster survives the loss of a control plane: ${why}`, {
    hint: 'name all machines of a cluster that has at least three control planes',
  })

const wayOf = (controlPlaneEndpoint: string, {virtualAddress}: Cluster): Way => {
  if (balancerOf({controlPlaneEndpoint}) !== undefined) return 'local'
  return virtualAddress === undefined ? 'external' : 'vip'
}

export interface HaEdge extends Pick<HaOptions, 'signal' | 'timeoutMs'> {
  readonly emit: Sink
}

/** Holds the lease of every machine that kadm prepared meanwhile, so that no other run changes the cluster. */
export async function tryHa({machines, close, ...cluster}: HaCluster, edge: HaEdge): Promise<HaOutcome> {
  const {signal} = edge
  const kadms = machines.filter(({before}) => before.ledgerEntries > 0).map(({host}) => host)
  const lease = {holder: thisHolder(), takeLease: false, signal, clock: realClock, random: randomBytes}
  try {
    return await withLeases(kadms, lease, (_, held) =>
      tryOutages(machines, {
        ...edge,
        ...cluster,
        signal: held,
        clock: realClock,
        explain: (host, error) =>
          explainFailure(
            host,
            error,
            {phase: 'verify --ha', waitedFor: error.message, now: realClock.now() / 1000},
            {signal},
          ),
      }),
    )
  } finally {
    await close()
  }
}
