import type {Cluster, Extra} from '../../domain/cluster.ts'
import {checkTogether, clusterOf, type GatheredDrafts} from '../draft/assemble.ts'
import {saidOf, tellComponentProblems} from '../documents/component-keys.ts'
import {checkComponents, checkSwap} from '../rules/component-rules.ts'
import {draftOfCluster} from '../draft/draft-of-cluster.ts'
import {
  componentExtras,
  draftOfClusterConfiguration,
  draftOfInit,
  draftOfOldStartup,
} from '../draft/draft-of-kubeadm.ts'
import {type Draft, mergeDrafts} from '../draft/draft.ts'
import type {ConfigEnvironment} from './environment.ts'
import {type FileDocuments, fileDocuments, isKubeadmFile} from '../documents/file-documents.ts'
import {type ConfigIssue, newFindings, settle, type Report} from '../documents/finding.ts'
import {chosenAddress, hostsOf, type PlacedHost, register} from '../draft/hosts.ts'
import {withPatches} from '../draft/patches.ts'
import {kubeadmSettings} from '../draft/kubeadm-settings.ts'
import {remarkOnCluster, remarkOnInit, remarkOnJoin} from '../documents/kubeadm-remarks.ts'

export interface ReadCluster {
  readonly cluster: Cluster
  /** Lines such as `kadm.yaml:3:14: network.podSubnet: …`. */
  readonly warnings: readonly string[]
}

/**
 * Reads `kadm.yaml`: the document of kadm, those of kubeadm and those of the components. Throws one `config`
 * error with all problems.
 */
export function readCluster(
  fileName: string,
  text: string,
  environment: ConfigEnvironment,
  hint = USUAL_HINT,
): ReadCluster {
  const findings = newFindings()
  const documents = fileDocuments(fileName, text, findings.report)
  remarkOnKubeadm(documents, findings.report)
  tellComponentKeys(documents, findings.report)
  const hosts = hostsOf(documents.cluster?.value.hosts, documents.cluster?.locate ?? documents.locate, fileName)
  const gathered = gather(documents, hosts, {fileName, environment, report: findings.report})
  return finish(gathered, documents, findings, () => (isKubeadmFile(documents) ? hintForKubeadm(fileName) : hint))
}

const hintForKubeadm = (fileName: string): string =>
  `this is a file of kubeadm, which names no hosts: use it as it is with 'kadm init HOST -f ${fileName}', or make a cluster file of it with 'kadm config migrate ${fileName} > kadm.yaml'`

const USUAL_HINT = "correct the configuration; 'kadm config validate' checks a file without touching a machine"

/** Checks the gathered settings and returns the cluster, or throws all errors. */
export function finish(
  gathered: GatheredDrafts,
  documents: FileDocuments | undefined,
  {report, all}: ReturnType<typeof newFindings>,
  hintFor: (issues: readonly ConfigIssue[]) => string = () => USUAL_HINT,
): ReadCluster {
  checkTogether(gathered, report)
  checkSwap(gathered.draft.swap, documents?.kubelet, report)
  settle(all(), hintFor(all()))
  const cluster = clusterOf(gathered)
  if (documents !== undefined) checkComponents(cluster, documents, report)
  return {cluster, warnings: settle(all(), hintFor(all()))}
}

/** Keys that the kubelet or kube-proxy would refuse. */
export function tellComponentKeys({kubelet, kubeProxy}: FileDocuments, report: Report): void {
  if (kubelet !== undefined) tellComponentProblems('KubeletConfiguration', kubelet.value, kubelet.locate, report)
  if (kubeProxy !== undefined)
    tellComponentProblems('KubeProxyConfiguration', kubeProxy.value, kubeProxy.locate, report)
}

/** Reports what kubeadm's documents set and kadm reads in another way. */
export function remarkOnKubeadm({clusterConfiguration, init, join}: FileDocuments, report: Report): void {
  if (clusterConfiguration !== undefined)
    remarkOnCluster(clusterConfiguration.value, clusterConfiguration.locate, report)
  if (init !== undefined) remarkOnInit(init.value, init.locate, report)
  if (join !== undefined) remarkOnJoin(join.value, join.locate, report)
}

export interface GatherContext {
  readonly fileName: string
  readonly environment: ConfigEnvironment
  readonly report: Report
  /** All hosts join a cluster that exists. */
  readonly onlyJoins?: boolean | undefined
}

/** Joins the documents of one file. kadm's document comes first; a different value in kubeadm's is a contradiction. */
export function gather(documents: FileDocuments, hosts: readonly PlacedHost[], context: GatherContext): GatheredDrafts {
  const {cluster, init, join} = documents
  const {report} = context
  return {
    draft: mergeDrafts(draftsOf(documents, context), report),
    hosts: registered(hosts, {init, join}, context),
    extra: extraOf(documents),
    kubeadm: withPatches(kubeadmSettings(documents), documents, context),
    isKubeadmFile: isKubeadmFile(documents),
    hostsPlace: (cluster?.locate ?? documents.locate)(['hosts']),
    whole: documents.whole,
  }
}

function draftsOf(
  {cluster, clusterConfiguration, init, oldStartup}: FileDocuments,
  context: GatherContext,
): readonly Draft[] {
  const bindPort = init?.value.localAPIEndpoint?.bindPort
  const apiPort = cluster?.value.apiPort ?? (bindPort === 0 ? undefined : bindPort)
  return [
    ...(cluster === undefined ? [] : [draftOfCluster(cluster.value, cluster.locate, {...context, apiPort})]),
    ...(clusterConfiguration === undefined
      ? []
      : [draftOfClusterConfiguration(clusterConfiguration.value, clusterConfiguration.locate, {...context, apiPort})]),
    ...(init === undefined ? [] : [draftOfInit(init.value, init.locate)]),
    ...(oldStartup === undefined ? [] : [draftOfOldStartup(oldStartup.value, oldStartup.locate)]),
  ]
}

/**
 * InitConfiguration is for the first control plane, and what it says of nodes in general for all of them.
 * JoinConfiguration is for workers, or for further control planes if it has `controlPlane`.
 */
function registered(
  hosts: readonly PlacedHost[],
  {init, join}: Pick<FileDocuments, 'init' | 'join'>,
  {report, onlyJoins = false}: Pick<GatherContext, 'report' | 'onlyJoins'>,
): readonly PlacedHost[] {
  const [first, ...others] = hosts.filter(({spec}) => spec.role === 'control-plane')
  const joinsControlPlanes = join?.value.controlPlane !== undefined
  const ofRole = joinsControlPlanes ? others : hosts.filter(({spec}) => spec.role === 'worker')
  const joining = onlyJoins ? hosts : ofRole
  const afterJoin =
    join === undefined
      ? hosts
      : register(
          hosts,
          {
            concerned: joining,
            named: joining.length === 1 ? joining[0] : undefined,
            node: join.value.nodeRegistration,
            advertiseAddress: chosenAddress(join.value.controlPlane?.localAPIEndpoint?.advertiseAddress),
            locate: join.locate,
          },
          report,
        )
  if (init === undefined || first === undefined || onlyJoins) return afterJoin
  return register(
    afterJoin,
    {
      concerned: joinsControlPlanes ? [first] : [first, ...others],
      named: first,
      node: init.value.nodeRegistration,
      advertiseAddress: chosenAddress(init.value.localAPIEndpoint?.advertiseAddress),
      locate: init.locate,
    },
    report,
  )
}

const extraOf = ({clusterConfiguration, kubelet, kubeProxy}: FileDocuments): Omit<Extra, 'ignorePreflightErrors'> => ({
  ...componentExtras(clusterConfiguration?.value),
  kubelet: saidOf('KubeletConfiguration', kubelet?.value ?? {}),
  kubeProxy: saidOf('KubeProxyConfiguration', kubeProxy?.value ?? {}),
})
