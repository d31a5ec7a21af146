import {textsAt} from '../../kube/json.ts'
import {PATHS} from '../../kube/kinds.ts'
import {waitFor} from '../../kube/wait.ts'
import {sh} from '../../remote/shell.ts'
import type {ResourceBase} from '../kind.ts'
import type {Operation} from '../operation.ts'
import {apiLook, AT_ONCE, untilAnswered} from './api-look.ts'
import {laneWait} from './lane-wait.ts'

/** A node that the cluster knows. A kubelet registers its node once after each start: when somebody deletes it, it has to start again. */
export interface NodeRegisteredResource extends ResourceBase {
  readonly kind: 'node-registered'
  readonly node: string
  /** How long a kubelet that has just started is given to register by itself, once the API answers. */
  readonly graceMs: number
  readonly deadlineMs: number
  /** Tells apart two looks at one node at different moments of a run. */
  readonly moment?: string
}

export const nodeRegistered = (wanted: Omit<NodeRegisteredResource, 'kind' | 'id'>): NodeRegisteredResource => ({
  kind: 'node-registered',
  id: `node-registered:${wanted.node}${wanted.moment === undefined ? '' : ` (${wanted.moment})`}`,
  ...wanted,
})

export const nodeRegisteredOperation: Operation<NodeRegisteredResource> = {
  look: ({node}, context) =>
    apiLook(context, async api =>
      (await api.get(PATHS.nodes(node), AT_ONCE)) === undefined
        ? 'the cluster has no node of this name yet'
        : undefined,
    ),
  act: async ({node, graceMs, deadlineMs}, context) => {
    const {api, host, clock, signal, progress} = context
    let missingSince: number | undefined
    let isRestarted = false
    return waitFor(
      {
        what: `node ${node} to register`,
        deadlineMs,
        intervalMs: 250,
        ...laneWait(context),
        hint: 'look at the kubelet there: journalctl -u kubelet',
        onSeen: progress,
      },
      untilAnswered(async () => {
        const found = await (await api()).get(PATHS.nodes(node), AT_ONCE)
        // kubeadm waits for this label too: the kubelet sets it when the registration is complete.
        if (textsAt(found, 'metadata', 'labels')['kubernetes.io/hostname'] !== undefined)
          return {value: isRestarted ? 'changed' : 'held'}
        missingSince ??= clock.now()
        if (found === undefined && !isRestarted && clock.now() - missingSince >= graceMs) {
          isRestarted = true
          await host.read(sh`systemctl restart kubelet.service`.text, {signal})
        }
        return {
          seen: isRestarted ? 'the kubelet was restarted to register it' : 'the kubelet has not registered it',
        }
      }),
    )
  },
}
