import type {Cluster, HostSpec} from '../../../domain/cluster.ts'
import {clusterFrom, findFile, hostNamed, withSshFlags, type LoginFlags, type TextFile} from './load-cluster.ts'
import {controlPlaneSpec} from './target-host.ts'

export interface ResetFlags extends LoginFlags {
  readonly file: string | undefined
  readonly to: string | undefined
}

export interface ResetRequest {
  readonly cluster: Cluster
  /** The control plane that stays in the cluster, and deletes the nodes. */
  readonly remaining: HostSpec | undefined
}

/**
 * Which machines to reset, and which remaining control plane deletes their nodes. With a file, names refer to the file.
 */
export async function resetRequest(named: readonly string[], flags: ResetFlags): Promise<ResetRequest> {
  const file = flags.file === undefined && named.length > 0 ? undefined : findFile(flags.file)
  const stays = flags.to === undefined ? undefined : await controlPlaneSpec(flags.to, flags)
  if (file !== undefined) return ofFile(file, named, flags, stays)
  // The host itself shows its role, so all of them may be named as workers.
  const workers = named.length === 0 ? ['local'] : named
  const {cluster} = await clusterFrom({workers, partOfCluster: true}, undefined)
  return {cluster: withSshFlags(cluster, flags), remaining: stays}
}

async function ofFile(
  file: TextFile,
  named: readonly string[],
  flags: ResetFlags,
  stays: HostSpec | undefined,
): Promise<ResetRequest> {
  const {cluster} = await clusterFrom({}, file)
  const whole = withSshFlags(cluster, flags)
  if (named.length === 0) return {cluster: whole, remaining: stays}
  const hosts = named.map(name => hostNamed(whole, name, file.name))
  const remaining = whole.hosts.find(host => host.role === 'control-plane' && !hosts.includes(host))
  return {cluster: {...whole, hosts}, remaining: stays ?? remaining}
}
