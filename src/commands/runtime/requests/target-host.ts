import {hostSpec, parseTarget} from '../../../config/rules/target.ts'
import type {Cluster, HostSpec} from '../../../domain/cluster.ts'
import {KadmError} from '../../../domain/errors.ts'
import {clusterInFile, findFile, withSshFlags, type LoginFlags} from './load-cluster.ts'

type Flags = LoginFlags & {readonly file: string | undefined}

/** The selected control plane: the named machine, else the first one in the file, else this machine. */
export async function controlPlaneSpec(named: string | undefined, flags: Flags): Promise<HostSpec> {
  const [first] = await controlPlaneSpecs(named, flags)
  if (first === undefined) throw noControlPlane()
  return first
}

/** The selected control planes: the named machine, else all those in the file, else this machine. */
export async function controlPlaneSpecs(named: string | undefined, flags: Flags): Promise<readonly HostSpec[]> {
  if (named !== undefined)
    return [applyFlags(hostSpec('control-plane', named === 'local' ? 'local' : parseTarget(named)), flags)]
  const file = findFile(flags.file)
  if (file === undefined) return [hostSpec('control-plane', 'local')]
  const {hosts} = await clusterInFile(file)
  const all = hosts.filter(({role}) => role === 'control-plane')
  if (all.length === 0) throw noControlPlane()
  return withSshFlags({hosts: all}, flags).hosts
}

/** The selected machines: the named ones, else all machines in the file, else this machine. */
export async function machineSpecs(named: readonly string[], flags: Flags): Promise<readonly HostSpec[]> {
  const file = named.length > 0 ? undefined : findFile(flags.file)
  if (file === undefined) {
    const places = named.length > 0 ? named : ['local']
    const hosts = places.map(place => hostSpec('worker', place === 'local' ? 'local' : parseTarget(place)))
    return withSshFlags({hosts}, flags).hosts
  }
  return withSshFlags(await clusterInFile(file), flags).hosts
}

/** The first control plane of a cluster. */
export function firstControlPlane({hosts}: Pick<Cluster, 'hosts'>): HostSpec {
  const first = hosts.find(({role}) => role === 'control-plane')
  if (first === undefined) throw noControlPlane()
  return first
}

const noControlPlane = (): KadmError =>
  new KadmError('config', 'the file has no control plane', {hint: 'set the role of one host to control-plane'})

function applyFlags(spec: HostSpec, flags: Flags): HostSpec {
  const [host = spec] = withSshFlags({hosts: [spec]}, flags).hosts
  return host
}
