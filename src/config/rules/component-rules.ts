import {canonicalAddress} from '../../domain/cidr.ts'
import {dnsServiceAddress} from '../../domain/endpoint.ts'
import {pkiDir} from '../../domain/kubeadm-places.ts'
import type {Cluster} from '../../domain/cluster.ts'
import {type ComponentKind, newerFields} from '../documents/component-keys.ts'
import type {Doc} from '../documents/file-documents.ts'
import type {Path, Located, Report} from '../documents/finding.ts'
import {isOtherRuntime} from './host-rules.ts'
import {isSame, type Tree, valueAt} from '../documents/tree.ts'

/**
 * What a kubeadm cluster depends on in the kubelet's configuration; other values work on few machines, so kadm warns
 * about them.
 */
const kubeletExpects = (cluster: Cluster): readonly (readonly [string, unknown])[] => [
  ['staticPodPath', '/etc/kubernetes/manifests'],
  ['clusterDNS', [dnsServiceAddress(cluster)]],
  ['clusterDomain', cluster.network.dnsDomain],
  ['authentication.x509.clientCAFile', `${pkiDir(cluster)}/ca.crt`],
  ['authentication.anonymous.enabled', false],
  ['authentication.webhook.enabled', true],
  ['authorization.mode', 'Webhook'],
  ['healthzBindAddress', '127.0.0.1'],
  ['healthzPort', 10_248],
  ['readOnlyPort', 0],
  ['rotateCertificates', true],
]

/** Warns about values in the components' own documents that contradict the rest of the cluster. */
export function checkComponents(
  cluster: Cluster,
  documents: {readonly kubelet: Doc<Tree> | undefined; readonly kubeProxy: Doc<Tree> | undefined},
  report: Report,
): void {
  const {kubelet, kubeProxy} = documents
  if (kubelet !== undefined) {
    for (const [path, value] of kubeletExpects(cluster)) expect(kubelet, path, value, report)
    checkEndpoint(cluster, kubelet, report)
  }
  for (const [kind, doc] of [
    ['KubeletConfiguration', kubelet],
    ['KubeProxyConfiguration', kubeProxy],
  ] as const) {
    if (doc !== undefined) checkFields(kind, cluster, doc, report)
  }
  if (kubeProxy !== undefined && cluster.network.podSubnets.length > 0)
    expect(kubeProxy, 'clusterCIDR', cluster.network.podSubnets.join(','), report)
}

/** A kubelet with another runtime than its node has would not start; kubeadm lets the node's criSocket win. */
function checkEndpoint({hosts}: Cluster, kubelet: Doc<Tree>, report: Report): void {
  const endpoint = kubelet.value['containerRuntimeEndpoint']
  if (typeof endpoint !== 'string' || endpoint === '' || hosts.every(host => !isOtherRuntime(endpoint, host))) return
  const message = `names another container runtime than the nodes have; kadm installs containerd, unless nodeRegistration.criSocket (or criSocket of a host) names a runtime that is there: ${endpoint}`
  report({severity: 'error', place: kubelet.locate(['containerRuntimeEndpoint']), message})
}

/** A component refuses a field that its release does not have. */
function checkFields(kind: ComponentKind, {version}: Cluster, doc: Doc<Tree>, report: Report): void {
  for (const {path, since} of newerFields(kind, doc.value, version.minor)) {
    const message = `exists only since Kubernetes v1.${since}, but this cluster is ${version.text}; remove it`
    report({severity: 'error', place: doc.locate(path, 'key'), message})
  }
}

function expect(doc: Doc<Tree>, path: string, wanted: unknown, report: Report): void {
  const steps: Path = path.split('.')
  const said = valueAt(doc.value, steps)
  if (said === undefined || said === null || said === '' || isSame(normal(said), normal(wanted))) return
  const message = `is ${JSON.stringify(said)}, but the rest of the cluster expects ${JSON.stringify(wanted)}`
  report({severity: 'warning', place: doc.locate(steps), message})
}

const normal = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(normal) : typeof value === 'string' ? canonicalAddress(value) : value

/** A cluster that keeps swap needs a kubelet that starts with swap. */
export function checkSwap(
  swap: Located<'off' | 'keep'> | undefined,
  kubelet: Doc<Tree> | undefined,
  report: Report,
): void {
  if (swap?.value !== 'keep' || kubelet === undefined || valueAt(kubelet.value, ['failSwapOn']) !== true) return
  const place = kubelet.locate(['failSwapOn'])
  report({
    severity: 'error',
    place,
    message: `prevents the kubelet from starting on hosts with swap, but ${swap.place.text} is keep; set failSwapOn to false`,
  })
}
