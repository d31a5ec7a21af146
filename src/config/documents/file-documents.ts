import {z} from 'zod'

import {nearest} from '../../domain/nearest.ts'
import {check, type Judging} from '../rules/check.ts'
import {clusterDocument, type ClusterDocument} from './cluster-document.ts'
import {readDocuments, type TextDocument} from './documents.ts'
import {type Locate, type Path, pathText, type Report} from './finding.ts'
import * as kubeadm from './kubeadm-documents.ts'
import {isTree, type Tree} from './tree.ts'

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
  /** Whether every part of the file was usable. */
  readonly whole: boolean
  /** The file itself. */
  readonly locate: Locate
}

export const API_VERSIONS = {
  Cluster: 'kadm/v1',
  ClusterConfiguration: 'kubeadm.k8s.io/v1beta4',
  InitConfiguration: 'kubeadm.k8s.io/v1beta4',
  JoinConfiguration: 'kubeadm.k8s.io/v1beta4',
  KubeletConfiguration: 'kubelet.config.k8s.io/v1beta1',
  KubeProxyConfiguration: 'kubeproxy.config.k8s.io/v1alpha1',
} as const

type KindName = keyof typeof API_VERSIONS
const isKind = (kind: string): kind is KindName => Object.hasOwn(API_VERSIONS, kind)

const component = z.record(z.string(), z.unknown())

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
  const isOurs = (value: unknown): boolean => isTree(value) && value['kind'] === 'Cluster'
  const byKind = new Map<KindName, Doc<unknown>>()
  for (const document of readDocuments(fileName, text, note, isOurs)) {
    const kind = kindOf(document, note)
    if (kind === undefined) continue
    const doc = {value: document.value, locate: document.locate(kind === 'Cluster' ? '' : kind)}
    const first = byKind.get(kind)
    if (first === undefined) byKind.set(kind, doc)
    else
      note({
        severity: 'error',
        place: document.locate('kind')([]),
        message: `duplicate ${kind}; the first is at ${first.locate([]).text}`,
      })
  }
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
    locate: (path: Path) => ({
      text: [`${fileName}:1:1`, pathText(path)].filter(word => word !== '').join(': '),
      line: 1,
      column: 1,
    }),
  }
  return {...documents, whole}
}

function kindOf(document: TextDocument, report: Report): KindName | undefined {
  const problem = kindOrProblem(document.value)
  if (typeof problem === 'string') return problem
  report({severity: 'error', place: document.locate('')(problem.path), message: problem.message})
  return undefined
}

function kindOrProblem(value: unknown): KindName | {readonly path: Path; readonly message: string} {
  if (!isTree(value)) return {path: [], message: 'must be a mapping with apiVersion and kind'}
  const {apiVersion, kind} = value
  if (typeof kind !== 'string' || typeof apiVersion !== 'string')
    return {path: [], message: 'needs an apiVersion and a kind, such as kadm/v1 and Cluster'}
  if (!isKind(kind)) return {path: ['kind'], message: unknownKind(kind)}
  const wanted = API_VERSIONS[kind]
  return apiVersion === wanted ? kind : {path: ['apiVersion'], message: otherVersion(apiVersion, kind, wanted)}
}

/** Documents of kubeadm that describe one action, not a cluster. */
const NOT_OF_A_CLUSTER: Readonly<Record<string, string>> = {
  ResetConfiguration: 'use the flags of kadm reset',
  UpgradeConfiguration: 'remove it: kadm cannot upgrade a cluster yet',
}

function unknownKind(kind: string): string {
  const instead = NOT_OF_A_CLUSTER[kind]
  if (instead !== undefined) return `${kind} does not describe a cluster; ${instead}`
  const kinds = Object.keys(API_VERSIONS)
  const near = nearest(kind, kinds) ?? kinds.find(known => known.startsWith(kind))
  return `unknown kind '${kind}'; ${near === undefined ? `the known kinds are ${kinds.join(', ')}` : `did you mean '${near}'?`}`
}

/** The last kubeadm release that reads a version of its API. Users need it to migrate. */
const LAST_READER: Readonly<Record<string, string>> = {
  v1alpha1: 'v1.11',
  v1alpha2: 'v1.12',
  v1alpha3: 'v1.14',
  v1beta1: 'v1.15',
  v1beta2: 'v1.22',
  v1beta3: 'v1.36',
}

function otherVersion(apiVersion: string, kind: string, wanted: string): string {
  const [group, version = ''] = apiVersion.split('/')
  const reader = group === 'kubeadm.k8s.io' ? LAST_READER[version] : undefined
  return reader === undefined
    ? `the apiVersion of ${kind} must be ${wanted}, not '${apiVersion}'`
    : `'${apiVersion}' is too old; run 'kubeadm config migrate' of kubeadm ${reader} first`
}
