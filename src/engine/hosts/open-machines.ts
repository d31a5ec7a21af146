import type {HostSpec} from '../../domain/cluster.ts'
import {etcdDataDir, pkiDir} from '../../domain/kubeadm-places.ts'
import {externalEtcdFiles} from '../../domain/shared-certs.ts'
import type {Host} from '../../remote/host.ts'
import {MACHINES_AT_ONCE, onEach} from '../../remote/on-each.ts'
import {throughCuts} from '../../remote/reconnect/come-back.ts'
import {gather, type Gathered} from './gather.ts'
import type {WorkflowOptions} from '../workflows/options.ts'

/** A connected host with its facts, before its role in the cluster is known. */
export interface Candidate {
  readonly spec: HostSpec
  readonly host: Host
  readonly gathered: Gathered
}

/** Connects to every host and gathers its facts, in parallel; throws all failures together. */
export async function openMachines(
  specs: readonly HostSpec[],
  {cluster, connect, clock, signal, emit}: Pick<WorkflowOptions, 'cluster' | 'connect' | 'clock' | 'signal' | 'emit'>,
  session: Host[],
): Promise<readonly Candidate[]> {
  const files = externalEtcdFiles(cluster).map(({path}) => path)
  const usual = {pki: pkiDir(cluster), etcd: etcdDataDir(cluster), files}
  return onEach(specs, MACHINES_AT_ONCE, async spec => {
    const host = await connect(spec)
    session.push(host)
    host.onLink?.(message => emit({type: 'warning', host: host.name, message, at: clock.now()}))
    const gathered = await throughCuts(() => gather(host, clock.now, signal, usual), {clock, signal})
    return {spec, host, gathered}
  })
}
