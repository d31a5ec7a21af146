import {hostSpec, parseTarget} from '../../../config/rules/target.ts'
import type {Cluster, HostSpec} from '../../../domain/cluster.ts'
import {KadmError} from '../../../domain/errors.ts'
import type {RemovalTarget} from '../../../engine/removal/leaver-of.ts'
import {clusterFrom, findFile, hostIn, withSshFlags, type LoginFlags, type TextFile} from './load-cluster.ts'
import {controlPlaneSpecs} from './target-host.ts'

export interface RemoveFlags extends LoginFlags {
  readonly file: string | undefined
  readonly to: string | undefined
  readonly kubeconfig: string | undefined
}

export interface RemoveRequest {
  readonly cluster: Cluster
  readonly targets: readonly RemovalTarget[]
  /** The control planes that may answer for the cluster, in this order. */
  readonly controlPlanes: readonly HostSpec[]
  /** The machines of the file that stay. */
  readonly others: readonly HostSpec[]
}

/** Which machines leave, and which control planes kadm may ask. Names refer to the file, or to nodes of the cluster. */
export async function removeRequest(named: readonly string[], flags: RemoveFlags): Promise<RemoveRequest> {
  // With --to or --kubeconfig, a kadm.yaml that happens to be here may describe another cluster.
  const isElsewhere = flags.to !== undefined || flags.kubeconfig !== undefined
  const file = flags.file === undefined && isElsewhere ? undefined : findFile(flags.file)
  return file === undefined ? withoutFile(named, flags) : ofFile(named, flags, file)
}

async function withoutFile(named: readonly string[], flags: RemoveFlags): Promise<RemoveRequest> {
  const {cluster} = await clusterFrom({workers: ['local'], partOfCluster: true}, undefined)
  const controlPlanes = flags.kubeconfig === undefined ? await controlPlaneSpecs(flags.to, flags) : []
  const targets = named.map(one => ({named: one, spec: machineAt(one, flags), isInFile: false}))
  return {cluster: {...cluster, hosts: []}, targets, controlPlanes, others: []}
}

/** Only a login names a machine; anything else is a node, which the cluster knows. */
const machineAt = (text: string, flags: RemoveFlags): HostSpec | undefined =>
  text.includes('@') ? specAt(text, flags) : undefined

/** How kadm logs in to an address: as the flags of the command say, else as on the other machine. */
export function specAt(address: string, flags: LoginFlags, like?: HostSpec): HostSpec {
  const {hosts} = withSshFlags({hosts: [hostSpec('worker', parseTarget(address))]}, flags)
  const [spec] = hosts
  if (spec === undefined || spec.ssh === 'local') throw new Error(`${address} is not a machine`)
  if (like === undefined || like.ssh === 'local') return spec
  const {user, port, keyFile, jump} = like.ssh
  const {ssh} = spec
  return {
    ...spec,
    ssh: {
      ...ssh,
      user: ssh.user ?? user,
      port: ssh.port ?? port,
      keyFile: ssh.keyFile ?? keyFile,
      jump: ssh.jump ?? jump,
    },
  }
}

async function ofFile(named: readonly string[], flags: RemoveFlags, file: TextFile): Promise<RemoveRequest> {
  const {cluster: read} = await clusterFrom({}, file)
  const cluster = withSshFlags(read, flags)
  const targets = named.map((one): RemovalTarget => {
    const spec = hostIn(cluster, one)
    return {named: one, spec: spec ?? machineAt(one, flags), isInFile: spec !== undefined}
  })
  const leaving = new Set(targets.flatMap(({spec}) => spec ?? []))
  const others = cluster.hosts.filter(host => !leaving.has(host))
  const inFile = others.filter(({role}) => role === 'control-plane')
  if (inFile.length === 0 && flags.to === undefined && flags.kubeconfig === undefined) {
    throw new KadmError('preflight', `no control plane of ${file.name} would stay`, {
      hint: 'keep at least one control plane; to remove the whole cluster, run: kadm reset -f FILE',
    })
  }
  const controlPlanes =
    flags.kubeconfig !== undefined ? [] : flags.to === undefined ? inFile : await controlPlaneSpecs(flags.to, flags)
  return {cluster, targets, controlPlanes, others}
}
