import type {Cluster, Extra} from '../../domain/cluster.ts'
import {checkTogether, clusterOf, type GatheredDrafts} from '../draft/assemble.ts'
import {saidOf, tellComponentProblems} from '../documents/component-keys.ts'
import {checkComponents, checkSwap} from '../rules/component-rules.ts'
import {draftOfCluster} from '../draft/draft-of-cluster.ts'
import {componentExtras, draftOfClusterConfiguration, draftOfInit, draftOfJoin} from '../draft/draft-of-kubeadm.ts'
import {type Draft, mergeDrafts} from '../draft/draft.ts'
import type {ConfigEnvironment} from './environment.ts'
import {type FileDocuments, fileDocuments} from '../documents/file-documents.ts'
import {newFindings, settle, type Report} from '../documents/finding.ts'
import {chosenAddress, hostsOf, type PlacedHost, register} from '../draft/hosts.ts'
import {tellUnsupported} from '../documents/unsupported.ts'

export interface ReadCluster {
  readonly cluster: Cluster
  /** Lines such as `kadm.yaml:3:14: network.podSubnet: …`. */
  readonly warnings: readonly string[]
}

/**
 * Reads `kadm.yaml`: the document of kadm, those of kubeadm and those of the components. Throws one `config`
 * error with all problems.
 */
export function readCluster(fileName: string, text: string, environment: ConfigEnvironment): ReadCluster {
  const findings = newFindings()
  const documents = fileDocuments(fileName, text, findings.report)
  tellAllUnsupported(documents, findings.report)
  tellComponentKeys(documents, findings.report)
  const hosts = hostsOf(documents.cluster?.value.hosts, documents.cluster?.locate ?? documents.locate, fileName)
  const gathered = gather(documents, hosts, {fileName, environment, report: findings.report})
  return finish(gathered, documents, findings)
}

/** Checks the gathered settings and returns the cluster, or throws all errors. */
export function finish(
  gathered: GatheredDrafts,
  documents: FileDocuments | undefined,
  {report, all}: ReturnType<typeof newFindings>,
  hint = "correct the configuration; 'kadm config validate' checks a file without touching a machine",
): ReadCluster {
  checkTogether(gathered, report)
  checkSwap(gathered.draft.swap, documents?.kubelet, report)
  settle(all(), hint)
  const cluster = clusterOf(gathered)
  if (documents !== undefined) checkComponents(cluster, documents, report)
  return {cluster, warnings: settle(all(), hint)}
}

/** Keys that the kubelet or kube-proxy would refuse. */
export function tellComponentKeys({kubelet, kubeProxy}: FileDocuments, report: Report): void {
  if (kubelet !== undefined) tellComponentProblems('KubeletConfiguration', kubelet.value, kubelet.locate, report)
  if (kubeProxy !== undefined)
    tellComponentProblems('KubeProxyConfiguration', kubeProxy.value, kubeProxy.locate, report)
}

/** Reports what kubeadm's documents set that kadm does not support. */
export function tellAllUnsupported(documents: FileDocuments, report: Report): void {
  const {clusterConfiguration, init, join} = documents
  for (const doc of [clusterConfiguration, init, join]) {
    if (doc !== undefined) tellUnsupported(doc.value.kind, doc.value, doc.locate, report)
  }
}

interface GatherContext {
  readonly fileName: string
  readonly environment: ConfigEnvironment
  readonly report: Report
}

/** Joins the documents of one file. kadm's document comes first; a different value in kubeadm's is a contradiction. */
export function gather(documents: FileDocuments, hosts: readonly PlacedHost[], context: GatherContext): GatheredDrafts {
  const {cluster, init, join} = documents
  const {report} = context
  return {
    draft: mergeDrafts(draftsOf(documents, context), report),
    hosts: registered(hosts, {init, join}, report),
    extra: extraOf(documents),
    hostsPlace: (cluster?.locate ?? documents.locate)(['hosts']),
    whole: documents.whole,
  }
}

function draftsOf(
  {cluster, clusterConfiguration, init, join}: FileDocuments,
  context: GatherContext,
): readonly Draft[] {
  const apiPort = cluster?.value.apiPort ?? init?.value.localAPIEndpoint?.bindPort
  return [
    ...(cluster === undefined ? [] : [draftOfCluster(cluster.value, cluster.locate, {...context, apiPort})]),
    ...(clusterConfiguration === undefined
      ? []
      : [draftOfClusterConfiguration(clusterConfiguration.value, clusterConfiguration.locate, apiPort)]),
    ...(init === undefined ? [] : [draftOfInit(init.value, init.locate)]),
    ...(join === undefined ? [] : [draftOfJoin(join.value, join.locate)]),
  ]
}

function registered(
  hosts: readonly PlacedHost[],
  {init, join}: Pick<FileDocuments, 'init' | 'join'>,
  report: Report,
): readonly PlacedHost[] {
  const first =
    init === undefined
      ? hosts
      : register(
          hosts,
          {
            role: 'control-plane',
            node: init.value.nodeRegistration,
            advertiseAddress: chosenAddress(init.value.localAPIEndpoint?.advertiseAddress),
            locate: init.locate,
          },
          report,
        )
  if (join === undefined) return first
  const node = join.value.nodeRegistration
  return register(first, {role: 'worker', node, advertiseAddress: undefined, locate: join.locate}, report)
}

const extraOf = ({clusterConfiguration, kubelet, kubeProxy}: FileDocuments): Omit<Extra, 'ignorePreflightErrors'> => ({
  ...componentExtras(clusterConfiguration?.value),
  kubelet: saidOf('KubeletConfiguration', kubelet?.value ?? {}),
  kubeProxy: saidOf('KubeProxyConfiguration', kubeProxy?.value ?? {}),
})
