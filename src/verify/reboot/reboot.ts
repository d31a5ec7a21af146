import {KadmError} from '../../domain/errors.ts'
import {gather} from '../../engine/hosts/gather.ts'
import type {KubeClient} from '../../kube/client.ts'
import {nameOf, textsAt} from '../../kube/json.ts'
import {apiPath, query} from '../../kube/kinds.ts'
import {listNodes, uncordon, type NodeStatus} from '../../kube/nodes.ts'
import {MACHINES_AT_ONCE, onEach} from '../../remote/on-each.ts'
import type {CheckResult} from '../outcome.ts'
import {timeoutScaleOf} from '../timeout-scale.ts'
import {makeCheckContext, type CheckContext} from '../check-context.ts'
import {namespaceName, setUp, tearDown} from '../test-namespace.ts'
import {dnsDomainOf} from '../verify.ts'
import {probeWorkload, type TestNamespaceName} from '../workload.ts'
import {probesOn} from '../checks/probes.ts'
import {rebootOne} from './come-back.ts'
import {REBOOT_CORDON_MARK, whileDrained} from './drained.ts'
import {sameAsBefore} from './same-as-before.ts'
import {
  rebootStep,
  type RebootOptions,
  type RebootOutcome,
  type Returned,
  type RebootRound,
  type RebootTarget,
  type RollingReboot,
} from './rolling-reboot.ts'
import {recovered} from './recovered.ts'

const STAGE: TestNamespaceName = 'kadm-verify-reboot'
/** After a reboot routes and names come back one after the other. */
const ROUTES_WITHIN_MS = 120_000
/**
 * Reboots the machines one by one, workers first, then, where wanted, all at once, and sees after each that everything is as before.
 * Stops at the first that is not: the next reboot would do no better.
 */
export async function reboot(
  usual: KubeClient,
  targets: readonly RebootTarget[],
  options: RebootOptions,
): Promise<RebootOutcome> {
  const {signal, clock, emit} = options
  const started = clock.now()
  const timeoutScale = await timeoutScaleOf(usual, signal)
  const api = usual.withTimeouts(timeoutScale)
  await removeRebootLeftovers(api, signal)
  const nodes = await listNodes(api, {signal})
  refuseUnready(nodes, targets)
  emit({type: 'run-started', command: 'verify --reboot', hosts: targets.map(({node}) => node), at: started})
  const context = makeCheckContext({
    api,
    timeoutScale,
    clock,
    signal,
    namespace: namespaceName(options.random),
    images: options.images,
    dnsDomain: await dnsDomainOf(api, signal),
    routesWithinMs: ROUTES_WITHIN_MS,
  })
  try {
    await setUp(context, probeWorkload(context), STAGE)
    await probesOn(
      context,
      nodes.filter(({ready}) => ready),
    )
    const rounds = await allRounds({rolling: {...options, api, prefix: ''}, context, nodes, targets})
    emit({type: 'run-done', changes: undefined, durationMs: clock.now() - started, at: clock.now()})
    const named = new Set(targets.map(({node}) => node))
    return {rounds, untouched: nodes.flatMap(({name}) => (named.has(name) ? [] : [name]))}
  } finally {
    await tearDown(context).catch(() => undefined)
  }
}

/** What a killed run left: its namespace and its cordons. */
export async function removeRebootLeftovers(api: KubeClient, signal: AbortSignal): Promise<void> {
  const path = apiPath.namespaces() + query({labelSelector: `app.kubernetes.io/managed-by=${STAGE}`})
  const nodes = await api.list(apiPath.nodes(), {signal})
  const marked = nodes.filter(node => textsAt(node, 'metadata', 'annotations')[REBOOT_CORDON_MARK] !== undefined)
  await Promise.all([
    ...(await api.list(path, {signal})).map(one => api.delete(apiPath.namespaces(nameOf(one)), {signal})),
    ...marked.map(node => uncordon(api, nameOf(node), {signal, annotations: {[REBOOT_CORDON_MARK]: undefined}})),
  ])
}

/** What does not work before a reboot cannot be told from what the reboot broke. */
function refuseUnready(nodes: readonly NodeStatus[], targets: readonly RebootTarget[]): void {
  const problems = targets.flatMap(({node}) => {
    const found = nodes.find(({name}) => name === node)
    if (found === undefined) return [`${node} is not a node of this cluster`]
    return found.ready ? [] : [`${node} is not Ready: ${found.reason ?? ''}`]
  })
  if (problems.length === 0) return
  throw new KadmError('preflight', `no machine was rebooted: ${problems.join('; ')}`, {
    hint: "run 'kadm doctor' and fix the problems first, or name only the healthy machines",
  })
}

interface RollingRun {
  readonly rolling: RollingReboot
  readonly context: CheckContext
  readonly nodes: readonly NodeStatus[]
  readonly targets: readonly RebootTarget[]
}

async function allRounds(run: RollingRun): Promise<readonly RebootRound[]> {
  const {rolling, targets} = run
  const rounds: RebootRound[] = []
  for (const one of targets.toSorted((a, b) => Number(a.controlPlane) - Number(b.controlPlane))) {
    rounds.push(await alone(run, one))
    if (!isWell(rounds.at(-1))) return rounds
  }
  return rolling.allAtOnce ? [...rounds, await together(run)] : rounds
}

async function alone(run: RollingRun, target: RebootTarget): Promise<RebootRound> {
  const {rolling} = run
  const {node} = target
  // What was moved away may have nowhere else to go, so its node is open again before the cluster is looked at.
  const returned = await whileDrained(rolling, node, () => comesBack(rolling, target))
  return {name: node, nodes: [returned], checks: await seeWhole(run, node)}
}

async function together({rolling, ...run}: RollingRun): Promise<RebootRound> {
  const {targets} = run
  const prefixed = {...rolling, prefix: 'together/'}
  const nodes = await onEach(targets, MACHINES_AT_ONCE, one => comesBack(prefixed, one))
  const name = 'all at once'
  return {name, nodes, checks: await seeWhole({...run, rolling: prefixed}, targets[0]?.node ?? name)}
}

const seeWhole = ({rolling, context, nodes}: RollingRun, node: string): Promise<readonly CheckResult[]> =>
  rebootStep(rolling, node, {name: 'cluster', title: 'Check that the cluster works'}, () =>
    recovered(
      context,
      nodes.filter(({ready}) => ready),
      rolling.timeoutMs,
    ),
  )

async function comesBack(rolling: RollingReboot, target: RebootTarget): Promise<Returned> {
  const {node, host, before} = target
  const times = await rebootOne(rolling, target)
  const checks = await rebootStep(
    rolling,
    node,
    {name: 'compare', title: 'Check that the machine is in the same state as before'},
    async () => {
      const {facts} = await gather(host, rolling.clock.now, rolling.signal)
      return sameAsBefore(before, facts).map((kept): CheckResult => ({...kept, ms: 0}))
    },
  )
  return {node, times, checks}
}

/** Whether all checks after these reboots passed. */
export const isWell = (round: RebootRound | undefined): boolean =>
  round === undefined || [...round.checks, ...round.nodes.flatMap(({checks}) => checks)].every(({ok}) => ok)
