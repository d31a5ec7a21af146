import {readSnapshot} from '../../diagnose/cluster/read-snapshot.ts'
import type {ClusterSnapshot, Listed} from '../../diagnose/cluster/snapshot.ts'
import type {HostSpec} from '../../domain/cluster.ts'
import {KadmError} from '../../domain/errors.ts'
import {ADMIN_CONF} from '../../domain/paths.ts'
import {controlPlaneOn} from '../../engine/cluster/control-plane.ts'
import type {Host} from '../../remote/host.ts'
import {MACHINES_AT_ONCE, onEach} from '../../remote/on-each.ts'
import {sh} from '../../remote/shell/shell.ts'
import {realClock} from './wiring/clock.ts'
import type {Connector} from './wiring/connector.ts'

const MOST_OTHERS = 4

/** The result of reading a cluster through one of several machines. */
export type ClusterAnswer =
  | {readonly kind: 'answered'; readonly through: HostSpec; readonly host: string; readonly snapshot: ClusterSnapshot}
  /** The API did not answer, or refused the administrator. */
  | {readonly kind: 'refused'; readonly through: HostSpec; readonly host: string; readonly error: KadmError}
  /** None of the machines that could be reached has the administrator's credentials. */
  | {readonly kind: 'nobody'; readonly reached: number}

/** The nodes that the cluster has now, if it could be asked. */
export const nodesOf = (answer: ClusterAnswer): Listed =>
  answer.kind === 'answered' ? answer.snapshot.nodes : undefined

/** The machines that may have the administrator's credentials: only a file gives the roles. */
export function candidatesOf(specs: readonly HostSpec[]): readonly HostSpec[] {
  const controlPlanes = specs.filter(({role}) => role === 'control-plane')
  return controlPlanes.length > 0 ? controlPlanes : specs
}

/** Reads the cluster through the first control plane that answers. */
export async function askCluster(
  candidates: readonly HostSpec[],
  connector: Connector,
  signal: AbortSignal,
): Promise<ClusterAnswer> {
  const found = await onEach(candidates, MACHINES_AT_ONCE, spec => controlPlaneAt(spec, connector, signal))
  const controlPlanes = found.flatMap(one => (one === undefined || one === 'none' ? [] : [one]))
  const [first, ...others] = controlPlanes
  if (first === undefined) return {kind: 'nobody', reached: found.filter(one => one === 'none').length}
  const answer = await askThrough(first.spec, first.host, signal)
  if (answer.kind === 'answered') return answer
  const more = await Promise.all(others.slice(0, MOST_OTHERS).map(({spec, host}) => askThrough(spec, host, signal)))
  return more.find(({kind}) => kind === 'answered') ?? answer
}

/**
 * `none` for a machine without admin.conf; undefined for a machine that cannot be reached, which other code reports.
 */
async function controlPlaneAt(
  spec: HostSpec,
  {connect}: Connector,
  signal: AbortSignal,
): Promise<{readonly spec: HostSpec; readonly host: Host} | 'none' | undefined> {
  try {
    const host = await connect(spec)
    const {code} = await host.run(sh`test -s ${ADMIN_CONF}`.text, {signal})
    return code === 0 ? {spec, host} : 'none'
  } catch (error) {
    if (!(error instanceof KadmError) || error.code === 'cancelled') throw error
    return undefined
  }
}

async function askThrough(spec: HostSpec, host: Host, signal: AbortSignal): Promise<ClusterAnswer> {
  const controlPlane = controlPlaneOn(host, signal)
  const through = {through: spec, host: host.name}
  try {
    const snapshot = await readSnapshot(await controlPlane.api(), {signal, now: realClock.now()})
    return {kind: 'answered', ...through, snapshot}
  } catch (error) {
    if (!(error instanceof KadmError) || error.code === 'cancelled') throw error
    return {kind: 'refused', ...through, error}
  } finally {
    await controlPlane.close()
  }
}
