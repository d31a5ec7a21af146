import {KadmError} from '../../domain/errors.ts'
import {conditionOf, textAt, type ApiObject} from '../../kube/json.ts'
import {apiPath} from '../../kube/kinds.ts'
import {waitFor} from '../../kube/wait.ts'
import type {Host} from '../../remote/host.ts'
import {Script, sh} from '../../remote/shell/shell.ts'
import type {ResourceBase} from '../core/kind.ts'
import {nowTicks, startTicks, ticksPerSecond} from '../core/start-ticks.ts'
import type {Operation, OperationContext} from '../core/operation.ts'
import {apiLook, AT_ONCE, untilAnswered} from './api-look.ts'
import {laneWait} from './lane-wait.ts'

/**
 * A node whose kubelet has reported since it started. The cluster continues to call a node Ready for 40 s after its kubelet stopped, so
 * only a report of the present kubelet shows that it works.
 */
export interface NodeReportsResource extends ResourceBase {
  readonly kind: 'node-reports'
  readonly node: string
  readonly deadlineMs: number
}

export const nodeReports = (wanted: Omit<NodeReportsResource, 'kind' | 'id'>): NodeReportsResource => ({
  kind: 'node-reports',
  id: `node-reports:${wanted.node}`,
  ...wanted,
})

interface Kubelet {
  /** The state in systemd: `active (running)`, `activating (auto-restart)`. */
  readonly state: string
  /** How often systemd restarted it. */
  readonly restarts: number
  /** Seconds since the epoch, by the host's own clock. */
  readonly startedAt: number
  readonly ageSeconds: number
}

const LOOK = sh`systemctl show -p ActiveState,SubState,NRestarts -- kubelet.service
kadm_stat=/proc/$(systemctl show -p MainPID --value -- kubelet.service)/stat
printf 'Started=%s\nClock=%s\nTicks=%s\nNow=%s\n' "$(${startTicks(new Script('"$kadm_stat"'))})" "$(${nowTicks})" "$(${ticksPerSecond})" "$(date +%s.%N)"`

async function kubeletOn(host: Host, signal: AbortSignal): Promise<Kubelet> {
  const output = await host.read(LOOK.text, {signal})
  const value = (key: string): string =>
    output
      .split('\n')
      .find(line => line.startsWith(`${key}=`))
      ?.slice(key.length + 1) ?? ''
  const ageSeconds = (Number(value('Clock')) - Number(value('Started'))) / Number(value('Ticks'))
  return {
    state: `${value('ActiveState')} (${value('SubState')})`,
    restarts: Number(value('NRestarts')),
    startedAt: Number(value('Now')) - ageSeconds,
    ageSeconds,
  }
}

/** A kubelet that cannot work stops within a second or two. */
const STEADY_SECONDS = 3
/** Times in the API are whole seconds. */
const ROUNDING_SECONDS = 1

function lacking({state, startedAt, ageSeconds, restarts}: Kubelet, node: ApiObject | undefined): string | undefined {
  const often = restarts === 0 ? '' : `, systemd restarted it ${String(restarts)} ${restarts === 1 ? 'time' : 'times'}`
  if (!state.startsWith('active')) return `its kubelet is ${state}${often}`
  if (ageSeconds < STEADY_SECONDS) return `its kubelet has just started${often}`
  const reportedAt = Date.parse(textAt(conditionOf(node ?? {}, 'Ready'), 'lastHeartbeatTime') ?? '') / 1000
  return reportedAt + ROUNDING_SECONDS >= startedAt
    ? undefined
    : `its kubelet has not reported since it started${often}`
}

const nodeOf = ({node}: NodeReportsResource, {api}: OperationContext): Promise<ApiObject | undefined> =>
  api().then(client => client.get(apiPath.nodes(node), AT_ONCE))

/** For a kubelet that stops repeatedly; a single restart may be intended. */
const TOO_OFTEN = 2

async function stopsAgain(host: Host, restarts: number, signal: AbortSignal): Promise<KadmError> {
  const log = await host.read(sh`journalctl -u kubelet -n 20 --no-pager -o cat`.text, {signal})
  return new KadmError('remote', `the kubelet keeps stopping: systemd restarted it ${String(restarts)} times`, {
    host: host.name,
    evidence: log,
    hint: 'see the reason in its log: journalctl -u kubelet',
  })
}

export const nodeReportsOperation: Operation<NodeReportsResource> = {
  onlyWaits: true,
  look: (resource, context) =>
    apiLook(context, async () => {
      const [kubelet, node] = await Promise.all([kubeletOn(context.host, context.signal), nodeOf(resource, context)])
      return lacking(kubelet, node)
    }),
  act: async (resource, context) => {
    const {host, signal, progress} = context
    let first: number | undefined
    await waitFor(
      {
        what: `node ${resource.node} to report since its kubelet started`,
        deadlineMs: resource.deadlineMs,
        intervalMs: 500,
        ...laneWait(context),
        hint: 'check the kubelet log on the host: journalctl -u kubelet',
        onSeen: progress,
      },
      untilAnswered(async () => {
        const [kubelet, node] = await Promise.all([kubeletOn(host, signal), nodeOf(resource, context)])
        first ??= kubelet.restarts
        if (kubelet.restarts - first >= TOO_OFTEN) throw await stopsAgain(host, kubelet.restarts, signal)
        const seen = lacking(kubelet, node)
        return seen === undefined ? {value: true} : {seen}
      }),
    )
    return 'unchanged'
  },
}
