import type {Cluster} from '../../../domain/cluster.ts'
import {knownHostsStore, type KnownHostsStore} from '../../../remote/host-keys/known-hosts-store.ts'
import {readSshConfig} from '../../../remote/ssh-config/ssh-config.ts'
import {sshConfig} from '../wiring/connector.ts'
import {thisMachine} from '../wiring/this-machine.ts'
import {clusterFrom, findFile, hostNamed, withSshFlags, type LoginFlags, type TextFile} from './load-cluster.ts'

export interface RepairRequest {
  readonly cluster: Cluster
  /** The file that names the hosts, if there is one. */
  readonly file: TextFile | undefined
}

/** The hosts to compare. With a file, names refer to the file; without one, the first host is the control plane. */
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

/** The known_hosts files that connections of this command trust. */
export async function trustOf(flags: {readonly 'known-hosts': string | undefined}): Promise<KnownHostsStore> {
  const localMachine = thisMachine()
  const config = (await sshConfig(flags['known-hosts'])) ?? (await readSshConfig(localMachine))
  return knownHostsStore(localMachine, config)
}
