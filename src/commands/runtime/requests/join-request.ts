import type {Cluster, HostSpec} from '../../../domain/cluster.ts'
import {KadmError} from '../../../domain/errors.ts'
import type {JoinTo} from '../../../engine/workflows/options.ts'
import {clusterFrom, hostNamed, readText, withSshFlags, type LoginFlags} from './load-cluster.ts'
import {controlPlaneSpec} from './target-host.ts'

export interface JoinFlags extends LoginFlags {
  readonly file: string | undefined
  readonly to: string | undefined
  readonly token: string | undefined
  readonly 'discovery-token-ca-cert-hash': readonly string[] | undefined
  readonly 'discovery-token-unsafe-skip-ca-verification': boolean
  readonly 'node-name': string | undefined
  readonly bundle: string | undefined
  readonly swap: 'off' | 'keep' | undefined
}

/** Which machines join which cluster. The version and the address ranges come from the cluster. */
export async function joinRequest(
  targets: readonly string[],
  flags: JoinFlags,
): Promise<{readonly cluster: Cluster; readonly joinTo: JoinTo}> {
  const cluster = withSshFlags(await joining(targets, flags), flags)
  const swapAsCluster = flags.swap === undefined && (flags.file === undefined || flags.token !== undefined)
  return {
    cluster: {...cluster, hosts: named(cluster.hosts, flags['node-name'])},
    joinTo: {...(await joinTo(targets, flags)), swapAsCluster},
  }
}

/** With a file, machine names refer to the file, and its source of software is used. */
async function joining(targets: readonly string[], {file, token, bundle, swap}: JoinFlags): Promise<Cluster> {
  if (file !== undefined && token === undefined) {
    const {cluster} = await clusterFrom({bundle, swap}, readText(file, '--file'))
    return {...cluster, hosts: targets.map(target => hostNamed(cluster, target, file))}
  }
  const workers = token === undefined ? targets : ['local']
  return (await clusterFrom({workers, partOfCluster: true, bundle, swap}, undefined)).cluster
}

function named(hosts: readonly HostSpec[], name: string | undefined): readonly HostSpec[] {
  if (name === undefined) return hosts
  if (hosts.length > 1)
    throw new KadmError('usage', '--node-name works with one machine only', {hint: 'join them one by one'})
  return hosts.map(host => ({...host, name}))
}

async function joinTo(targets: readonly string[], flags: JoinFlags): Promise<JoinTo> {
  const {token} = flags
  if (token === undefined) return {kind: 'ssh', spec: await controlPlaneSpec(flags.to, flags)}
  const caHashes = flags['discovery-token-ca-cert-hash'] ?? []
  const skipVerification = flags['discovery-token-unsafe-skip-ca-verification']
  const [endpoint = '', ...more] = targets
  if (more.length > 0) {
    throw new KadmError('usage', `with --token, pass only the HOST:PORT of the API; remove: ${more.join(' ')}`, {
      hint: 'to add several machines at once, use --to instead of --token',
    })
  }
  if (caHashes.length === 0 && !skipVerification) {
    throw new KadmError('usage', 'cannot verify the identity of the cluster: no hash of the cluster CA given', {
      hint: 'pass --discovery-token-ca-cert-hash (kadm token create prints it), or accept the risk with --discovery-token-unsafe-skip-ca-verification',
    })
  }
  return {kind: 'token', endpoint, token, caHashes, skipVerification}
}
