import type {Cluster, HostSpec} from '../../../domain/cluster.ts'
import {KadmError} from '../../../domain/errors.ts'
import type {JoinTo} from '../../../engine/workflows/options.ts'
import {readLocalText} from '../../../remote/local/local-files.ts'
import {joinByDiscovery, type ReadDiscovery} from './discovery.ts'
import {clusterFrom, hostNamed, readText, withSshFlags, type LoginFlags, type TextFile} from './load-cluster.ts'
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

export interface JoinRequest {
  readonly cluster: Cluster
  readonly joinTo: JoinTo
  readonly warnings: readonly string[]
}

/** Which machines join which cluster. The version and the address ranges come from the cluster. */
export async function joinRequest(targets: readonly string[], flags: JoinFlags): Promise<JoinRequest> {
  const file = flags.file === undefined ? undefined : readText(flags.file, '--file')
  const listsHosts = file !== undefined && (await listsHostsIn(file))
  const {cluster: read, warnings} = await joining(targets, flags, {file, listsHosts})
  const cluster = withSshFlags(read, flags)
  const swapAsCluster = flags.swap === undefined && !listsHosts
  if (cluster.kubeadm?.join?.controlPlane !== undefined && !listsHosts) {
    throw new KadmError('config', 'the JoinConfiguration describes a control plane, and kadm join joins workers only', {
      hint: 'list all control planes in a kadm.yaml and run kadm apply, or remove controlPlane to join the machine as a worker',
    })
  }
  return {
    cluster: {...cluster, hosts: named(cluster.hosts, flags['node-name'])},
    joinTo: {...(await joinTo(targets, flags, cluster)), swapAsCluster},
    warnings,
  }
}

const listsHostsIn = async ({name, text}: TextFile): Promise<boolean> =>
  (await import('../../../config/read/what-file.ts')).whatFile(name, text).listsHosts

interface Given {
  readonly file: TextFile | undefined
  readonly listsHosts: boolean
}

/** Names of machines refer to the hosts that the file lists; a file of kubeadm lists none, and is for all of them. */
async function joining(
  targets: readonly string[],
  {token, to, bundle, swap}: JoinFlags,
  {file, listsHosts}: Given,
): Promise<{readonly cluster: Cluster; readonly warnings: readonly string[]}> {
  if (!listsHosts || file === undefined) {
    const workers = token !== undefined || to === undefined ? ['local'] : targets
    return clusterFrom({workers, partOfCluster: true, bundle, swap}, file)
  }
  if (token !== undefined) {
    throw new KadmError('usage', `--token joins the machine on which kadm runs, but ${file.name} lists hosts`, {
      hint: 'join hosts of the file by their names without --token, or use a file with a JoinConfiguration only',
    })
  }
  const {cluster, warnings} = await clusterFrom({bundle, swap}, file)
  return {cluster: {...cluster, hosts: targets.map(target => hostNamed(cluster, target, file.name))}, warnings}
}

function named(hosts: readonly HostSpec[], name: string | undefined): readonly HostSpec[] {
  if (name === undefined) return hosts
  if (hosts.length > 1)
    throw new KadmError('usage', '--node-name works with one machine only', {hint: 'join them one by one'})
  return hosts.map(host => ({...host, name, nodeName: undefined}))
}

async function joinTo(targets: readonly string[], flags: JoinFlags, cluster: Cluster): Promise<JoinTo> {
  const {token} = flags
  const discovery = cluster.kubeadm?.join?.discovery
  if (token !== undefined) return byToken(targets, token, flags, discovery?.bootstrapToken?.apiServerEndpoint)
  if (flags.to !== undefined || discovery === undefined)
    return {kind: 'ssh', spec: await controlPlaneSpec(flags.to, flags)}
  if (targets.length > 0) {
    throw new KadmError('usage', `a token joins the machine on which kadm runs; remove: ${targets.join(' ')}`, {
      hint: 'to join other machines, name a control plane with --to; the discovery of the file is then not used',
    })
  }
  return joinByDiscovery(discovery, readDiscovery)
}

function byToken(
  targets: readonly string[],
  token: string,
  flags: JoinFlags,
  fromFile: string | undefined,
): Extract<JoinTo, {kind: 'token'}> {
  const caHashes = flags['discovery-token-ca-cert-hash'] ?? []
  const skipVerification = flags['discovery-token-unsafe-skip-ca-verification']
  const [endpoint = fromFile, ...more] = targets
  if (endpoint === undefined) {
    throw new KadmError('usage', 'with --token, the HOST:PORT of the API is needed', {
      hint: 'pass it as an argument, as kadm token create --print-join-command prints it',
    })
  }
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

const DISCOVERY_MS = 30_000

const readDiscovery: ReadDiscovery = async place => {
  if (!place.startsWith('https://')) return readLocalText(place, 'see discovery.file in the JoinConfiguration')
  try {
    const response = await fetch(place, {signal: AbortSignal.timeout(DISCOVERY_MS)})
    if (!response.ok) throw new Error(`HTTP ${String(response.status)}`)
    return await response.text()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new KadmError('connect', `cannot read the discovery file at ${place}: ${reason}`, {
      hint: 'check the address; its certificate must be one that this machine trusts',
    })
  }
}
