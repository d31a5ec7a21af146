import {KadmError} from '../../domain/errors.ts'
import {hostPort, type HostPort} from '../../domain/endpoint.ts'
import {clusterIp, until, type Probe, type CheckContext} from '../check-context.ts'
import {PROBE} from '../workload.ts'
import {count} from './probes.ts'
import {reach} from './reach.ts'

const ALL_PAIRS_UP_TO = 5
const NEIGHBOURS = 2
const ROUTES_WITHIN_MS = 20_000

/** Which pods try which: every ordered pair on a small cluster, each with its next two on a large one. */
export function pairs<T>(all: readonly T[]): readonly (readonly [from: T, to: T])[] {
  const reach = all.length <= ALL_PAIRS_UP_TO ? all.length - 1 : NEIGHBOURS
  return all.flatMap((from, index) =>
    Array.from({length: reach}, (_, step) => all[(index + step + 1) % all.length]).flatMap(to =>
      to === undefined ? [] : [[from, to] as const],
    ),
  )
}

const inWords = ({host, port}: HostPort): string => hostPort(host, port)

interface Attempt {
  readonly probe: Probe
  readonly target: HostPort
  /** For a failure: `worker-1 to worker-2 (10.244.2.3:8080)`. */
  readonly label: string
  /** The nodes where it begins and ends. */
  readonly nodes: readonly string[]
}

const POD_TO_POD = {
  what: 'pods to reach each other across nodes',
  hint: 'check that the pod network runs on the nodes above and that no firewall blocks it between them (flannel: UDP port 8472)',
}
const SERVICE = {
  what: 'a service address to be reachable from every node',
  hint: 'if pods reach each other, check kube-proxy on the nodes above: kubectl -n kube-system logs ds/kube-proxy',
}
const DNS = {
  what: 'the cluster DNS to be reachable from every node',
  hint: 'check that CoreDNS runs: kubectl -n kube-system get pods -l k8s-app=kube-dns',
}

/** Tries all, and again those that failed, as long as the deadline allows: routes and rules may still be on their way. */
async function allConnect(
  context: CheckContext,
  wait: {what: string; hint: string},
  attempts: readonly Attempt[],
): Promise<void> {
  let open = attempts
  await until(context, {...wait, deadlineMs: context.routesWithinMs ?? ROUTES_WITHIN_MS}, async () => {
    const tried = await Promise.all(
      open.map(async attempt => ({attempt, problem: await reach(context, attempt.probe, attempt.target)})),
    )
    const failed = tried.filter(({problem}) => problem !== undefined)
    open = failed.map(({attempt}) => attempt)
    if (failed.length === 0) return {value: true}
    const seen = someOf(failed.map(({attempt, problem}) => `${attempt.label}: ${problem ?? ''}`))
    const place = commonPlace(open, attempts)
    return {seen: place === undefined ? seen : `${seen}; ${place}`}
  })
}

type Way = Pick<Attempt, 'nodes'>

/** The node that all failed ways have in common, where ways without it work: what is wrong is there. */
export function commonPlace(failed: readonly Way[], all: readonly Way[]): string | undefined {
  const [first] = failed
  const touches = (way: Way, node: string): boolean => way.nodes.includes(node)
  const common = (first?.nodes ?? []).filter(node => failed.every(way => touches(way, node)))
  const [node] = common
  if (node === undefined || failed.length < 2 || common.length > 1 || all.every(way => touches(way, node)))
    return undefined
  return `every failed connection begins or ends at ${node}, and the other nodes reach each other: check ${node} first`
}

const SHOWN = 6

const someOf = (all: readonly string[]): string =>
  [...all.slice(0, SHOWN), ...(all.length > SHOWN ? [`and ${all.length - SHOWN} more`] : [])].join('; ')

export async function podToPod(context: CheckContext, probes: readonly Probe[]): Promise<string> {
  const attempts = pairs(probes).map(([from, to]) => {
    const target = {host: to.ip, port: 8080}
    return {
      probe: from,
      target,
      label: `from ${from.node} to ${to.node} (${inWords(target)})`,
      nodes: [from.node, to.node],
    }
  })
  await allConnect(context, POD_TO_POD, attempts)
  return `${attempts.length} connections between ${count(probes.length)}`
}

export async function serviceAddress(context: CheckContext, probes: readonly Probe[]): Promise<string> {
  const target = {host: await clusterIp(context, PROBE), port: 80}
  const attempts = probes.map(probe => ({
    probe,
    target,
    label: `from ${probe.node} to ${inWords(target)}`,
    nodes: [probe.node],
  }))
  await allConnect(context, SERVICE, attempts)
  return `${inWords(target)} from ${count(probes.length)}`
}

/** The API's full name, and the short name of a service in the pod's own namespace, on every node. */
export async function dnsInside(context: CheckContext, probes: readonly Probe[]): Promise<string> {
  const targets = [
    {host: `kubernetes.default.svc.${context.dnsDomain}`, port: 443},
    {host: PROBE, port: 80},
  ]
  const attempts = probes.flatMap(probe =>
    targets.map(target => ({probe, target, label: `on ${probe.node} for ${inWords(target)}`, nodes: [probe.node]})),
  )
  await allConnect(context, DNS, attempts)
  return `${targets.map(inWords).join(' and ')} from ${count(probes.length)}`
}

/** The reason for skipping, where no server outside answers: so it is on a closed network, and no fault. */
export async function dnsOutside(
  context: CheckContext,
  probe: Probe,
  name: string,
): Promise<{readonly skipped: string} | string> {
  const target = `${name}.:443`
  try {
    const {code, stderr} = await context.exec(probe, ['/agnhost', 'connect', target, '--timeout=3s'], 15_000)
    // A name that resolves may still not be reachable; that is not asked here.
    if (code === 0 || !stderr.startsWith('DNS')) return `${name} resolves`
    return {skipped: `no upstream answers for ${name}`}
  } catch (error) {
    if (error instanceof KadmError && error.code === 'timeout') return {skipped: `no upstream answers for ${name}`}
    throw error
  }
}
