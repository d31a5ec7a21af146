import type {Locate, Path} from './finding.ts'
import {isTree, type Tree, valueAt} from './tree.ts'

/** Keys that v1beta4 brought; v1beta3 does not know them (kubeadm v1.36, apis/kubeadm/v1beta3/types.go). */
const NEWER: Readonly<Record<string, readonly string[]>> = {
  InitConfiguration: ['dryRun', 'timeouts', 'nodeRegistration.imagePullSerial'],
  JoinConfiguration: ['dryRun', 'timeouts', 'nodeRegistration.imagePullSerial'],
  ClusterConfiguration: [
    ...['proxy', 'dns.disabled', 'encryptionAlgorithm', 'certificateValidityPeriod', 'caCertificateValidityPeriod'],
    ...['apiServer', 'controllerManager', 'scheduler', 'etcd.local'].map(place => `${place}.extraEnvs`),
    'etcd.external.httpEndpoints',
  ],
}

/** The paths of a v1beta3 document that only v1beta4 has. */
export const newerThanV1beta3 = (kind: string, document: unknown): readonly Path[] =>
  (NEWER[kind] ?? []).map(path => path.split('.')).filter(path => valueAt(document, path) !== undefined)

/** Where v1beta3 has a mapping of flags, and v1beta4 a list of them. */
const ARGS: readonly Path[] = [
  ['apiServer', 'extraArgs'],
  ['controllerManager', 'extraArgs'],
  ['scheduler', 'extraArgs'],
  ['etcd', 'local', 'extraArgs'],
  ['nodeRegistration', 'kubeletExtraArgs'],
]

const OLD_TIMEOUT: Path = ['apiServer', 'timeoutForControlPlane']
const OLD_DISCOVERY: Path = ['discovery', 'timeout']

/** The start-up time of ClusterConfiguration v1beta3, which is in InitConfiguration since v1beta4. */
export const startupOfV1beta3 = (document: unknown): unknown => valueAt(document, OLD_TIMEOUT)

const without = (value: unknown, [step, ...rest]: Path): unknown => {
  if (!isTree(value) || step === undefined || !Object.hasOwn(value, step)) return value
  const {[String(step)]: child, ...others} = value
  return rest.length === 0 ? others : {...others, [step]: without(child, rest)}
}

const replaced = (value: unknown, [step, ...rest]: Path, change: (old: unknown) => unknown): unknown => {
  if (step === undefined) return change(value)
  if (!isTree(value) || !Object.hasOwn(value, step)) return value
  return {...value, [step]: replaced(value[String(step)], rest, change)}
}

/** kubeadm sorts the flags of a mapping by name. */
const asList = (args: unknown): unknown =>
  isTree(args)
    ? Object.keys(args)
        .sort()
        .map(name => ({name, value: args[name]}))
    : args

/** A document of v1beta3 as v1beta4 has it. */
export function fromV1beta3(document: Tree): Tree {
  const lists = ARGS.reduce<unknown>((value, path) => replaced(value, path, asList), document)
  const discovery = valueAt(document, OLD_DISCOVERY)
  const moved = without(without(lists, OLD_TIMEOUT), OLD_DISCOVERY)
  const result = isTree(moved) ? moved : {}
  return {
    ...result,
    apiVersion: 'kubeadm.k8s.io/v1beta4',
    ...(discovery === undefined ? {} : {timeouts: {discovery}}),
  }
}

/** Finds the places of a converted document in the text as it was written. */
export const locateV1beta3 =
  (document: unknown, locate: Locate): Locate =>
  (path, at) => {
    if (path[0] === 'timeouts' && path[1] === 'discovery') return locate(OLD_DISCOVERY, at)
    const args = ARGS.find(place => place.every((step, i) => path[i] === step))
    const index = args === undefined ? undefined : path[args.length]
    const flags = args === undefined ? undefined : valueAt(document, args)
    if (args === undefined || typeof index !== 'number' || !isTree(flags)) return locate(path, at)
    const name = Object.keys(flags).sort()[index]
    return locate(name === undefined ? args : [...args, name], path.at(-1) === 'name' ? 'key' : at)
  }
