import {caCertificateKind, type CaCertificateResource} from './pki/ca-certificate.ts'
import {
  bootstrapKubeconfigKind,
  type BootstrapFound,
  type BootstrapKubeconfigResource,
} from './pki/bootstrap-kubeconfig.ts'
import {certificateKind, type CertificateResource, type CertificateState} from './pki/certificate.ts'
import {cleanupKind, type CleanupFound, type CleanupResource} from './steps/cleanup.ts'
import type {Kind, ResourceBase} from './core/kind.ts'
import {kubeconfigKind, type KubeconfigResource, type KubeconfigState} from './pki/kubeconfig.ts'
import {baselineKind, type BaselineFound, type BaselineResource} from './steps/baseline.ts'
import type {Operation} from './core/operation.ts'
import {adminBindingOperation, type AdminBindingResource} from './cluster/admin-binding.ts'
import {clusterInfoOperation, type ClusterInfoResource} from './cluster/cluster-info.ts'
import {endpointHealthyOperation, type EndpointHealthyResource} from './cluster/endpoint-healthy.ts'
import {kubeObjectOperation, type KubeObjectResource} from './cluster/kube-object.ts'
import {nodeLabelsAndTaintsOperation, type NodeLabelsAndTaintsResource} from './cluster/node-labels-and-taints.ts'
import {nodePodsOperation, type NodePodsResource} from './cluster/node-pods.ts'
import {nodeRegisteredOperation, type NodeRegisteredResource} from './cluster/node-registered.ts'
import {nodeRemovedOperation, type NodeRemovedResource} from './cluster/node-removed.ts'
import {nodeReportsOperation, type NodeReportsResource} from './cluster/node-reports.ts'
import {readyOperation, type ReadyResource} from './cluster/ready.ts'
import {tokenGoneOperation, type TokenGoneResource} from './cluster/token-gone.ts'
import type {PathState} from './files/path-state.ts'
import {KINDS, type Resource, type State as PlainState} from './resource.ts'
import {
  serviceAccountKeyKind,
  type ServiceAccountKeyResource,
  type ServiceAccountKeyState,
} from './pki/service-account-key.ts'
import {userKubeconfigKind, type UserKubeconfigFound, type UserKubeconfigResource} from './pki/user-kubeconfig.ts'

/** The kinds of `resource.ts`, which know only of hosts, and those that know of a cluster. */
export type AnyHostResource =
  | Resource
  | CaCertificateResource
  | BootstrapKubeconfigResource
  | CertificateResource
  | CleanupResource
  | KubeconfigResource
  | BaselineResource
  | ServiceAccountKeyResource
  | UserKubeconfigResource

export type State =
  | PlainState
  | PathState
  | BootstrapFound
  | CertificateState
  | CleanupFound
  | KubeconfigState
  | BaselineFound
  | ServiceAccountKeyState
  | UserKubeconfigFound

export type OperationResource =
  | AdminBindingResource
  | ClusterInfoResource
  | EndpointHealthyResource
  | KubeObjectResource
  | NodeLabelsAndTaintsResource
  | NodePodsResource
  | NodeRegisteredResource
  | NodeRemovedResource
  | NodeReportsResource
  | ReadyResource
  | TokenGoneResource

export type AnyResource = AnyHostResource | OperationResource

const ALL_KINDS = {
  ...KINDS,
  'authority-copy': caCertificateKind,
  'bootstrap-kubeconfig': bootstrapKubeconfigKind,
  certificate: certificateKind,
  cleanup: cleanupKind,
  kubeconfig: kubeconfigKind,
  baseline: baselineKind,
  'service-account-key': serviceAccountKeyKind,
  'user-kubeconfig': userKubeconfigKind,
} as const

export const KIND_NAMES: readonly string[] = Object.keys(ALL_KINDS)

const OPERATIONS = {
  'admin-binding': adminBindingOperation,
  'cluster-info': clusterInfoOperation,
  'endpoint-healthy': endpointHealthyOperation,
  'kube-object': kubeObjectOperation,
  'node-labels-and-taints': nodeLabelsAndTaintsOperation,
  'node-pods': nodePodsOperation,
  'node-registered': nodeRegisteredOperation,
  'node-removed': nodeRemovedOperation,
  'node-reports': nodeReportsOperation,
  ready: readyOperation,
  'token-gone': tokenGoneOperation,
} as const

export const isOperation = (resource: AnyResource): resource is OperationResource =>
  Object.hasOwn(OPERATIONS, resource.kind)

// A resource names its kind by a literal, so the kind that is found takes it; the type system cannot follow that through a union.
export const kindOf = (resource: AnyHostResource): Kind<ResourceBase, State> =>
  ALL_KINDS[resource.kind] as unknown as Kind<ResourceBase, State>

export const operationOf = (resource: OperationResource): Operation<OperationResource> =>
  OPERATIONS[resource.kind] as unknown as Operation<OperationResource>
