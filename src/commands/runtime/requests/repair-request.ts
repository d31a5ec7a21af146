import type {Cluster} from '../../../domain/cluster.ts'
import {knownHostsStore, type KnownHostsStore} from '../../../remote/host-keys/known-hosts-store.ts'
import {readSshConfig} from '../../../remote/ssh-config/ssh-config.ts'
import {sshConfig} from '../wiring/connector.ts'
import {thisMachine} from '../wiring/this-machine.ts'
import {clusterFrom, findFile, hostNamed, withSshFlags, type LoginFlags, type TextFile} from './load-cluster.ts'

export interface RepairRequest {
  readonly cluster: Cluster
  /** Where the hosts were named, when that is a file. */
  readonly file: TextFile | undefined
}

/** The hosts that are compared. With a file, hosts go by their names in it; the first that is named counts as control plane without one. */
export async function repairRequest(
  named: readonly string[],
  flags: LoginFlags & {readonly file: string | undefined},
): Promise<RepairRequest> {
  const file = flags.file === undefined && named.length > 0 ? undefined : findFile(flags.file)
  const [controlPlane, ...workers] = named
  const {cluster} = await clusterFrom(file === undefined ? {controlPlane, workers} : {}, file)
  const whole = withSshFlags({...cluster, source: {kind: 'online'}} as const, flags)
  if (file === undefined || named.length === 0) return {cluster: whole, file}
  return {cluster: {...whole, hosts: named.map(name => hostNamed(whole, name, file.name))}, file}
}

/** The known_hosts that connections of this command believe. */
export async function trustOf(flags: {readonly 'known-hosts': string | undefined}): Promise<KnownHostsStore> {
  const localMachine = thisMachine()
  const config = (await sshConfig(flags['known-hosts'])) ?? (await readSshConfig(localMachine))
  return knownHostsStore(localMachine, config)
}
