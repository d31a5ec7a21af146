/** The API path and scope of one kind. */
export interface ApiResource {
  readonly apiVersion: string
  readonly plural: string
  readonly namespaced: boolean
}

/** The fields that an object needs before kadm can send it. */
export interface ObjectLike {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {readonly name: string; readonly namespace?: string | undefined}
}

type Row = readonly [kind: string, plural: string, scope?: 'cluster']

const TABLE: Readonly<Record<string, readonly Row[]>> = {
  v1: [
    ['ConfigMap', 'configmaps'],
    ['Endpoints', 'endpoints'],
    ['Event', 'events'],
    ['LimitRange', 'limitranges'],
    ['Namespace', 'namespaces', 'cluster'],
    ['Node', 'nodes', 'cluster'],
    ['PersistentVolume', 'persistentvolumes', 'cluster'],
    ['PersistentVolumeClaim', 'persistentvolumeclaims'],
    ['Pod', 'pods'],
    ['ResourceQuota', 'resourcequotas'],
    ['Secret', 'secrets'],
    ['Service', 'services'],
    ['ServiceAccount', 'serviceaccounts'],
  ],
  'admissionregistration.k8s.io/v1': [
    ['MutatingWebhookConfiguration', 'mutatingwebhookconfigurations', 'cluster'],
    ['ValidatingWebhookConfiguration', 'validatingwebhookconfigurations', 'cluster'],
  ],
  'apiextensions.k8s.io/v1': [['CustomResourceDefinition', 'customresourcedefinitions', 'cluster']],
  'apiregistration.k8s.io/v1': [['APIService', 'apiservices', 'cluster']],
  'apps/v1': [
    ['DaemonSet', 'daemonsets'],
    ['Deployment', 'deployments'],
    ['ReplicaSet', 'replicasets'],
    ['StatefulSet', 'statefulsets'],
  ],
  'batch/v1': [
    ['CronJob', 'cronjobs'],
    ['Job', 'jobs'],
  ],
  'certificates.k8s.io/v1': [['CertificateSigningRequest', 'certificatesigningrequests', 'cluster']],
  'coordination.k8s.io/v1': [['Lease', 'leases']],
  'discovery.k8s.io/v1': [['EndpointSlice', 'endpointslices']],
  'networking.k8s.io/v1': [
    ['Ingress', 'ingresses'],
    ['IngressClass', 'ingressclasses', 'cluster'],
    ['NetworkPolicy', 'networkpolicies'],
  ],
  'policy/v1': [['PodDisruptionBudget', 'poddisruptionbudgets']],
  'rbac.authorization.k8s.io/v1': [
    ['ClusterRole', 'clusterroles', 'cluster'],
    ['ClusterRoleBinding', 'clusterrolebindings', 'cluster'],
    ['Role', 'roles'],
    ['RoleBinding', 'rolebindings'],
  ],
  'scheduling.k8s.io/v1': [['PriorityClass', 'priorityclasses', 'cluster']],
  'storage.k8s.io/v1': [
    ['CSINode', 'csinodes', 'cluster'],
    ['StorageClass', 'storageclasses', 'cluster'],
  ],
}

/** The place of a kind that every cluster has; undefined for a foreign one, which discovery must find. */
export function knownResource(apiVersion: string, kind: string): ApiResource | undefined {
  const row = TABLE[apiVersion]?.find(([name]) => name === kind)
  return row === undefined ? undefined : {apiVersion, plural: row[1], namespaced: row[2] !== 'cluster'}
}

/** `/api/v1` or `/apis/apps/v1`. */
export const groupPath = (apiVersion: string): string =>
  apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`

/** The path of a collection; in all namespaces when none is given. */
export function collectionPath(place: ApiResource, namespace?: string): string {
  const scope = place.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : ''
  return `${groupPath(place.apiVersion)}${scope}/${place.plural}`
}

/** The path of one object; a namespaced one that names no namespace is in `default`, as for kubectl. */
export const objectPath = (place: ApiResource, name: string, namespace = 'default'): string =>
  `${collectionPath(place, namespace)}/${encodeURIComponent(name)}`

/** A path in words, for messages: `configmaps kube-public/cluster-info`. */
export function inWords(path: string): string {
  const match = /^\/apis?\/(?:[^/]+\/)?v\d[^/]*\/(?:namespaces\/([^/]+)\/)?([a-z]+)(?:\/([^/?]+))?((?:\/[^?]*)?)/.exec(
    path,
  )
  if (match === null) return path.replace(/\?.*$/, '')
  const parts: readonly (string | undefined)[] = match.slice(1)
  const [namespace, plural = '', name, rest = ''] = parts.map(part => part && decodeURIComponent(part))
  const named = [namespace, name].filter(part => part !== undefined).join('/')
  return `${rest === '' ? '' : `${rest.slice(1)} of `}${plural}${named === '' ? '' : ` ${named}`}`
}

/** A query string, with its question mark when there is anything to say. */
export function query(values: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const given = Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [`${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`],
  )
  return given.length === 0 ? '' : `?${given.join('&')}`
}

const path =
  (apiVersion: string, kind: string) =>
  (name?: string, namespace?: string): string => {
    const place = knownResource(apiVersion, kind)
    if (place === undefined) throw new Error(`kadm does not know the API path of ${apiVersion} ${kind}`)
    return name === undefined ? collectionPath(place, namespace) : objectPath(place, name, namespace)
  }

/** Paths of the kinds kadm reads and changes by itself: `apiPath.pods(name, namespace)`; without a name, the collection. */
export const apiPath = {
  configMaps: path('v1', 'ConfigMap'),
  events: path('v1', 'Event'),
  namespaces: path('v1', 'Namespace'),
  nodes: path('v1', 'Node'),
  pods: path('v1', 'Pod'),
  secrets: path('v1', 'Secret'),
  services: path('v1', 'Service'),
  serviceAccounts: path('v1', 'ServiceAccount'),
  csiNodes: path('storage.k8s.io/v1', 'CSINode'),
  leases: path('coordination.k8s.io/v1', 'Lease'),
  podDisruptionBudgets: path('policy/v1', 'PodDisruptionBudget'),
  daemonSets: path('apps/v1', 'DaemonSet'),
  deployments: path('apps/v1', 'Deployment'),
  endpointSlices: path('discovery.k8s.io/v1', 'EndpointSlice'),
  apiServices: path('apiregistration.k8s.io/v1', 'APIService'),
  mutatingWebhooks: path('admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration'),
  validatingWebhooks: path('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration'),
  certificateSigningRequests: path('certificates.k8s.io/v1', 'CertificateSigningRequest'),
} as const
