import type {Cluster, HostSpec} from '../../../domain/cluster.ts'
import type {JoinTo} from '../../../engine/workflows/options.ts'
import {clusterFrom, findFile, hostNamed, withSshFlags, type LoginFlags, type TextFile} from './load-cluster.ts'
import {controlPlaneSpec} from './target-host.ts'

export interface ResetFlags extends LoginFlags {
  readonly file: string | undefined
  readonly to: string | undefined
}

export interface ResetRequest {
  readonly cluster: Cluster
  readonly joinTo: JoinTo | undefined
}

/**
 * Which machines to reset, and which remaining control plane deletes their nodes. With a file, names refer to the file.
 */
export async function resetRequest(named: readonly string[], flags: ResetFlags): Promise<ResetRequest> {
  const file = flags.file === undefined && named.length > 0 ? undefined : findFile(flags.file)
  const stays = flags.to === undefined ? undefined : await controlPlaneSpec(flags.to, flags)
  if (file !== undefined) return ofFile(file, named, flags, stays)
  const [first, ...others] = named
  const {cluster} = await clusterFrom({controlPlane: first, workers: others}, undefined)
  return {cluster: withSshFlags(cluster, flags), joinTo: joinToOf(stays)}
}

async function ofFile(
  file: TextFile,
  named: readonly string[],
  flags: ResetFlags,
  stays: HostSpec | undefined,
): Promise<ResetRequest> {
  const {cluster} = await clusterFrom({}, file)
  const whole = withSshFlags(cluster, flags)
  if (named.length === 0) return {cluster: whole, joinTo: joinToOf(stays)}
  const hosts = named.map(name => hostNamed(whole, name, file.name))
  const remaining = whole.hosts.find(host => host.role === 'control-plane' && !hosts.includes(host))
  return {cluster: {...whole, hosts}, joinTo: joinToOf(stays ?? remaining)}
}

const joinToOf = (spec: HostSpec | undefined): JoinTo | undefined =>
  spec === undefined ? undefined : {kind: 'ssh', spec}
