import {KadmError} from '../../domain/errors.ts'
import {conditionOf, isObject, listAt, nameOf, numberAt, textAt, type ApiObject} from '../../kube/json.ts'
import {apiPath} from '../../kube/kinds.ts'
import {clusterIp, isEnding, podsLabelled, until, type Probe, type CheckContext} from '../check-context.ts'
import {WEB, WEB_REPLICAS, webPatch} from '../workload.ts'
import {dialer, type Dialer} from './dialer.ts'

const ROLLED_WITHIN_MS = 90_000
const AFTERWARDS_MS = 1_500
const PAUSE_MS = 30
const TRIES = 5

/** Rolls the web deployment to its second image while a pod keeps sending requests to its service: none may fail. */
export async function rollout(context: CheckContext, probes: readonly Probe[]): Promise<string> {
  const {api, namespace, signal} = context
  await webAvailable(context)
  const image = await nextImage(context)
  const dial = await dialer(context, probes)
  const address = await clusterIp(context, WEB)
  await answering(context, dial, address)
  const stop = new AbortController()
  const traffic = send(context, dial, address, stop.signal)
  // Awaited below; until then its failure must not end the process.
  traffic.catch(() => undefined)
  try {
    await api.patch(apiPath.deployments(WEB, namespace), webPatch(image), 'strategic', {signal})
    await webAvailable(context)
    await oldOnesGone(context)
    await context.clock.sleep(AFTERWARDS_MS * context.timeoutScale, signal)
  } finally {
    stop.abort()
  }
  const {sent, failed, servers} = await traffic
  const fresh = (await podsLabelled(context, WEB)).filter(pod => !isEnding(pod)).map(nameOf)
  if (failed.length > 0) {
    throw new KadmError('verify', `${failed.length} of ${sent} requests failed during a rollout`, {
      evidence: failed.slice(0, 3).join('\n'),
    })
  }
  if (!fresh.some(name => servers.has(name))) {
    throw new KadmError('verify', 'the service does not send requests to the new pods after a rollout', {
      evidence: `answered by ${[...servers].join(', ')}; new pods ${fresh.join(', ')}`,
      hint: 'check kube-proxy on the node that sent the requests',
    })
  }
  return `${sent} requests, none failed`
}

/** A cluster that was made a moment ago may still be laying its routes; that is not the rollout's fault. */
const answering = (context: CheckContext, dial: Dialer, address: string): Promise<boolean> =>
  until(context, {what: `service ${address}:80 to answer before the rollout`, deadlineMs: 30_000}, async () => {
    const {errors} = await dial({host: address, port: 80, tries: 2 * WEB_REPLICAS})
    return errors.length === 0 ? {value: true} : {seen: errors.join('; ')}
  })

/** Requests fail when pods end before every node has taken them off the service: it must be seen what their end does. */
const oldOnesGone = (context: CheckContext): Promise<boolean> =>
  until(context, {what: 'the old web pods to terminate', deadlineMs: 30_000}, async () => {
    const ending = (await podsLabelled(context, WEB)).filter(isEnding).map(nameOf)
    return ending.length === 0 ? {value: true} : {seen: `${ending.join(', ')} still terminating`}
  })

/** The second image only where every node has it already: it need not be in any registry. */
async function nextImage({api, signal, images}: CheckContext): Promise<string> {
  const nodes = (await api.list(apiPath.nodes(), {signal})).filter(isReady)
  return nodes.every(node => imagesOf(node).includes(images.second)) ? images.second : images.first
}

const isReady = (node: ApiObject): boolean => textAt(conditionOf(node, 'Ready'), 'status') === 'True'
const imagesOf = (node: ApiObject): readonly unknown[] =>
  listAt(node, 'status', 'images').flatMap(image => listAt(image, 'names'))

/** A killed pod is replaced and the service has its pods again. */
export async function replaced(context: CheckContext): Promise<string> {
  const {api, namespace, signal} = context
  await webAvailable(context)
  const [victim] = (await podsLabelled(context, WEB)).filter(pod => !isEnding(pod))
  if (victim === undefined) throw new KadmError('verify', 'the web deployment does not have a pod to delete')
  const name = nameOf(victim)
  await api.delete(apiPath.pods(name, namespace), {signal, gracePeriodSeconds: 1})
  await until(context, {what: `pod ${name} to be deleted`, deadlineMs: 30_000}, async () => {
    const pod = await api.get(apiPath.pods(name, namespace), {signal})
    return pod === undefined ? {value: true} : {seen: 'it is still terminating'}
  })
  await webAvailable(context)
  return `${name} by another`
}

/** Waits until every web pod is of the latest version and available; gives them. */
export function webAvailable(context: CheckContext): Promise<readonly ApiObject[]> {
  const {api, namespace, signal} = context
  return until(
    context,
    {what: 'the web deployment to be available', deadlineMs: ROLLED_WITHIN_MS, withWarnings: true},
    async () => {
      const deployment = await api.get(apiPath.deployments(WEB, namespace), {signal})
      const lacking = notYet(deployment)
      if (lacking !== undefined) return {seen: lacking}
      const pods = (await podsLabelled(context, WEB)).filter(pod => !isEnding(pod))
      return pods.length === WEB_REPLICAS ? {value: pods} : {seen: `${pods.length} pods`}
    },
  )
}

function notYet(deployment: ApiObject | undefined): string | undefined {
  const status = (field: string): number => numberAt(deployment, 'status', field) ?? 0
  if (status('observedGeneration') < (numberAt(deployment, 'metadata', 'generation') ?? 1))
    return 'its controller has not processed it'
  const [updated, available, all] = [status('updatedReplicas'), status('availableReplicas'), status('replicas')]
  if (updated === WEB_REPLICAS && available === WEB_REPLICAS && all === WEB_REPLICAS) return undefined
  const failures = listAt(deployment, 'status', 'conditions')
    .filter(isObject)
    .flatMap(one => (one['type'] === 'ReplicaFailure' ? (textAt(one, 'message') ?? []) : []))
  return [`${updated} of ${WEB_REPLICAS} pods new, ${available} available`, ...failures].join('; ')
}

interface Traffic {
  readonly sent: number
  readonly failed: readonly string[]
  readonly servers: ReadonlySet<string>
}

async function send(context: CheckContext, dial: Dialer, address: string, stop: AbortSignal): Promise<Traffic> {
  let sent = 0
  const failed: string[] = []
  const servers = new Set<string>()
  while (!stop.aborted && !context.signal.aborted) {
    const answer = await dial({host: address, port: 80, tries: TRIES})
    sent += answer.tries
    failed.push(...answer.errors)
    for (const server of answer.answers) servers.add(server)
    await context.clock.sleep(PAUSE_MS * context.timeoutScale ** 2, stop)
  }
  return {sent, failed, servers}
}
