import type {WhatFile} from '../../../config/read/what-file.ts'
import {isAddress} from '../../../domain/cidr.ts'
import type {Cluster, HostSpec} from '../../../domain/cluster.ts'
import {KadmError} from '../../../domain/errors.ts'
import type {JoinTo} from '../../../engine/workflows/options.ts'
import {readLocalText} from '../../../remote/local/local-files.ts'
import {checkedCertificateKey} from './certificate-key.ts'
import {joinByDiscovery, type ReadDiscovery, withoutDiscovery} from './discovery.ts'
import {clusterFrom, hostNamed, readText, withSshFlags, type LoginFlags, type TextFile} from './load-cluster.ts'
import {controlPlaneSpecs} from './target-host.ts'

export interface JoinFlags extends LoginFlags {
  readonly file: string | undefined
  readonly to: string | undefined
  readonly token: string | undefined
  readonly 'discovery-token-ca-cert-hash': readonly string[] | undefined
  readonly 'discovery-token-unsafe-skip-ca-verification': boolean
  readonly 'node-name': string | undefined
  readonly 'control-plane': boolean
  readonly 'certificate-key': string | undefined
  readonly 'apiserver-advertise-address': string | undefined
  readonly bundle: string | undefined
  readonly swap: 'off' | 'keep' | undefined
}

export interface JoinRequest {
  readonly cluster: Cluster
  readonly joinTo: JoinTo
  /** All control planes of the file through which the machines can join; one or none when the command line says which. */
  readonly controlPlanes: readonly HostSpec[]
  readonly warnings: readonly string[]
}

/** Which machines join which cluster. The version and the address ranges come from the cluster. */
export async function joinRequest(targets: readonly string[], flags: JoinFlags): Promise<JoinRequest> {
  const file = flags.file === undefined ? undefined : readText(flags.file, '--file')
  const given: Given = {file, ...(await whatIn(file))}
  const {cluster: read, warnings} = await joining(targets, flags, given)
  const cluster = withSshFlags(read, flags)
  const swapAsCluster = flags.swap === undefined && !given.listsHosts
  const hosts = withAddress(cluster.hosts, flags['apiserver-advertise-address'])
  const seeds = await seedsOf(flags, cluster, given.listsHosts)
  const way = await joinTo(targets, flags, {cluster, seeds})
  return {
    cluster: {...cluster, hosts: named(hosts, flags['node-name'])},
    joinTo: {...way, swapAsCluster},
    controlPlanes: way.kind === 'ssh' ? seeds : [],
    warnings: [...warnings, ...unusedFlags(flags, hosts, way)],
  }
}

async function whatIn(file: TextFile | undefined): Promise<WhatFile> {
  if (file === undefined) return {listsHosts: false, joinsControlPlane: false}
  return (await import('../../../config/read/what-file.ts')).whatFile(file.name, file.text)
}

interface Given extends WhatFile {
  readonly file: TextFile | undefined
}

/** Names of machines refer to the hosts that the file lists; a file of kubeadm lists none, and is for all of them. */
async function joining(
  targets: readonly string[],
  flags: JoinFlags,
  {file, listsHosts, joinsControlPlane}: Given,
): Promise<{readonly cluster: Cluster; readonly warnings: readonly string[]}> {
  const {token, to, bundle, swap} = flags
  if (!listsHosts || file === undefined) {
    const machines = token !== undefined || to === undefined ? ['local'] : targets
    const isControlPlane = flags['control-plane'] || joinsControlPlane
    const chosen = isControlPlane ? {joiningControlPlanes: machines} : {workers: machines}
    return clusterFrom({...chosen, partOfCluster: true, bundle, swap}, file)
  }
  if (token !== undefined) {
    throw new KadmError('usage', `--token joins the machine on which kadm runs, but ${file.name} lists hosts`, {
      hint: 'join hosts of the file by their names without --token, or use a file with a JoinConfiguration only',
    })
  }
  const {cluster, warnings} = await clusterFrom({bundle, swap}, file)
  const hosts = targets.map(target => hostNamed(cluster, target, file.name))
  const worker = hosts.findIndex(({role}) => role === 'worker')
  if (flags['control-plane'] && worker >= 0) {
    throw new KadmError(
      'usage',
      `${targets[worker] ?? ''} is a worker in ${file.name}, so --control-plane does not fit`,
      {
        hint: 'write role: control-plane for this host into the file, or omit --control-plane',
      },
    )
  }
  return {cluster: {...cluster, hosts}, warnings}
}

function named(hosts: readonly HostSpec[], name: string | undefined): readonly HostSpec[] {
  if (name === undefined) return hosts
  if (hosts.length > 1)
    throw new KadmError('usage', '--node-name works with one machine only', {hint: 'join them one by one'})
  return hosts.map(host => ({...host, name, nodeName: undefined}))
}

function withAddress(hosts: readonly HostSpec[], address: string | undefined): readonly HostSpec[] {
  if (address === undefined) return hosts
  if (!isAddress(address))
    throw new KadmError('usage', `--apiserver-advertise-address: '${address}' is not an IP address`)
  if (hosts.length > 1)
    throw new KadmError('usage', '--apiserver-advertise-address works with one machine only', {
      hint: 'join them one by one',
    })
  return hosts.map(host => ({...host, address}))
}

/** As kubeadm: a flag for control planes says nothing about a worker. */
function unusedFlags(flags: JoinFlags, hosts: readonly HostSpec[], {kind}: JoinTo): readonly string[] {
  const isWorker = hosts.every(({role}) => role === 'worker')
  if (flags['certificate-key'] === undefined) return []
  if (isWorker) return ['the certificate key is not used: it is for control planes (--control-plane)']
  return kind === 'ssh' ? ['the certificate key is not used: with --to, kadm copies the certificates over SSH'] : []
}

/** The control planes to ask: not those of the file that are to join now. */
async function seedsOf(flags: JoinFlags, {hosts, kubeadm}: Cluster, isListed: boolean): Promise<readonly HostSpec[]> {
  if (flags.token !== undefined || (flags.to === undefined && kubeadm?.join?.discovery !== undefined)) return []
  if (flags.to === undefined && !isListed) throw withoutDiscovery()
  const all = await controlPlaneSpecs(flags.to, flags)
  const seeds = flags.to === undefined ? all.filter(seed => !hosts.some(host => isSameTarget(host, seed))) : all
  if (seeds.length > 0) return seeds
  throw new KadmError('usage', 'the file has no control plane beside the machines that are to join', {
    hint: 'name a control plane of the cluster with --to; to create a cluster, run kadm apply',
  })
}

const isSameTarget = ({ssh: a}: HostSpec, {ssh: b}: HostSpec): boolean =>
  a === 'local' || b === 'local' ? a === b : a.address === b.address && (a.port ?? 22) === (b.port ?? 22)

async function joinTo(
  targets: readonly string[],
  flags: JoinFlags,
  {cluster, seeds: [seed]}: {readonly cluster: Cluster; readonly seeds: readonly HostSpec[]},
): Promise<JoinTo> {
  const {token} = flags
  const discovery = cluster.kubeadm?.join?.discovery
  const certificateKey =
    checkedCertificateKey(flags['certificate-key']) ?? cluster.kubeadm?.join?.controlPlane?.certificateKey
  if (token !== undefined)
    return {...byToken(targets, token, flags, discovery?.bootstrapToken?.apiServerEndpoint), certificateKey}
  if (seed !== undefined) return {kind: 'ssh', spec: seed}
  if (targets.length > 0) {
    throw new KadmError('usage', `a token joins the machine on which kadm runs; remove: ${targets.join(' ')}`, {
      hint: 'to join other machines, name a control plane with --to; the discovery of the file is then not used',
    })
  }
  if (discovery === undefined) throw new Error('a join without a discovery has no control plane')
  return {...(await joinByDiscovery(discovery, readDiscovery)), certificateKey}
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
