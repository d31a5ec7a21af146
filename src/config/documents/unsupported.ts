import type {Locate, Path, Report} from './finding.ts'
import {isSame, valueAt} from './tree.ts'

/** A field of kubeadm that a Cluster cannot express: the values that match what kadm does, and what to do instead. */
interface Unsupported {
  readonly path: Path
  readonly accepted: readonly unknown[]
  readonly instead: string
}

const field = (path: string, accepted: readonly unknown[], instead: string): Unsupported => ({
  path: path.split('.'),
  accepted: ['', null, ...accepted],
  instead,
})

const CRI_SOCKETS = ['/run/containerd/containerd.sock', '/var/run/containerd/containerd.sock'].flatMap(path => [
  path,
  `unix://${path}`,
])
/** kubeadm's defaults, which `kubeadm config print` writes. */
const TIMEOUTS = {
  controlPlaneComponentHealthCheck: '4m0s',
  discovery: '5m0s',
  etcdAPICall: '2m0s',
  kubeletHealthCheck: '4m0s',
  kubernetesAPICall: '1m0s',
  tlsBootstrap: '5m0s',
  upgradeManifests: '5m0s',
}

const timeouts = Object.entries(TIMEOUTS).map(([name, usual]) =>
  field(`timeouts.${name}`, [usual, usual.replace('0s', '')], 'kadm uses its own timeouts'),
)
/** A Cluster has a field for this timeout. */
const isStartup = ({path}: Unsupported): boolean => path.includes('controlPlaneComponentHealthCheck')

const node = [
  field('nodeRegistration.criSocket', CRI_SOCKETS, 'kadm configures containerd and its socket'),
  field('nodeRegistration.imagePullPolicy', ['IfNotPresent'], 'kadm pulls images that are missing'),
  field('nodeRegistration.imagePullSerial', [true], 'kadm decides how many images it pulls at once'),
  field('dryRun', [false], 'use --dry-run'),
  field('skipPhases', [[]], 'use --skip-phases'),
  field('patches', [{}], 'kadm does not apply patches; use extraArgs, KubeletConfiguration or KubeProxyConfiguration'),
]

const UNSUPPORTED: Readonly<Record<string, readonly Unsupported[]>> = {
  InitConfiguration: [
    ...node,
    ...timeouts.filter(timeout => !isStartup(timeout)),
    field('bootstrapTokens', [[]], 'kadm creates a token for each join and deletes it afterwards'),
    field('certificateKey', [], 'kadm does not copy certificates between machines yet'),
  ],
  JoinConfiguration: [
    ...node,
    ...timeouts,
    field(
      'discovery',
      [],
      'kadm creates a token for each join and reads the CA from the control plane; set the control plane with --to',
    ),
    field('controlPlane', [], 'this release supports one control plane'),
    field('caCertPath', ['/etc/kubernetes/pki/ca.crt'], 'the CA certificate is always /etc/kubernetes/pki/ca.crt'),
  ],
  ClusterConfiguration: [
    field('etcd.external', [], 'kadm runs etcd on the control plane'),
    field('etcd.local.dataDir', ['/var/lib/etcd'], 'etcd always keeps its data in /var/lib/etcd'),
    field('etcd.local.imageRepository', [], 'use imageRepository for all images'),
    field('etcd.local.imageTag', [], 'the tag follows from kubernetesVersion'),
    field('etcd.local.serverCertSANs', [[]], "etcd's certificates contain only the node's name and address"),
    field('etcd.local.peerCertSANs', [[]], "etcd's certificates contain only the node's name and address"),
    field('dns.imageRepository', [], 'use imageRepository for all images'),
    field('dns.imageTag', [], 'the tag follows from kubernetesVersion'),
    field('dns.disabled', [false], 'use --skip-phases to leave CoreDNS out'),
    field('proxy.disabled', [false], 'use --skip-phases to leave kube-proxy out'),
    field('certificatesDir', ['/etc/kubernetes/pki'], 'certificates are always in /etc/kubernetes/pki'),
    field('featureGates', [{}], "kadm does not support kubeadm's feature gates"),
  ],
}

/** Reports what a kubeadm document sets that kadm does not support; kadm never ignores a setting silently. */
export function tellUnsupported(kind: string, value: unknown, locate: Locate, report: Report): void {
  for (const {path, accepted, instead} of UNSUPPORTED[kind] ?? []) {
    const said = valueAt(value, path)
    if (said === undefined || accepted.some(known => isSame(known, said))) continue
    report({severity: 'error', place: locate(path, 'key'), message: `is not supported; ${instead}`})
  }
  tellUnknownTimeouts(value, locate, report)
  tellEnvSources(value, locate, report)
}

function tellUnknownTimeouts(value: unknown, locate: Locate, report: Report): void {
  const timeouts = valueAt(value, ['timeouts'])
  if (typeof timeouts !== 'object' || timeouts === null) return
  for (const name of Object.keys(timeouts)) {
    if (Object.hasOwn(TIMEOUTS, name)) continue
    report({
      severity: 'error',
      place: locate(['timeouts', name], 'key'),
      message: `unknown key '${name}'; the known keys are ${Object.keys(TIMEOUTS).join(', ')}`,
    })
  }
}

const COMPONENTS: readonly Path[] = [['apiServer'], ['controllerManager'], ['scheduler'], ['etcd', 'local']]

function tellEnvSources(value: unknown, locate: Locate, report: Report): void {
  for (const component of COMPONENTS) {
    const envs = valueAt(value, [...component, 'extraEnvs'])
    if (!Array.isArray(envs)) continue
    for (const i of envs.keys()) {
      const path = [...component, 'extraEnvs', i, 'valueFrom']
      if (valueAt(value, path) === undefined) continue
      report({severity: 'error', place: locate(path, 'key'), message: 'is not supported; write the value itself'})
    }
  }
}
