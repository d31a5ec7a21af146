import type {HostSpec} from '../../domain/cluster.ts'
import {isUnreachable, isWithoutAnswer, KadmError} from '../../domain/errors.ts'
import {controlPlaneOn} from '../../engine/cluster/control-plane.ts'
import {firstAnswering, requireReady} from '../../engine/cluster/first-answering.ts'
import {refuseWithoutQuorum} from '../../engine/cluster/quorum.ts'
import {gather} from '../../engine/hosts/gather.ts'
import {openMachines, type Candidate} from '../../engine/hosts/open-machines.ts'
import type {ClusterAccess} from '../../engine/removal/cluster-access.ts'
import type {DrainSettings} from '../../engine/removal/drain-settings.ts'
import {lookForRemoval, type Removal} from '../../engine/removal/look.ts'
import type {KubeClient} from '../../kube/client.ts'
import type {Host} from '../../remote/host.ts'
import {MACHINES_AT_ONCE, onEach} from '../../remote/on-each.ts'
import type {SshFlags} from '../flags/ssh-flags.ts'
import {drainSettingsOf, type ParsedDrainFlags} from '../flags/drain-flags.ts'
import {parseLimitOrNone} from './requests/ttl.ts'
import {specAt, type RemoveRequest} from './requests/remove-request.ts'
import {realClock} from './wiring/clock.ts'
import {hostLabel, type Connector} from './wiring/connector.ts'
import {thisHolder} from './wiring/holder.ts'

/** What the command lends: its signal, its output and its connections. */
export interface RemovalEdge {
  readonly signal: AbortSignal
  readonly note: (message: string) => void
  readonly atEnd: (close: () => Promise<void>) => void
  readonly connections: (hosts: readonly HostSpec[]) => Promise<Connector>
  readonly apiFrom: (file: string) => Promise<KubeClient>
}

type Flags = SshFlags &
  ParsedDrainFlags & {
    readonly kubeconfig: string | undefined
    readonly dead: boolean
    readonly 'take-lease': boolean
  }

/** A removal that was looked at, with everything that carries it out. */
export interface RemovalRun {
  readonly removal: Removal
  readonly access: ClusterAccess
  readonly drain: DrainSettings
  readonly stay: readonly Candidate[]
  readonly connector: Connector
}

/** Connects, reads the cluster and the machines, and decides what the removal does; changes nothing. */
export async function removalRun(request: RemoveRequest, flags: Flags, edge: RemovalEdge): Promise<RemovalRun> {
  const drain = drainSettingsOf(flags, text => parseLimitOrNone(text, '--timeout'))
  const {targets, others, controlPlanes} = request
  const asked = controlPlanes.filter(spec => !others.includes(spec))
  const named = flags.dead ? [] : targets.flatMap(({spec}) => spec ?? [])
  const connector = await edge.connections([...asked, ...named, ...others])
  const opened: Host[] = []
  const look = {
    cluster: request.cluster,
    connect: connector.connect,
    clock: realClock,
    signal: edge.signal,
    emit: () => undefined,
    connections: opened,
  }
  const access = await accessTo(request, flags, {...edge, connector})
  const removal = await lookForRemoval({
    ...look,
    targets,
    isDead: flags.dead,
    specAt: address => specAt(address, flags, controlPlanes[0]),
    holder: thisHolder(),
    takeLease: flags['take-lease'],
    access,
    drain,
    note: edge.note,
  })
  // A refusal of the whole removal says more than that another control plane must be asked.
  if (removal.plan.refusals.length === 0) await refuseOwn(removal, access, edge.signal)
  const leaving = new Set(removal.found.flatMap(({candidate}) => candidate?.spec ?? []))
  const stay = await onEach(
    others.filter(spec => !leaving.has(spec)),
    MACHINES_AT_ONCE,
    async spec => openMachines([spec], look, opened).catch((error: unknown) => staysClosed(error, spec, edge)),
  )
  return {removal, access, drain, stay: stay.flat(), connector}
}

/** A control plane cannot carry out its own removal: its API server and its etcd stop in the middle. */
async function refuseOwn({found}: Removal, {through}: ClusterAccess, signal: AbortSignal): Promise<void> {
  const controlPlanes = found.filter(({leaver}) => leaver.role === 'control-plane')
  if (through === undefined || controlPlanes.length === 0) return
  const {facts} = await gather(through, realClock.now, signal)
  const own = controlPlanes.find(({leaver}) => leaver.name === facts.nodeName)
  if (own === undefined) return
  throw new KadmError('usage', `cannot remove ${own.leaver.name} through itself`, {
    host: through.name,
    hint: 'name a control plane that stays in the cluster: --to HOST',
  })
}

async function accessTo(
  {controlPlanes}: RemoveRequest,
  {kubeconfig}: Flags,
  {signal, note, atEnd, apiFrom, connector}: RemovalEdge & {readonly connector: Connector},
): Promise<ClusterAccess> {
  if (kubeconfig !== undefined) return {api: await apiFrom(kubeconfig), etcd: undefined, through: undefined}
  return firstAnswering(
    controlPlanes,
    async spec => {
      const through = await connector.connect(spec)
      const controlPlane = controlPlaneOn(through, signal)
      atEnd(controlPlane.close)
      const api = await controlPlane.api()
      await requireReady(api).catch(async (error: unknown) => {
        // Without a quorum, no API server answers; what etcd says explains that.
        if (isWithoutAnswer(error)) await refuseWithoutQuorum(controlPlane.etcd, 'no node can be removed')
        if (controlPlanes.length > 1) throw error
      })
      return {api, etcd: controlPlane.etcd, through}
    },
    (spec, {message}) => note(`${hostLabel(spec)}: ${message}; trying the next control plane`),
  )
}

/** A machine that stays and does not answer keeps its firewall rules until the next apply. */
function staysClosed(error: unknown, spec: HostSpec, {note}: RemovalEdge): readonly Candidate[] {
  if (!isUnreachable(error) || !(error instanceof KadmError)) throw error
  note(
    `warning: ${hostLabel(spec)}: ${error.message}; the next kadm apply removes what it has for the nodes that leave`,
  )
  return []
}
