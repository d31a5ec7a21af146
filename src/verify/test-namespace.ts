import {KadmError} from '../domain/errors.ts'
import type {KubeClient} from '../kube/client.ts'
import {isObject, nameOf, textAt, textsAt} from '../kube/json.ts'
import {apiPath, query, type ObjectLike} from '../kube/kinds.ts'
import {listNodes, uncordon} from '../kube/nodes.ts'
import {waitFor} from '../kube/wait.ts'
import {until, type CheckContext} from './check-context.ts'
import {namespaceObject, type TestNamespaceName} from './workload.ts'

/** Marks a node that a check has cordoned, so that the next run can undo what a killed one left. */
export const CORDON_MARK = 'kadm/verify-cordoned'
const NAMESPACE_PREFIX = 'kadm-verify-'
/** Older than any run that is still active can be. */
const LEFT_AFTER_MS = {namespace: 15 * 60_000, cordon: 4 * 60_000} as const
const GONE_WITHIN_MS = 60_000
const CALL = {retryForMs: 10_000} as const

export const namespaceName = (random: (count: number) => Uint8Array): string =>
  NAMESPACE_PREFIX + Buffer.from(random(4)).toString('hex')

/** Makes the namespace and all that the checks use in it. */
export async function setUp(
  context: CheckContext,
  objects: readonly ObjectLike[],
  stage: TestNamespaceName = 'kadm-verify',
): Promise<void> {
  const {api, namespace, signal} = context
  await api.create(namespaceObject(namespace, stage), {signal})
  await until(context, {what: 'the service account of a new namespace', deadlineMs: 20_000}, async () => {
    const found = await api.get(apiPath.serviceAccounts('default', namespace), {signal})
    return found === undefined ? {seen: 'missing; the controller manager creates it'} : {value: true}
  })
  await Promise.all(objects.map(object => api.apply(object, {signal})))
}

/** Removes the namespace and waits until it is gone; heeds no signal, as it runs after an interruption too. */
export async function tearDown({
  api,
  namespace,
  clock,
  timeoutScale,
}: Pick<CheckContext, 'api' | 'namespace' | 'clock' | 'timeoutScale'>): Promise<void> {
  // Controllers first, so that pods need not be ended twice.
  await Promise.all([
    api.delete(apiPath.deployments(undefined, namespace), CALL),
    api.delete(apiPath.daemonSets(undefined, namespace), CALL),
  ])
  await api.delete(apiPath.pods(undefined, namespace), {...CALL, gracePeriodSeconds: 1})
  // Its controller begins only five seconds later; by then the pods are gone.
  await api.delete(apiPath.namespaces(namespace), CALL)
  await waitFor(
    {
      what: `namespace ${namespace} to be deleted`,
      deadlineMs: GONE_WITHIN_MS * timeoutScale,
      intervalMs: 250,
      clock,
      hint: `see what remains: kubectl get namespace ${namespace} -o yaml`,
    },
    async () => {
      const found = await api.get(apiPath.namespaces(namespace), CALL)
      return found === undefined ? {value: true} : {seen: remains(found)}
    },
  )
}

const remains = (namespace: Readonly<Record<string, unknown>>): string => {
  const conditions = isObject(namespace['status']) ? namespace['status']['conditions'] : undefined
  const messages = Array.isArray(conditions) ? conditions.filter(isObject) : []
  const telling = messages.filter(one => one['status'] === 'True').flatMap(one => textAt(one, 'message') ?? [])
  return telling.length === 0 ? 'still there' : telling.join('; ')
}

/** Undoes what an earlier run left when it was killed: its namespace, and a node it had cordoned. */
export async function removeLeftovers(api: KubeClient, now: number, signal: AbortSignal): Promise<void> {
  const path = apiPath.namespaces() + query({labelSelector: 'app.kubernetes.io/managed-by=kadm-verify'})
  const old = (await api.list(path, {signal})).filter(
    one => now - Date.parse(textAt(one, 'metadata', 'creationTimestamp') ?? '') > LEFT_AFTER_MS.namespace,
  )
  await Promise.all(old.map(one => api.delete(apiPath.namespaces(nameOf(one)), {signal})))
  const nodes = await api.list(apiPath.nodes(), {signal})
  const marked = nodes.filter(node => {
    const since = textsAt(node, 'metadata', 'annotations')[CORDON_MARK]
    return since !== undefined && now - Number(since) > LEFT_AFTER_MS.cordon
  })
  await Promise.all(marked.map(node => uncordon(api, nameOf(node), {signal, annotations: {[CORDON_MARK]: undefined}})))
}

/** The cluster must be able to be asked before anything is made in it. */
export async function nodesToTest(
  api: KubeClient,
  signal: AbortSignal,
): Promise<Awaited<ReturnType<typeof listNodes>>> {
  const nodes = await listNodes(api, {signal})
  if (nodes.length > 0) return nodes
  throw new KadmError('verify', 'the cluster does not have nodes', {hint: "add nodes with 'kadm join'"})
}
