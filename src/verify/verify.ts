import pLimit from 'p-limit'
import {parse} from 'yaml'
import {KadmError} from '../domain/errors.ts'
import type {KubeClient} from '../kube/client.ts'
import {textAt} from '../kube/json.ts'
import {apiPath} from '../kube/kinds.ts'
import type {NodeStatus} from '../kube/nodes.ts'
import {drained, type DrainPolicy} from './checks/drain.ts'
import {dnsInside, dnsOutside, podToPod, serviceAddress} from './checks/network.ts'
import {count, execOn, logsFrom, probesOn, probesThatRun} from './checks/probes.ts'
import {replaced, rollout} from './checks/rollout.ts'
import {checker, type Check, type CheckerOptions, type Verdict} from './checker.ts'
import type {CheckResult, VerifyOutcome} from './outcome.ts'
import {timeoutScaleOf} from './timeout-scale.ts'
import {makeCheckContext, type Images, type Probe, type CheckContext} from './check-context.ts'
import {probeWorkload, workload} from './workload.ts'
import {namespaceName, nodesToTest, removeLeftovers, setUp, tearDown} from './test-namespace.ts'

export interface VerifyOptions extends CheckerOptions {
  readonly random: (count: number) => Uint8Array
  readonly images: Images
  readonly signal: AbortSignal
  /** A name outside the cluster to resolve. */
  readonly outsideName?: string | undefined
  readonly drain?: DrainPolicy | undefined
  /** Only what a moment shows: nothing is rolled out, killed or drained. */
  readonly quick?: boolean | undefined
}

const OUTSIDE_NAME = 'kubernetes.io'
const ALONE = {skipped: 'the cluster has only one node'} as const
const NO_PROBE = {skipped: 'the test pods do not run'} as const
const NOT_QUICK = {skipped: 'not in a quick run'} as const

/** Tries on the running cluster what a cluster is for, and removes everything it made, also when it is interrupted. */
export async function verify(usual: KubeClient, options: VerifyOptions): Promise<VerifyOutcome> {
  const {clock, signal} = options
  const timeoutScale = await timeoutScaleOf(usual, signal)
  const api = usual.withTimeouts(timeoutScale)
  const nodes = await nodesToTest(api, signal)
  await removeLeftovers(api, clock.now(), signal)
  const context = makeCheckContext({
    api,
    timeoutScale,
    clock,
    signal,
    namespace: namespaceName(options.random),
    images: options.images,
    dnsDomain: await dnsDomainOf(api, signal),
  })
  const checks: CheckResult[] = []
  const check = checker(options, checks)
  await check('every node is Ready', () => allReady(nodes))
  try {
    await tryAll(context, nodes, check, options)
  } finally {
    await check('nothing is left behind', async () => {
      await tearDown(context)
      return context.namespace
    })
  }
  return {checks}
}

/** The pods come first; what follows overlaps, but for what changes the web deployment, which goes one by one. */
async function tryAll(
  context: CheckContext,
  nodes: readonly NodeStatus[],
  check: Check,
  options: VerifyOptions,
): Promise<void> {
  const ready = nodes.filter(node => node.ready)
  let probes: readonly Probe[] = []
  const pods = await check('a pod on every node', async () => {
    const isAlone = ready.every(({controlPlane}) => controlPlane)
    await setUp(context, options.quick === true ? probeWorkload(context) : workload(context, {isAlone}))
    probes = await probesOn(context, ready)
    return probes.map(probe => probe.node).join(', ')
  })
  if (!pods.ok) probes = await probesThatRun(context, ready)
  const works = worksOf({context, check, options, probes})
  // Slow machines have enough to do with one.
  const atOnce = pLimit(context.timeoutScale > 1 ? 1 : works.length)
  const ended = await Promise.allSettled(works.map(work => atOnce(work)))
  const broken = ended.find(one => one.status === 'rejected')
  if (broken !== undefined) throw broken.reason
}

interface Trying {
  readonly context: CheckContext
  readonly check: Check
  readonly options: VerifyOptions
  readonly probes: readonly Probe[]
}

/** The checks that need the test pods. */
function worksOf({context, check, options, probes}: Trying): readonly (() => Promise<unknown>)[] {
  const [first] = probes
  const withProbes = (
    name: string,
    work: (probes: readonly Probe[]) => Verdict | Promise<Verdict>,
  ): Promise<CheckResult> => check(name, () => (first === undefined ? NO_PROBE : work(probes)))
  const slow = (name: string, work: (probes: readonly Probe[]) => Promise<Verdict>): Promise<CheckResult> =>
    withProbes(name, all => (options.quick === true ? NOT_QUICK : work(all)))
  return [
    () => withProbes('pod to pod across nodes', all => (all.length < 2 ? ALONE : podToPod(context, all))),
    () => withProbes('a service address from every node', all => serviceAddress(context, all)),
    () => withProbes('DNS inside the cluster', all => dnsInside(context, all)),
    () =>
      check('DNS outside the cluster', async () =>
        first === undefined ? NO_PROBE : dnsOutside(context, first, options.outsideName ?? OUTSIDE_NAME),
      ),
    () => withProbes('logs from every node', all => logsFrom(context, all)),
    () => withProbes('exec on every node', all => execOn(context, all)),
    () =>
      inTurn([
        () => slow('a rollout without a failed request', all => rollout(context, all)),
        () => slow('a killed pod is replaced', () => replaced(context)),
        () => slow('a node is drained and uncordoned', () => drained(context, options.drain ?? 'if-nothing-else-runs')),
      ]),
  ]
}

async function inTurn(works: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const work of works) await work()
}

function allReady(nodes: readonly NodeStatus[]): string {
  const down = nodes.filter(node => !node.ready)
  if (down.length === 0) return count(nodes.length)
  throw new KadmError('verify', down.map(node => `${node.name}: ${node.reason ?? 'not ready'}`).join('; '), {
    hint: "run 'kadm doctor' to check its kubelet",
  })
}

/** The domain of services, as the cluster's own configuration has it. */
export async function dnsDomainOf(api: KubeClient, signal: AbortSignal): Promise<string> {
  const config = await api.get(apiPath.configMaps('kubeadm-config', 'kube-system'), {signal})
  const text = textAt(config, 'data', 'ClusterConfiguration')
  const document: unknown = text === undefined ? undefined : parse(text)
  return textAt(document, 'networking', 'dnsDomain') ?? 'cluster.local'
}
