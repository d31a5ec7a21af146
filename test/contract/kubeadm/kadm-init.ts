import {hostname} from 'node:os'
import {skippedPhases} from '../../../src/commands/runtime/requests/skipped-phases.ts'
import type {ConfigEnvironment} from '../../../src/config/read/environment.ts'
import {clusterFromFlags} from '../../../src/config/read/from-flags.ts'
import {readCluster} from '../../../src/config/read/read-cluster.ts'
import {whatFile} from '../../../src/config/read/what-file.ts'
import {certificateSpec} from '../../../src/domain/certificates.ts'
import type {Cluster} from '../../../src/domain/cluster.ts'
import {endpointServer} from '../../../src/domain/endpoint.ts'
import type {Facts} from '../../../src/domain/facts.ts'
import {readTemplates} from '../../../src/engine/sources/templates-on-disk.ts'
import {clusterInfoConfigMap} from '../../../src/manifests/cluster-info.ts'
import {parse} from 'yaml'
import {initPhases} from '../../../src/phases/workflows/init.ts'
import type {PhaseContext} from '../../../src/phases/phase.ts'
import {chooseAddresses} from '../../../src/phases/preflight/address-choice.ts'
import {select} from '../../../src/phases/select.ts'
import type {AnyResource} from '../../../src/resources/any-resource.ts'
import {objectAt, parseJson} from '../../../src/kube/json.ts'
import {tokenSecret} from '../../../src/kube/tokens.ts'
import {parseToken} from '../../../src/domain/bootstrap-token.ts'
import {link, sampleFacts} from '../../phases/preflight/sample.ts'
import {objectEntry, type Rendered, type SeenMachine} from './real-init.ts'
import {wantedOf} from './seen-certificate.ts'

/** Whether an `init` uses a file; its patches must be there. */
export const isOfInit = (text: string): boolean =>
  /kind"?: "?(Init|Cluster)Configuration/.test(text) && !/directory: (\/nowhere|patches)/.test(text)

const START = Date.UTC(2026, 0, 1)
const templates = readTemplates()

/** Everything that kadm's phases of `init` want of a first control plane for a file. */
export function kadmInit(text: string, machine: SeenMachine, environment: ConfigEnvironment): Rendered {
  const read = clusterIn(text, environment)
  const {cluster, skip} = skippedPhases('init', read, [])
  const host = cluster.hosts.find(({role}) => role === 'control-plane')
  if (host === undefined) throw new Error('no control plane')
  const facts = factsOf(text, machine)
  const [node] = chooseAddresses({cluster, hosts: [{spec: host, facts}], existing: []}).nodes
  if (node === undefined) throw new Error('no node')
  const context: PhaseContext = {
    ...{cluster, node, facts, nodes: [node], endpoint: endpointServer(cluster, node), bundle: undefined, templates},
    ...{isAdmin: true, now: new Date(START)},
  }
  const steps = select(initPhases, [], skip).filter(
    ({phase}) => phase.when === undefined || phase.when(context) === true,
  )
  return Object.fromEntries(
    steps.flatMap(({phase}) => phase.resources?.(context) ?? []).flatMap(resource => entriesOf(resource, node.name)),
  )
}

function clusterIn(text: string, environment: ConfigEnvironment): Cluster {
  const name = 'kubeadm.yaml'
  return whatFile(name, text).listsHosts
    ? readCluster(name, text, environment).cluster
    : clusterFromFlags({controlPlane: 'ubuntu@192.0.2.10'}, environment, {name, text}).cluster
}

/** A machine that has every address that the file names, and the one of the machine of kubeadm by default. */
function factsOf(text: string, {address, caDirs}: SeenMachine): Facts {
  const named = [...text.matchAll(/(?:advertiseA|\ba)ddress"?: *"?([0-9a-f.:]+)/g)].map(([, one = '']) => one)
  const addresses = [...new Set([address, ...named])].map(one => `${one}/${one.includes(':') ? '64' : '24'}`)
  const usual = sampleFacts(10)
  return {
    ...usual,
    hostname: hostname(),
    extraCaDirs: caDirs,
    resolv: {...usual.resolv, resolvedActive: false},
    network: {...usual.network, connectedAddress: undefined, interfaces: [link('eth0', addresses)]},
  }
}

type Entries = readonly (readonly [string, unknown])[]

function entriesOf(resource: AnyResource, node: string): Entries {
  if (resource.kind === 'etcd-manifest') return [['pod etcd', parse(resource.content ?? '')]]
  if (resource.kind === 'file') return fileEntry(resource.path, resource.content ?? '')
  if (resource.kind === 'certificate')
    return [[`certificate ${certificateSpec(resource.name).path}`, wantedOf(resource.wanted, resource.algorithm)]]
  if (resource.kind === 'kubeconfig') {
    const {server, user, clusterName: cluster, wanted, algorithm, path} = resource
    const name = path.replace(/^.*\/(.*)\.conf$/, '$1')
    return [[`kubeconfig ${name}`, {server, cluster, user, certificate: wantedOf(wanted, algorithm)}]]
  }
  if (resource.kind === 'node-labels-and-taints') return [['node', marksOf(resource, node)]]
  return objectsOf(resource)
}

function objectsOf(resource: AnyResource): Entries {
  if (resource.kind === 'kube-object' || resource.kind === 'admin-binding')
    return [objectEntry(objectAt(parseJson(JSON.stringify(resource.object))))]
  if (resource.kind === 'cluster-info')
    return [objectEntry({...clusterInfoConfigMap({server: resource.server, caPem: ''})})]
  if (resource.kind !== 'bootstrap-token') return []
  const token = parseToken(resource.token)
  if (token === undefined) throw new Error('no token')
  return [objectEntry(tokenSecret(token, resource, START))]
}

/** As kubeadm tells them (util.FormatTaint of k8s.io/kubernetes, pkg/util/taints). */
const marksOf = ({labels, taints}: Extract<AnyResource, {readonly kind: 'node-labels-and-taints'}>, name: string) => ({
  name,
  labels: Object.keys(labels),
  taints: taints.map(({key, value = '', effect}) => `${key}${value === '' ? '' : `=${value}`}:${effect}`),
})

const KUBELET_FILES: Readonly<Record<string, string>> = {'config.yaml': 'config', 'instance-config.yaml': 'instance'}

function fileEntry(path: string, content: string): Entries {
  const pod = /^\/etc\/kubernetes\/manifests\/(.*)\.yaml$/.exec(path)?.[1]
  if (pod !== undefined) return [[`pod ${pod}`, parse(content)]]
  const file = /^\/var\/lib\/kubelet\/(.*)$/.exec(path)?.[1] ?? ''
  if (file === 'kubeadm-flags.env') return [['kubelet flags', content.trim()]]
  const name = KUBELET_FILES[file]
  return name === undefined ? [] : [[`kubelet ${name}`, parse(content)]]
}
