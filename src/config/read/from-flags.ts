import type {Role} from '../../domain/cluster.ts'
import type {GatheredDrafts} from '../draft/assemble.ts'
import {check} from '../rules/check.ts'
import {clusterDocument, type ClusterDocument} from '../documents/cluster-document.ts'
import {draftOfCluster} from '../draft/draft-of-cluster.ts'
import {override} from '../draft/draft.ts'
import type {ConfigEnvironment} from './environment.ts'
import {FLAG_OF, hintFor} from './flag-places.ts'
import {fileDocuments, type FileDocuments} from '../documents/file-documents.ts'
import {type Locate, newFindings, type Path, pathText, type Place, type Report} from '../documents/finding.ts'
import {hostsOf, type PlacedHost} from '../draft/hosts.ts'
import {
  finish,
  gather,
  type GatherContext,
  type ReadCluster,
  remarkOnKubeadm,
  tellComponentKeys,
} from './read-cluster.ts'
import {parseTarget, targetProblem} from '../rules/target.ts'

/** The settings of a cluster that the command line accepts; names are kubeadm's where kubeadm has them. */
export interface ClusterFlags {
  /** `[user@]host[:port]`; this machine if neither a flag nor a file names a host. */
  readonly controlPlane?: string | undefined
  readonly workers?: readonly string[] | undefined
  /** Further control planes of a cluster that exists. */
  readonly joiningControlPlanes?: readonly string[] | undefined
  /** The hosts are only part of a cluster: its control plane need not be among them, and this machine is not added. */
  readonly partOfCluster?: boolean | undefined
  readonly identityFile?: string | undefined
  readonly hostKey?: string | undefined
  readonly jump?: string | undefined
  readonly nodeName?: string | undefined
  readonly apiserverAdvertiseAddress?: string | undefined
  readonly apiserverBindPort?: number | undefined
  readonly apiserverCertExtraSans?: readonly string[] | undefined
  readonly controlPlaneEndpoint?: string | undefined
  readonly imageRepository?: string | undefined
  readonly kubernetesVersion?: string | undefined
  readonly podNetworkCidr?: string | undefined
  readonly serviceCidr?: string | undefined
  readonly serviceDnsDomain?: string | undefined
  /** `flannel`, `none` or the path of a manifest. */
  readonly podNetwork?: string | undefined
  /** The path of a bundle. */
  readonly bundle?: string | undefined
  readonly swap?: 'off' | 'keep' | undefined
  readonly ignorePreflightErrors?: readonly string[] | undefined
}

/**
 * Builds a cluster from flags alone, or from flags and a file: a flag wins over the file. The same rules as for a file;
 * errors name the flag or the host's argument.
 */
export function clusterFromFlags(
  flags: ClusterFlags,
  environment: ConfigEnvironment,
  file?: {readonly name: string; readonly text: string},
): ReadCluster {
  const findings = newFindings()
  const {report} = findings
  const documents = file === undefined ? undefined : fileDocuments(file.name, file.text, report)
  if (documents !== undefined) {
    remarkOnKubeadm(documents, report)
    tellComponentKeys(documents, report)
  }
  const listed = (documents?.cluster?.value.hosts ?? []).length > 0
  const targets = targetsOf(flags)
  if (listed) tellTwoLists(flags, targets, documents, report)
  const hosts = listed ? [] : hostDocuments(flags, targets)
  const locate = flagLocator(targets, addsThisMachine(flags, targets))
  const checked = check(clusterDocument, documentOf(flags, hosts), {locate, report, unknownKeys: 'error'})
  const ownHosts = hostsOf(checked.value?.hosts, locate, '')
  const below = fileGathered(documents, listed, ownHosts, {
    fileName: file?.name ?? '',
    environment,
    report,
    onlyJoins: flags.partOfCluster,
  })
  const apiPort = flags.apiserverBindPort ?? below.draft.apiPort?.value
  const own =
    checked.value === undefined
      ? {}
      : draftOfCluster(checked.value, locate, {fileName: '', environment, report, apiPort})
  const gathered = {
    ...below,
    draft: override(below.draft, own),
    whole: below.whole && checked.whole,
    partOfCluster: flags.partOfCluster === true && !listed,
  }
  return finish(gathered, documents, findings, hintFor(file?.name))
}

interface Target {
  readonly text: string
  readonly role: Role
}

function targetsOf({controlPlane, workers = [], joiningControlPlanes = []}: ClusterFlags): readonly Target[] {
  const targets = (texts: readonly string[], role: Role): readonly Target[] => texts.map(text => ({text, role}))
  const controlPlanes = [...(controlPlane === undefined ? [] : [controlPlane]), ...joiningControlPlanes]
  return [...targets(controlPlanes, 'control-plane'), ...targets(workers, 'worker')]
}

function tellTwoLists(
  flags: ClusterFlags,
  targets: readonly Target[],
  documents: FileDocuments | undefined,
  report: Report,
): void {
  const place = documents?.cluster?.locate(['hosts']).text ?? ''
  const {nodeName, apiserverAdvertiseAddress, identityFile, hostKey, jump} = flags
  const given = {
    '--node-name': nodeName,
    '--apiserver-advertise-address': apiserverAdvertiseAddress,
    '--identity-file': identityFile,
    '--host-key': hostKey,
    '--jump': jump,
  }
  const names = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  for (const text of [...targets.map(target => target.text), ...names])
    report({
      severity: 'error',
      place: onCommandLine(text),
      message: `cannot be used together with the hosts in ${place}`,
    })
}

/** Without a control plane, this machine is the one of a whole cluster. */
const addsThisMachine = ({partOfCluster = false}: ClusterFlags, targets: readonly Target[]): boolean =>
  !partOfCluster && !targets.some(({role}) => role === 'control-plane')

function hostDocuments(flags: ClusterFlags, targets: readonly Target[]): readonly object[] {
  const all: readonly Target[] = addsThisMachine(flags, targets)
    ? [{text: 'local', role: 'control-plane'}, ...targets]
    : targets
  return all.map(({text, role}) => ({
    ...(role === 'control-plane' ? {name: flags.nodeName, address: flags.apiserverAdvertiseAddress} : {}),
    role,
    ssh: text === 'local' || targetProblem(text) !== undefined ? text : sshDocument(text, flags),
  }))
}

const sshDocument = (text: string, flags: ClusterFlags): object => ({
  ...parseTarget(text),
  keyFile: flags.identityFile,
  hostKey: flags.hostKey,
  jump: flags.jump,
})

type Shown = Omit<ClusterDocument, 'hosts' | 'network'> & {readonly hosts: readonly object[]; readonly network: object}

const documentOf = (flags: ClusterFlags, hosts: readonly object[]): Shown => ({
  apiVersion: 'kadm/v1',
  kind: 'Cluster',
  kubernetesVersion: flags.kubernetesVersion,
  controlPlaneEndpoint: flags.controlPlaneEndpoint,
  apiPort: flags.apiserverBindPort,
  imageRepository: flags.imageRepository,
  hosts,
  network: {
    podSubnet: flags.podNetworkCidr,
    serviceSubnet: flags.serviceCidr,
    dnsDomain: flags.serviceDnsDomain,
    plugin: pluginOf(flags.podNetwork),
  },
  pki: flags.apiserverCertExtraSans === undefined ? undefined : {apiServerSANs: [...flags.apiserverCertExtraSans]},
  source: flags.bundle === undefined ? undefined : {kind: 'bundle', path: flags.bundle},
  swap: flags.swap,
  ignorePreflightErrors: flags.ignorePreflightErrors === undefined ? undefined : [...flags.ignorePreflightErrors],
})

const pluginOf = (plugin: string | undefined): unknown =>
  plugin === undefined || plugin === 'flannel' || plugin === 'none' ? plugin : {file: plugin}

const onCommandLine = (text: string): Place => ({text, line: 0, column: 0})

/** The flag, or the argument of the host, that a path of the document came from. */
const flagLocator =
  (targets: readonly Target[], hasLocal: boolean): Locate =>
  path => {
    for (let length = path.length; length > 0; length -= 1) {
      const flag = FLAG_OF[pathText(path.slice(0, length)).replace(/^hosts\[\d+\]/, 'hosts[]')]
      if (flag !== undefined) return onCommandLine(flag)
    }
    return onCommandLine(argumentOf(path, targets, hasLocal))
  }

function argumentOf([, index]: Path, targets: readonly Target[], hasLocal: boolean): string {
  if (typeof index !== 'number') return 'hosts'
  return targets[hasLocal ? index - 1 : index]?.text ?? 'this machine'
}

function fileGathered(
  documents: FileDocuments | undefined,
  listed: boolean,
  ownHosts: readonly PlacedHost[],
  context: GatherContext,
): GatheredDrafts {
  const none: FileDocuments = {
    cluster: undefined,
    clusterConfiguration: undefined,
    init: undefined,
    join: undefined,
    kubelet: undefined,
    kubeProxy: undefined,
    whole: true,
    locate: () => onCommandLine('hosts'),
  }
  const {cluster} = documents ?? none
  const hosts =
    listed && cluster !== undefined ? hostsOf(cluster.value.hosts, cluster.locate, context.fileName) : ownHosts
  return gather(documents ?? none, hosts, context)
}
