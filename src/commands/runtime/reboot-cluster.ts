import {randomBytes} from 'node:crypto'
import {KadmError} from '../../domain/errors.ts'
import type {Sink} from '../../domain/events.ts'
import {AGNHOST_IMAGE, AGNHOST_NEXT_IMAGE} from '../../domain/releases.ts'
import {explainFailure} from '../../diagnose/explain-failure.ts'
import {controlPlaneOn} from '../../engine/cluster/control-plane.ts'
import {gather} from '../../engine/hosts/gather.ts'
import {withLeases} from '../../engine/lease/lease.ts'
import {MACHINES_AT_ONCE, onEach} from '../../remote/on-each.ts'
import {reboot} from '../../verify/reboot/reboot.ts'
import type {RebootOptions, RebootOutcome, RebootTarget} from '../../verify/reboot/rolling-reboot.ts'
import {realClock} from './wiring/clock.ts'
import {staticAddresses, type Connector} from './wiring/connector.ts'
import {thisHolder} from './wiring/holder.ts'
import type {RebootRequest} from './requests/reboot-request.ts'

export interface RebootEdge extends Pick<RebootOptions, 'drains' | 'drainMs' | 'allAtOnce' | 'timeoutMs' | 'signal'> {
  readonly emit: Sink
}

/** The machines as nodes, with their current state. */
export async function rebootTargetsOf(
  {specs}: RebootRequest,
  connector: Connector,
  signal: AbortSignal,
): Promise<readonly RebootTarget[]> {
  return onEach(specs, MACHINES_AT_ONCE, async spec => {
    const host = await connector.connect(spec)
    const {facts} = await gather(host, realClock.now, signal)
    if (facts.nodeName === undefined)
      throw new KadmError('preflight', 'the machine is not a node of a cluster', {
        host: host.name,
        hint: 'join it: kadm join',
      })
    return {
      node: facts.nodeName,
      host,
      addresses: staticAddresses(spec),
      controlPlane: spec.role === 'control-plane',
      before: facts,
    }
  })
}

/**
 * Reboots and checks while it holds the lease of every machine that kadm prepared, so that no other run changes a
 * machine.
 */
export async function rebootCluster(
  {specs, controlPlane}: RebootRequest,
  targets: readonly RebootTarget[],
  {connector, ...edge}: RebootEdge & {readonly connector: Connector},
): Promise<RebootOutcome> {
  const {signal} = edge
  const own = targets[specs.indexOf(controlPlane)]?.host
  const master = controlPlaneOn(own ?? (await connector.connect(controlPlane)), signal)
  const kadms = targets.filter(({before}) => before.ledgerEntries > 0).map(({host}) => host)
  try {
    const api = await master.api()
    const random = (count: number): Buffer => randomBytes(count)
    const lease = {holder: thisHolder(), takeLease: false, signal, clock: realClock, random}
    return await withLeases(kadms, lease, (_, held) =>
      reboot(api, targets, {
        ...edge,
        signal: held,
        clock: realClock,
        random,
        images: {first: AGNHOST_IMAGE, second: AGNHOST_NEXT_IMAGE},
        explain: (host, error) =>
          explainFailure(
            host,
            error,
            {phase: 'verify --reboot', waitedFor: error.message, now: realClock.now() / 1000},
            {signal},
          ),
      }),
    )
  } finally {
    await master.close()
  }
}
