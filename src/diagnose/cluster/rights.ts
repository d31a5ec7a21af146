import {NODES_GROUP} from '../../domain/certificates.ts'
import {kubeletClientHasBinding, parseVersion} from '../../domain/version.ts'
import {TOKEN_GROUP} from '../../manifests/rbac.ts'

/** The parts of a cluster that get nowhere without rights. */
export type Who =
  | 'kube-proxy'
  | 'coredns'
  | 'flannel'
  | 'kube-scheduler'
  | 'kube-controller-manager'
  | 'kubelets'
  | 'joining machines'
  | 'the API server'

/** One thing that a part must be allowed to do. */
export interface NeededRight {
  readonly who: Who
  readonly user: string
  readonly groups: readonly string[]
  readonly verb: string
  readonly group?: string
  readonly resource: string
  readonly subresource?: string
  readonly namespace?: string
  readonly name?: string
}

type Right = Omit<NeededRight, 'who' | 'user' | 'groups'>

const ALL = 'system:authenticated'
const CERTIFICATES = 'certificates.k8s.io'
const SLICES: Right = {verb: 'list', group: 'discovery.k8s.io', resource: 'endpointslices'}
const SERVICES: Right = {verb: 'list', resource: 'services'}

const of = (who: Who, user: string, groups: readonly string[], rights: readonly Right[]): readonly NeededRight[] =>
  rights.map(right => ({...right, who, user, groups: [...groups, ALL]}))

const account = (who: Who, namespace: string, name: string, rights: readonly Right[]): readonly NeededRight[] =>
  of(
    who,
    `system:serviceaccount:${namespace}:${name}`,
    ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
    rights,
  )

const config = (name: string): Right => ({verb: 'get', resource: 'configmaps', namespace: 'kube-system', name})

const NEEDED: readonly NeededRight[] = [
  ...account('kube-proxy', 'kube-system', 'kube-proxy', [SERVICES, SLICES, {verb: 'list', resource: 'nodes'}]),
  ...account('coredns', 'kube-system', 'coredns', [SERVICES, SLICES, {verb: 'list', resource: 'namespaces'}]),
  ...account('flannel', 'kube-flannel', 'flannel', [
    {verb: 'list', resource: 'nodes'},
    {verb: 'patch', resource: 'nodes', subresource: 'status'},
  ]),
  ...of(
    'kube-scheduler',
    'system:kube-scheduler',
    [],
    [
      {verb: 'list', resource: 'nodes'},
      {verb: 'create', resource: 'pods', subresource: 'binding'},
    ],
  ),
  ...of(
    'kube-controller-manager',
    'system:kube-controller-manager',
    [],
    [
      {verb: 'list', resource: 'pods'},
      {verb: 'create', resource: 'serviceaccounts', subresource: 'token'},
    ],
  ),
  ...of(
    'kubelets',
    'system:node:of-any-name',
    [NODES_GROUP],
    [{verb: 'create', group: CERTIFICATES, resource: 'certificatesigningrequests', subresource: 'selfnodeclient'}],
  ),
  ...of(
    'joining machines',
    'system:bootstrap:of-any-token',
    ['system:bootstrappers', TOKEN_GROUP],
    [
      {verb: 'create', group: CERTIFICATES, resource: 'certificatesigningrequests'},
      config('kubeadm-config'),
      config('kubelet-config'),
    ],
  ),
]

/** The user of the API server's own certificate has rights of its own since 1.36; before, it is an administrator. */
const API_SERVER = of(
  'the API server',
  'kube-apiserver-kubelet-client',
  [],
  [{verb: 'create', resource: 'nodes', subresource: 'proxy'}],
)

/** What kubeadm's and kadm's clusters allow their own parts. */
export function neededRights(version: string | undefined): readonly NeededRight[] {
  const release = parseVersion(/^v?[\d.]+/.exec(version ?? '')?.[0] ?? '')
  return release !== undefined && kubeletClientHasBinding(release) ? [...NEEDED, ...API_SERVER] : NEEDED
}
