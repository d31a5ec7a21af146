import {drain, judgePod, podsOfNode} from '../../kube/drain/drain.ts'
import {KadmError} from '../../domain/errors.ts'
import {namespaceOf, textAt, type ApiObject} from '../../kube/json.ts'
import {apiPath} from '../../kube/kinds.ts'
import {listNodes, nodeStatus, uncordon, type NodeStatus} from '../../kube/nodes.ts'
import type {CheckContext} from '../check-context.ts'
import {CORDON_MARK} from '../test-namespace.ts'
import {webAvailable} from './rollout.ts'

/** Whether a node that runs pods of the user's may be drained for a test. */
export type DrainPolicy = 'if-nothing-else-runs' | 'always' | 'never'

const DRAINED_WITHIN_MS = 60_000

/** Drains a worker, sees its pods come up elsewhere, and takes it back into service. */
export async function drained(
  context: CheckContext,
  policy: DrainPolicy,
): Promise<{readonly skipped: string} | string> {
  if (policy === 'never') return {skipped: 'not wanted'}
  // Read again: a node that has just joined keeps its taint until its controller sees that it is Ready.
  const open = (await listNodes(context.api, {signal: context.signal})).filter(takesPods)
  if (open.length < 2) return {skipped: 'only one node is schedulable, so pods cannot move to another node'}
  const web = await webAvailable(context)
  const candidates = await Promise.all(
    open
      .filter(node => !node.controlPlane)
      .map(async node => ({node, pods: await podsOfNode(context.api, node.name, context.signal)})),
  )
  const allowed = candidates.filter(
    ({pods}) => policy === 'always' || !pods.some(pod => isForeign(pod, context.namespace)),
  )
  const hosts = web.map(pod => textAt(pod, 'spec', 'nodeName'))
  const chosen = allowed.find(({node}) => hosts.includes(node.name)) ?? allowed[0]
  if (chosen === undefined) return {skipped: 'every worker runs your pods, which a drain would move'}
  return drainAndReturn(context, chosen.node.name)
}

/** A taint that holds off pods without a toleration leaves a node out. */
export const takesPods = (node: NodeStatus): boolean =>
  node.ready && node.schedulable && node.taints.every(taint => taint.effect === 'PreferNoSchedule')

/** A pod that a drain would move and that belongs neither to the cluster itself nor to this test. */
export const isForeign = (pod: ApiObject, own: string): boolean =>
  judgePod(pod) !== 'stays' && namespaceOf(pod) !== 'kube-system' && namespaceOf(pod) !== own

async function drainAndReturn(context: CheckContext, node: string): Promise<string> {
  const {api} = context
  const moved = await drainAway(context, node).finally(() =>
    uncordon(api, node, {annotations: {[CORDON_MARK]: undefined}}),
  )
  const after = await api.get(apiPath.nodes(node))
  if (after === undefined || nodeStatus(after).schedulable)
    return `${node}: ${moved} ${moved === 1 ? 'pod' : 'pods'} moved`
  throw new KadmError('verify', `node ${node} is still cordoned`, {hint: `run: kubectl uncordon ${node}`})
}

async function drainAway(context: CheckContext, node: string): Promise<number> {
  const {api, clock, signal, timeoutScale} = context
  const annotations = {[CORDON_MARK]: String(clock.now())}
  const moved = await drain(api, node, {clock, signal, deadlineMs: DRAINED_WITHIN_MS * timeoutScale, annotations})
  const web = await webAvailable(context)
  if (!web.some(pod => textAt(pod, 'spec', 'nodeName') === node)) return moved.length
  throw new KadmError('verify', `a pod was scheduled on ${node} although the node is cordoned`)
}
