import {KadmError} from '../../domain/errors.ts'
import type {KubeClient} from '../../kube/client.ts'
import {isObject, listAt, textAt, textsAt, type ApiObject} from '../../kube/json.ts'
import {apiPath, query} from '../../kube/kinds.ts'
import {waitFor} from '../../kube/wait.ts'
import {sh} from '../../remote/shell/shell.ts'
import type {ResourceBase} from '../core/kind.ts'
import type {Acted, Operation} from '../core/operation.ts'
import {apiLook, AT_ONCE, untilAnswered} from './api-look.ts'
import {laneWait} from './lane-wait.ts'
import {areTaken, giveRangesBack, isSame, rangesOf, rangesOn} from './pod-ranges.ts'

/**
 * A node that the cluster knows, with the range that its pods have their addresses from. A kubelet registers its node once after each
 * start: after you delete the Node, the kubelet has to restart, and the Node would get another range.
 */
export interface NodeRegisteredResource extends ResourceBase {
  readonly kind: 'node-registered'
  readonly node: string
  /** How long a kubelet that has just started may take to register, after the API answers. */
  readonly graceMs: number
  readonly deadlineMs: number
  /** Distinguishes two looks at one node at different times of a run. */
  readonly moment?: string
}

export const nodeRegistered = (wanted: Omit<NodeRegisteredResource, 'kind' | 'id'>): NodeRegisteredResource => ({
  kind: 'node-registered',
  id: `node-registered:${wanted.node}${wanted.moment === undefined ? '' : ` (${wanted.moment})`}`,
  ...wanted,
})

const WITHOUT_NODE = 'the cluster does not have a node with this name yet'

/** The ranges of a node's pods that the cluster does not have. */
function otherRanges(node: ApiObject, onHost: readonly string[]): string | undefined {
  const given = rangesOf(node)
  if (onHost.length === 0 || given.length === 0 || isSame(onHost, given)) return undefined
  return `its pods have addresses of ${onHost.join(', ')}, but the cluster gave the node ${given.join(', ')}`
}

const taken = (node: string, host: string, ranges: readonly string[]): KadmError =>
  new KadmError(
    'remote',
    `the pods of ${node} have addresses from ${ranges.join(', ')}, which now belongs to another node`,
    {
      host,
      hint: `run 'kadm doctor ${host}' to see how the node can use its new range`,
    },
  )

/** The daemon sets create new pods: their pods wrote to the Node object that is gone, flannel's how its machine is reached. */
async function renewDaemonPods(api: KubeClient, node: string): Promise<void> {
  const pods = await api.list(apiPath.pods() + query({fieldSelector: `spec.nodeName=${node}`}), AT_ONCE)
  const own = pods.filter(
    pod =>
      ['kube-system', 'kube-flannel'].includes(textAt(pod, 'metadata', 'namespace') ?? '') &&
      listAt(pod, 'metadata', 'ownerReferences').some(owner => isObject(owner) && owner['kind'] === 'DaemonSet'),
  )
  await Promise.all(
    own.map(pod =>
      api.delete(apiPath.pods(textAt(pod, 'metadata', 'name') ?? '', textAt(pod, 'metadata', 'namespace') ?? '')),
    ),
  )
}

const RESTARTED = 'the kubelet was restarted to register the node'
const UNREGISTERED = 'the kubelet has not registered the node'

export const nodeRegisteredOperation: Operation<NodeRegisteredResource> = {
  look: ({node}, context) =>
    apiLook(context, async api => {
      const [found, onHost] = await Promise.all([
        api.get(apiPath.nodes(node), AT_ONCE),
        rangesOn(context.host, context.signal),
      ])
      return found === undefined ? WITHOUT_NODE : otherRanges(found, onHost)
    }),
  act: async ({node, graceMs, deadlineMs}, context) => {
    const {api, host, clock, signal} = context
    const onHost = await rangesOn(host, signal)
    let missingSince: number | undefined
    let isRestarted = false
    const restart = async (client: KubeClient): Promise<void> => {
      isRestarted = true
      await giveRangesBack(client, node, onHost)
      await host.read(sh`systemctl restart kubelet.service`.text, {signal})
    }
    const acted = await waitFor<Acted>(
      {
        what: `node ${node} to register`,
        deadlineMs,
        intervalMs: 250,
        ...laneWait(context),
        hint: 'check the kubelet log on the host: journalctl -u kubelet',
        onSeen: context.progress,
      },
      untilAnswered(async () => {
        const client = await api()
        const found = await client.get(apiPath.nodes(node), AT_ONCE)
        const other = found === undefined ? undefined : otherRanges(found, onHost)
        // kubeadm waits for this label too: the kubelet sets it when the registration is complete.
        if (other === undefined && textsAt(found, 'metadata', 'labels')['kubernetes.io/hostname'] !== undefined)
          return {value: isRestarted ? 'changed' : 'unchanged'}
        if (other !== undefined) {
          if (await areTaken(client, node, onHost)) throw taken(node, host.name, onHost)
          await client.delete(apiPath.nodes(node))
          await restart(client)
          return {seen: other}
        }
        missingSince ??= clock.now()
        if (found === undefined && !isRestarted && clock.now() - missingSince >= graceMs) await restart(client)
        return {seen: isRestarted ? RESTARTED : UNREGISTERED}
      }),
    )
    if (acted === 'changed') await renewDaemonPods(await api(), node)
    return acted
  },
}
