import type {Cluster, HostSpec} from '../../../domain/cluster.ts'
import {KadmError} from '../../../domain/errors.ts'
import {clusterFrom, findFile, hostNamed, withSshFlags, type LoginFlags} from './load-cluster.ts'
import {firstControlPlane} from './target-host.ts'

export interface RebootRequest {
  /** The machines to reboot. */
  readonly specs: readonly HostSpec[]
  /** The control plane through which the API is reached; may be one of them. */
  readonly controlPlane: HostSpec
  readonly cluster: Cluster
}

/**
 * Which machines to reboot: the named ones (by their names in the file, if there is one), else all machines in the
 * file.
 */
export async function rebootRequest(
  named: readonly string[],
  flags: LoginFlags & {readonly file: string | undefined},
): Promise<RebootRequest> {
  const file = flags.file === undefined && named.length > 0 ? undefined : findFile(flags.file)
  const [first, ...others] = named
  if (file === undefined && first === undefined) {
    throw new KadmError('usage', 'cannot reboot: no machines given', {
      hint: 'name the machines, the control plane first, or pass the cluster file with --file',
    })
  }
  const flagged = file === undefined ? {controlPlane: first, workers: others} : {}
  const cluster = withSshFlags((await clusterFrom(flagged, file)).cluster, flags)
  const specs =
    file === undefined || named.length === 0 ? cluster.hosts : named.map(name => hostNamed(cluster, name, file.name))
  const here = specs.find(({ssh}) => ssh === 'local')
  if (here !== undefined) {
    throw new KadmError('usage', 'kadm cannot reboot the machine on which it runs and then check it', {
      hint: 'run the command on another machine, and name this one by its address',
    })
  }
  return {specs, controlPlane: firstControlPlane(cluster), cluster}
}
