import {isWithoutAnswer} from '../../domain/errors.ts'
import {controlPlaneOn} from '../../engine/cluster/control-plane.ts'
import type {Host} from '../../remote/host.ts'
import type {EtcdReport} from '../../ui/render-etcd.ts'

/** What the members say of themselves, also those of an etcd without a quorum, which knows no alarms. */
export async function readEtcd(
  host: Host,
  signal: AbortSignal,
  atEnd: (close: () => Promise<void>) => void,
): Promise<EtcdReport> {
  const controlPlane = controlPlaneOn(host, signal)
  atEnd(controlPlane.close)
  const etcd = await controlPlane.etcd()
  const members = await etcd.askMembers({signal, withoutQuorum: true})
  const alarms = await etcd.alarms({signal, retryForMs: 0}).catch((error: unknown) => {
    if (isWithoutAnswer(error)) return []
    throw error
  })
  return {members, alarms}
}
