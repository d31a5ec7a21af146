import {z} from 'zod'

import {check, type Judging} from '../rules/check.ts'
import {clusterDocument, type ClusterDocument} from './cluster-document.ts'
import {readDocuments, type TextDocument} from './documents.ts'
import {type ConfigIssue, type Locate, type Path, pathText, type Report} from './finding.ts'
import {isKubeadms, judgeKind, type KindName} from './kinds.ts'
import * as kubeadm from './kubeadm-documents.ts'
import {isTree, type Tree, withoutNulls} from './tree.ts'
import {fromV1beta3, locateV1beta3, newerThanV1beta3, startupOfV1beta3} from './v1beta3.ts'

export {API_VERSIONS} from './kinds.ts'

/** One document whose shape has been checked. */
export interface Doc<T> {
  readonly value: T
  readonly locate: Locate
}

/** The documents of a file by kind; unusable documents are left out. */
export interface FileDocuments {
  readonly cluster: Doc<ClusterDocument> | undefined
  readonly clusterConfiguration: Doc<kubeadm.ClusterConfiguration> | undefined
  readonly init: Doc<kubeadm.InitConfiguration> | undefined
  readonly join: Doc<kubeadm.JoinConfiguration> | undefined
  readonly kubelet: Doc<Tree> | undefined
  readonly kubeProxy: Doc<Tree> | undefined
  /** `controlPlaneComponentHealthCheck` as v1beta3 has it in ClusterConfiguration. */
  readonly oldStartup?: Doc<string> | undefined
  /** Documents of other commands of kubeadm, which say nothing of a cluster. */
  readonly ignored?: readonly ConfigIssue[] | undefined
  /** Whether every part of the file was usable. */
  readonly whole: boolean
  /** The file itself. */
  readonly locate: Locate
}

/** A file of kubeadm: it says nothing of hosts, and has no document of kadm. */
export const isKubeadmFile = ({
  cluster,
  clusterConfiguration,
  init,
  join,
  kubelet,
  kubeProxy,
}: FileDocuments): boolean =>
  cluster === undefined && [clusterConfiguration, init, join, kubelet, kubeProxy].some(doc => doc !== undefined)

const component = z.record(z.string(), z.unknown())

interface RawDocuments {
  readonly byKind: ReadonlyMap<KindName, Raw>
  readonly ignored: readonly ConfigIssue[]
}

interface Raw {
  readonly value: unknown
  readonly locate: Locate
  readonly oldStartup?: unknown
}

/** Splits a file into its documents and checks the shape of each; reports every problem. */
export function fileDocuments(
  fileName: string,
  text: string,
  report: Report,
  unknownKeys: Judging['unknownKeys'] = 'error',
): FileDocuments {
  let whole = true
  const note: Report = finding => {
    if (finding.severity === 'error') whole = false
    report(finding)
  }
  const {byKind, ignored} = rawDocuments(fileName, text, note)
  const take = <T>(kind: KindName, schema: z.ZodType<T>): Doc<T> | undefined => {
    const doc = byKind.get(kind)
    if (doc === undefined) return undefined
    const {value} = check(schema, doc.value, {locate: doc.locate, report: note, unknownKeys})
    return value === undefined ? undefined : {value, locate: doc.locate}
  }
  const documents = {
    cluster: take('Cluster', clusterDocument),
    clusterConfiguration: take('ClusterConfiguration', kubeadm.clusterConfiguration),
    init: take('InitConfiguration', kubeadm.initConfiguration),
    join: take('JoinConfiguration', kubeadm.joinConfiguration),
    kubelet: take('KubeletConfiguration', component),
    kubeProxy: take('KubeProxyConfiguration', component),
    oldStartup: oldStartupOf(byKind.get('ClusterConfiguration')),
    ignored,
    locate: (path: Path) => ({
      text: [`${fileName}:1:1`, pathText(path)].filter(word => word !== '').join(': '),
      line: 1,
      column: 1,
    }),
  }
  return {...documents, whole}
}

function oldStartupOf(raw: Raw | undefined): Doc<string> | undefined {
  return typeof raw?.oldStartup === 'string' ? {value: raw.oldStartup, locate: raw.locate} : undefined
}

/** The documents as they are written, by kind; those of old versions as the present one has them. */
function rawDocuments(fileName: string, text: string, report: Report): RawDocuments {
  const byKind = new Map<KindName, Raw>()
  const ignored: ConfigIssue[] = []
  const isOurs = (value: unknown): boolean => isTree(value) && value['kind'] === 'Cluster'
  const documents = readDocuments(fileName, text, report, isOurs)
  for (const document of documents) {
    const judged = judgeKind(document.value)
    if (judged.is === 'problem')
      report({severity: 'error', place: document.locate('')(judged.path), message: judged.message})
    else if (judged.is === 'other') {
      const {kind, instead} = judged
      const isAlone = documents.length === 1
      const place = document.locate('')(['kind'])
      const message = isAlone
        ? `${kind} does not describe a cluster; ${instead}`
        : `${kind} is ignored here; ${instead}`
      ignored.push({severity: isAlone ? 'error' : 'warning', place, message})
    } else {
      const {kind, isOld} = judged
      const first = byKind.get(kind)
      if (first === undefined) byKind.set(kind, rawOf(document, kind, isOld, report))
      else {
        const message = `duplicate ${kind}; the first is at ${first.locate([]).text}`
        report({severity: 'error', place: document.locate('kind')([]), message})
      }
    }
  }
  ignored.forEach(report)
  return {byKind, ignored}
}

/** In kubeadm's documents, a key without a value says nothing. */
function rawOf(document: TextDocument, kind: KindName, isOld: boolean, report: Report): Raw {
  const locate = document.locate(kind === 'Cluster' ? '' : kind)
  if (!isKubeadms(kind)) return {value: document.value, locate}
  const value = withoutNulls(document.value)
  if (!isOld || !isTree(value)) return {value, locate}
  for (const path of newerThanV1beta3(kind, value))
    report({
      severity: 'error',
      place: locate(path, 'key'),
      message: 'is not a key of v1beta3; write apiVersion: kubeadm.k8s.io/v1beta4',
    })
  report({
    severity: 'warning',
    place: locate(['apiVersion']),
    message: 'v1beta3 is deprecated, and kubeadm v1.37 does not read it; kadm reads it as v1beta4',
  })
  return {value: fromV1beta3(value), locate: locateV1beta3(value, locate), oldStartup: startupOfV1beta3(value)}
}
