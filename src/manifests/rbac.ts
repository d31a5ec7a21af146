import type {KubeObject} from './kube-object.ts'

const GROUP = 'rbac.authorization.k8s.io'

/** The group of a token that may join nodes. */
export const TOKEN_GROUP = 'system:bootstrappers:kubeadm:default-node-token'

export interface Subject {
  readonly kind: 'User' | 'Group' | 'ServiceAccount'
  readonly name: string
  readonly namespace?: string
  readonly apiGroup?: string
}

export interface Rule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly verbs: readonly string[]
}

export const user = (name: string): Subject => ({kind: 'User', name, apiGroup: GROUP})
export const group = (name: string): Subject => ({kind: 'Group', name, apiGroup: GROUP})
export const account = (namespace: string, name: string): Subject => ({kind: 'ServiceAccount', name, namespace})

export const clusterRole = (name: string, rules: readonly Rule[]): KubeObject => ({
  apiVersion: `${GROUP}/v1`,
  kind: 'ClusterRole',
  metadata: {name},
  rules,
})

export const clusterRoleBinding = (name: string, role: string, subjects: readonly Subject[]): KubeObject => ({
  apiVersion: `${GROUP}/v1`,
  kind: 'ClusterRoleBinding',
  metadata: {name},
  roleRef: {apiGroup: GROUP, kind: 'ClusterRole', name: role},
  subjects,
})

interface Place {
  readonly namespace: string
  readonly name: string
}

/** A Role that lets one named ConfigMap be read, and its binding of the same name. */
export const configMapAccess = (place: Place, name: string, subjects: readonly Subject[]): readonly KubeObject[] =>
  readAccess(place, {resource: 'configmaps', name}, subjects)

/** The same for a Secret. */
export const secretAccess = (place: Place, name: string, subjects: readonly Subject[]): readonly KubeObject[] =>
  readAccess(place, {resource: 'secrets', name}, subjects)

function readAccess(
  {name, namespace}: Place,
  what: {readonly resource: string; readonly name: string},
  subjects: readonly Subject[],
): readonly KubeObject[] {
  return [
    {
      apiVersion: `${GROUP}/v1`,
      kind: 'Role',
      metadata: {name, namespace},
      rules: [{apiGroups: [''], resources: [what.resource], resourceNames: [what.name], verbs: ['get']}],
    },
    {
      apiVersion: `${GROUP}/v1`,
      kind: 'RoleBinding',
      metadata: {name, namespace},
      roleRef: {apiGroup: GROUP, kind: 'Role', name},
      subjects,
    },
  ]
}
