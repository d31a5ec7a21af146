import {KadmError} from '../../domain/errors.ts'
import {gather} from '../../engine/hosts/gather.ts'
import type {KubeClient} from '../../kube/client.ts'
import {nameOf, textsAt} from '../../kube/json.ts'
import {PATHS, query} from '../../kube/kinds.ts'
import {listNodes, uncordon, type NodeStatus} from '../../kube/nodes.ts'
import {onEach} from '../../remote/on-each.ts'
import type {CheckResult} from '../outcome.ts'
import {patienceWith} from '../patience.ts'
import {makeScene, type Scene} from '../scene.ts'
import {namespaceName, setUp, tearDown} from '../stage.ts'
import {dnsDomainOf} from '../verify.ts'
import {probeWorkload, type StageName} from '../workload.ts'
import {probesOn} from '../checks/probes.ts'
import {rebootOne} from './come-back.ts'
import {REBOOT_CORDON_MARK, whileEmpty} from './emptied.ts'
import {sameAsBefore} from './same-as-before.ts'
import {
  leg,
  type RebootOptions,
  type RebootOutcome,
  type Returned,
  type Round,
  type Traveller,
  type Trip,
} from './trip.ts'
import {wholeAgain} from './whole-again.ts'

const STAGE: StageName = 'kadm-verify-reboot'
/** After a reboot routes and names come back one after the other. */
const ROUTES_WITHIN_MS = 120_000
const WIDTH = 30

/**
 * Reboots the machines one by one, workers first, then, where wanted, all at once, and sees after each that everything is as before.
 * Stops at the first that is not: the next reboot would do no better.
 */
export async function reboot(
  usual: KubeClient,
  travellers: readonly Traveller[],
  options: RebootOptions,
): Promise<RebootOutcome> {
  const {signal, clock, emit} = options
  const started = clock.now()
  const patience = await patienceWith(usual, signal)
  const api = usual.patient(patience)
  await removeRebootLeftovers(api, signal)
  const nodes = await listNodes(api, {signal})
  refuseUnready(nodes, travellers)
  emit({type: 'run-started', command: 'verify --reboot', hosts: travellers.map(({node}) => node), at: started})
  const scene = makeScene({
    api,
    patience,
    clock,
    signal,
    namespace: namespaceName(options.random),
    images: options.images,
    dnsDomain: await dnsDomainOf(api, signal),
    routesWithinMs: ROUTES_WITHIN_MS,
  })
  try {
    await setUp(scene, probeWorkload(scene), STAGE)
    await probesOn(
      scene,
      nodes.filter(({ready}) => ready),
    )
    const rounds = await allRounds({trip: {...options, api, prefix: ''}, scene, nodes, travellers})
    emit({type: 'run-done', changes: undefined, durationMs: clock.now() - started, at: clock.now()})
    const named = new Set(travellers.map(({node}) => node))
    return {rounds, untouched: nodes.flatMap(({name}) => (named.has(name) ? [] : [name]))}
  } finally {
    await tearDown(scene).catch(() => undefined)
  }
}

/** What a killed run left: its namespace and its cordons. */
export async function removeRebootLeftovers(api: KubeClient, signal: AbortSignal): Promise<void> {
  const path = PATHS.namespaces() + query({labelSelector: `app.kubernetes.io/managed-by=${STAGE}`})
  const nodes = await api.list(PATHS.nodes(), {signal})
  const marked = nodes.filter(node => textsAt(node, 'metadata', 'annotations')[REBOOT_CORDON_MARK] !== undefined)
  await Promise.all([
    ...(await api.list(path, {signal})).map(one => api.delete(PATHS.namespaces(nameOf(one)), {signal})),
    ...marked.map(node => uncordon(api, nameOf(node), {signal, annotations: {[REBOOT_CORDON_MARK]: undefined}})),
  ])
}

/** What does not work before a reboot cannot be told from what the reboot broke. */
function refuseUnready(nodes: readonly NodeStatus[], travellers: readonly Traveller[]): void {
  const problems = travellers.flatMap(({node}) => {
    const found = nodes.find(({name}) => name === node)
    if (found === undefined) return [`${node} is not a node of this cluster`]
    return found.ready ? [] : [`${node} is not Ready: ${found.reason ?? ''}`]
  })
  if (problems.length === 0) return
  throw new KadmError('preflight', `nothing was rebooted: ${problems.join('; ')}`, {
    hint: 'correct that first: kadm doctor; or name only the machines that are well',
  })
}

interface Journey {
  readonly trip: Trip
  readonly scene: Scene
  readonly nodes: readonly NodeStatus[]
  readonly travellers: readonly Traveller[]
}

async function allRounds(journey: Journey): Promise<readonly Round[]> {
  const {trip, travellers} = journey
  const rounds: Round[] = []
  for (const one of travellers.toSorted((a, b) => Number(a.controlPlane) - Number(b.controlPlane))) {
    rounds.push(await alone(journey, one))
    if (!isWell(rounds.at(-1))) return rounds
  }
  return trip.allAtOnce ? [...rounds, await together(journey)] : rounds
}

async function alone(journey: Journey, traveller: Traveller): Promise<Round> {
  const {trip} = journey
  const {node} = traveller
  // What was moved away may have nowhere else to go, so its node is open again before the cluster is looked at.
  const returned = await whileEmpty(trip, node, () => comesBack(trip, traveller))
  return {name: node, nodes: [returned], checks: await seeWhole(journey, node)}
}

async function together({trip, ...journey}: Journey): Promise<Round> {
  const {travellers} = journey
  const prefixed = {...trip, prefix: 'together/'}
  const nodes = await onEach(travellers, WIDTH, one => comesBack(prefixed, one))
  const name = 'all at once'
  return {name, nodes, checks: await seeWhole({...journey, trip: prefixed}, travellers[0]?.node ?? name)}
}

const seeWhole = ({trip, scene, nodes}: Journey, node: string): Promise<readonly CheckResult[]> =>
  leg(trip, node, {name: 'cluster', title: 'See that the cluster is whole'}, () =>
    wholeAgain(
      scene,
      nodes.filter(({ready}) => ready),
      trip.timeoutMs,
    ),
  )

async function comesBack(trip: Trip, traveller: Traveller): Promise<Returned> {
  const {node, host, before} = traveller
  const times = await rebootOne(trip, traveller)
  const checks = await leg(trip, node, {name: 'compare', title: 'See that all is as before'}, async () => {
    const {facts} = await gather(host, trip.clock.now, trip.signal)
    return sameAsBefore(before, facts).map((kept): CheckResult => ({...kept, ms: 0}))
  })
  return {node, times, checks}
}

/** Whether all that was looked at after these reboots is as it should be. */
export const isWell = (round: Round | undefined): boolean =>
  round === undefined || [...round.checks, ...round.nodes.flatMap(({checks}) => checks)].every(({ok}) => ok)
