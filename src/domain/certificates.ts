import {canonicalAddress, isAddress} from './cidr.ts'
import type {Cluster, Node} from './cluster.ts'
import {apiServiceAddress, splitHostPort, vipBesideEndpoint} from './endpoint.ts'
import {usesExternalEtcd} from './kubeadm-places.ts'
import {PKI_DIR} from './paths.ts'
import {kubeletClientHasBinding, type KubernetesVersion} from './version.ts'

export type Usage = 'serverAuth' | 'clientAuth'

export interface Sans {
  readonly dns: readonly string[]
  readonly ips: readonly string[]
}

export type CaName = 'ca' | 'front-proxy-ca' | 'etcd-ca'

/** One row of kubeadm's certificate table (cmd/kubeadm/app/phases/certs/certlist.go). */
export interface CertificateSpec {
  /** The CA that signs it; undefined for a CA, which signs itself. */
  readonly signer: CaName | undefined
  /** Below the PKI folder, without `.crt` or `.key`. */
  readonly path: string
  readonly commonName: (node: Node) => string
  readonly organisations: (version: KubernetesVersion) => readonly string[]
  readonly usages: readonly Usage[]
  readonly sans: (cluster: Cluster, node: Node) => Sans
  /** What the thing is for, in words for a learner. */
  readonly why: string
}

export const ADMINS_GROUP = 'kubeadm:cluster-admins'
export const NODES_GROUP = 'system:nodes'
export const SA_KEY = `${PKI_DIR}/sa.key`
export const SA_PUB = `${PKI_DIR}/sa.pub`
export const saKeyPath = (dir = PKI_DIR): string => `${dir}/sa.key`
export const saPubPath = (dir = PKI_DIR): string => `${dir}/sa.pub`

const nobody = (): readonly string[] => []
const noSans = (): Sans => ({dns: [], ips: []})
const named = (name: string) => (): string => name
const nodeName = (node: Node): string => node.name

/** A CA carries its own name as a DNS name, as kubeadm's do. */
const caSpec = (path: string, name: string, why: string): CertificateSpec => ({
  signer: undefined,
  path,
  commonName: named(name),
  organisations: nobody,
  usages: [],
  sans: () => ({dns: [name], ips: []}),
  why,
})

/** Every certificate of a control-plane node with its own etcd, in the order kubeadm makes them. */
const CERTIFICATES = {
  ca: caSpec('ca', 'kubernetes', 'signs the certificates of the API server and its clients'),
  apiserver: {
    signer: 'ca',
    path: 'apiserver',
    commonName: named('kube-apiserver'),
    organisations: nobody,
    usages: ['serverAuth'],
    sans: apiServerSans,
    why: 'proves to clients that they reached the API server',
  },
  'apiserver-kubelet-client': {
    signer: 'ca',
    path: 'apiserver-kubelet-client',
    commonName: named('kube-apiserver-kubelet-client'),
    organisations: version => (kubeletClientHasBinding(version) ? [] : [ADMINS_GROUP]),
    usages: ['clientAuth'],
    sans: noSans,
    why: 'lets the API server ask kubelets for logs and exec',
  },
  'front-proxy-ca': caSpec('front-proxy-ca', 'front-proxy-ca', 'signs the client of extension API servers'),
  'front-proxy-client': {
    signer: 'front-proxy-ca',
    path: 'front-proxy-client',
    commonName: named('front-proxy-client'),
    organisations: nobody,
    usages: ['clientAuth'],
    sans: noSans,
    why: 'lets the API server pass requests on to extension API servers',
  },
  'etcd-ca': caSpec('etcd/ca', 'etcd-ca', 'signs the certificates of etcd and its clients'),
  'etcd-server': {
    signer: 'etcd-ca',
    path: 'etcd/server',
    commonName: nodeName,
    organisations: nobody,
    usages: ['serverAuth', 'clientAuth'],
    sans: (cluster, node) => etcdSans(node, cluster.kubeadm?.etcd?.serverCertSans),
    why: 'proves to clients that they reached etcd',
  },
  'etcd-peer': {
    signer: 'etcd-ca',
    path: 'etcd/peer',
    commonName: nodeName,
    organisations: nobody,
    usages: ['serverAuth', 'clientAuth'],
    sans: (cluster, node) => etcdSans(node, cluster.kubeadm?.etcd?.peerCertSans),
    why: 'lets the members of etcd trust each other',
  },
  'etcd-healthcheck-client': {
    signer: 'etcd-ca',
    path: 'etcd/healthcheck-client',
    commonName: named('kube-etcd-healthcheck-client'),
    organisations: nobody,
    usages: ['clientAuth'],
    sans: noSans,
    why: 'lets an operator check the health of etcd',
  },
  'apiserver-etcd-client': {
    signer: 'etcd-ca',
    path: 'apiserver-etcd-client',
    commonName: named('kube-apiserver-etcd-client'),
    organisations: nobody,
    usages: ['clientAuth'],
    sans: noSans,
    why: 'lets the API server read and write etcd',
  },
} as const satisfies Record<string, CertificateSpec>

export type CertificateName = keyof typeof CERTIFICATES

export const CERTIFICATE_NAMES: readonly CertificateName[] = [
  'ca',
  'apiserver',
  'apiserver-kubelet-client',
  'front-proxy-ca',
  'front-proxy-client',
  'etcd-ca',
  'etcd-server',
  'etcd-peer',
  'etcd-healthcheck-client',
  'apiserver-etcd-client',
]

/** The certificates that a control plane of this cluster has: with an etcd elsewhere, none for etcd. */
export const certificateNames = (cluster: Pick<Cluster, 'kubeadm'>): readonly CertificateName[] =>
  CERTIFICATE_NAMES.filter(name => !usesExternalEtcd(cluster) || !ETCD_CERTIFICATES.includes(name))

const ETCD_CERTIFICATES: readonly CertificateName[] = [
  'etcd-ca',
  'etcd-server',
  'etcd-peer',
  'etcd-healthcheck-client',
  'apiserver-etcd-client',
]

export const CA_NAMES: readonly CaName[] = ['ca', 'front-proxy-ca', 'etcd-ca']

export const isAuthority = (name: CertificateName): name is CaName => CA_NAMES.some(ca => ca === name)

export const certificateSpec = (name: CertificateName): CertificateSpec => CERTIFICATES[name]
export const certPath = (name: CertificateName, dir = PKI_DIR): string => `${dir}/${CERTIFICATES[name].path}.crt`
export const keyPath = (name: CertificateName, dir = PKI_DIR): string => `${dir}/${CERTIFICATES[name].path}.key`

/**
 * The expected state of one certificate on one node: plain data, ready to be issued or compared with the
 * existing certificate.
 */
export interface WantedCertificate {
  readonly isCa: boolean
  readonly commonName: string
  readonly organisations: readonly string[]
  readonly usages: readonly Usage[]
  readonly sans: Sans
  readonly hours: number
}

export function wantedCertificate(name: CertificateName, cluster: Cluster, node: Node): WantedCertificate {
  const spec = certificateSpec(name)
  const isCa = spec.signer === undefined
  return {
    isCa,
    commonName: spec.commonName(node),
    organisations: spec.organisations(cluster.version),
    usages: spec.usages,
    sans: tidySans(spec.sans(cluster, node)),
    hours: isCa ? cluster.pki.caHours : cluster.pki.leafHours,
  }
}

/** Names sorted and once each, addresses once each in their order, as kubeadm writes them. */
const tidySans = (sans: Sans): Sans => ({
  dns: [...new Set(sans.dns)].sort(),
  ips: [...new Set(sans.ips.map(canonicalAddress))],
})

function apiServerSans(cluster: Cluster, node: Node): Sans {
  const {dnsDomain} = cluster.network
  const endpoint = cluster.controlPlaneEndpoint
  const extra = [
    ...(endpoint === undefined ? [] : [splitHostPort(endpoint, cluster.apiPort).host]),
    ...vipBesideEndpoint(cluster),
    ...cluster.pki.apiServerSans.map(san => san.toLowerCase()),
  ]
  return {
    dns: [
      node.name,
      'kubernetes',
      'kubernetes.default',
      'kubernetes.default.svc',
      `kubernetes.default.svc.${dnsDomain}`,
      ...extra.filter(san => !isAddress(san)),
    ],
    ips: [apiServiceAddress(cluster), node.address, ...extra.filter(isAddress)],
  }
}

function etcdSans(node: Node, extra: readonly string[] = []): Sans {
  const more = extra.map(san => san.toLowerCase())
  return {
    dns: [node.name, 'localhost', ...more.filter(san => !isAddress(san))],
    ips: [node.address, '127.0.0.1', '::1', ...more.filter(isAddress)],
  }
}
