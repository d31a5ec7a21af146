/** Any Kubernetes object as kadm sends it. Fields beyond the metadata are typed where they are built. */
export interface KubeObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: Metadata
  readonly [field: string]: unknown
}

export interface Metadata {
  readonly name: string
  readonly namespace?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly resourceVersion?: string
  readonly ownerReferences?: readonly OwnerReference[]
}

/** The object with which this one is deleted. */
interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller: boolean
  readonly blockOwnerDeletion: boolean
}

export interface ConfigMap extends KubeObject {
  readonly kind: 'ConfigMap'
  readonly data: Readonly<Record<string, string>>
}

export interface Pod extends KubeObject {
  readonly kind: 'Pod'
  readonly spec: PodSpec
}

export interface PodSpec {
  readonly containers: readonly Container[]
  readonly hostAliases?: readonly {readonly ip: string; readonly hostnames: readonly string[]}[]
  readonly hostNetwork?: boolean
  readonly priority?: number
  readonly priorityClassName?: string
  readonly securityContext?: {readonly seccompProfile?: {readonly type: string}}
  readonly serviceAccountName?: string
  readonly dnsPolicy?: string
  readonly nodeSelector?: Readonly<Record<string, string>>
  readonly affinity?: object
  readonly tolerations?: readonly Toleration[]
  readonly terminationGracePeriodSeconds?: number
  readonly volumes: readonly Volume[]
}

export interface Container {
  readonly name: string
  readonly image: string
  readonly imagePullPolicy: 'IfNotPresent'
  readonly command?: readonly string[]
  readonly args?: readonly string[]
  readonly env?: readonly EnvVar[]
  readonly ports?: readonly ContainerPort[]
  readonly livenessProbe?: Probe
  readonly readinessProbe?: Probe
  readonly startupProbe?: Probe
  readonly resources?: Resources
  readonly securityContext?: object
  readonly volumeMounts: readonly VolumeMount[]
}

export interface Resources {
  readonly requests?: Readonly<Record<string, string>>
  readonly limits?: Readonly<Record<string, string>>
}

export interface EnvVar {
  readonly name: string
  readonly value?: string
  readonly valueFrom?: Readonly<Record<string, unknown>>
}

interface ContainerPort {
  readonly name: string
  readonly containerPort: number
  readonly protocol: 'TCP' | 'UDP'
}

export interface Probe {
  readonly httpGet: {readonly host?: string; readonly path: string; readonly port: string; readonly scheme: string}
  readonly initialDelaySeconds?: number
  readonly periodSeconds?: number
  readonly timeoutSeconds?: number
  readonly successThreshold?: number
  readonly failureThreshold?: number
}

interface Toleration {
  readonly key?: string
  readonly operator?: 'Exists'
  readonly effect?: string
}

export interface Volume {
  readonly name: string
  readonly hostPath?: {readonly path: string; readonly type?: string}
  readonly configMap?: {
    readonly name: string
    readonly items?: readonly {readonly key: string; readonly path: string}[]
  }
}

export interface VolumeMount {
  readonly name: string
  readonly mountPath: string
  readonly readOnly?: boolean
}

export const configMap = (metadata: Metadata, data: Readonly<Record<string, string>>): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata,
  data,
})

export const serviceAccount = (namespace: string, name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: {name, namespace},
})
