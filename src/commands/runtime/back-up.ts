import {clusterFromKubeadm} from '../../config/read/from-kubeadm.ts'
import {controlPlaneOn} from '../../engine/cluster/control-plane.ts'
import {etcdOn} from '../../engine/cluster/etcd-of.ts'
import {makeBackup, refuseExternalEtcd, type MadeBackup} from '../../engine/backup/make-backup.ts'
import {textsAt} from '../../kube/json.ts'
import {apiPath} from '../../kube/kinds.ts'
import type {Host} from '../../remote/host.ts'
import {realClock} from './wiring/clock.ts'

export interface BackUpEdge {
  readonly signal: AbortSignal
  readonly atEnd: (close: () => Promise<void>) => void
  readonly progress: (bytes: number, total: number) => void
}

/** Saves the cluster of a control plane to a file on this machine. */
export async function backUp(
  host: Host,
  file: string,
  {signal, atEnd, progress}: BackUpEdge,
): Promise<MadeBackup & {readonly host: string}> {
  const controlPlane = controlPlaneOn(host, signal)
  atEnd(controlPlane.close)
  const stored = await (await controlPlane.api()).get(apiPath.configMaps('kubeadm-config', 'kube-system'), {signal})
  const clusterConfiguration = textsAt(stored, 'data')['ClusterConfiguration'] ?? ''
  const {cluster} = clusterFromKubeadm({clusterConfiguration})
  refuseExternalEtcd(cluster, host.name)
  const etcd = await controlPlane.etcd()
  const {version} = await etcd.status(etcdOn(host), {signal})
  const made = await makeBackup({
    host,
    cluster,
    clusterConfiguration,
    etcdVersion: version,
    snapshot: etcd.snapshot(etcdOn(host), {signal}),
    file,
    now: realClock.now(),
    signal,
    progress,
  })
  return {...made, host: host.name}
}
