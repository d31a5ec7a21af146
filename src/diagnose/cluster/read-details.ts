import type {KubeClient} from '../../kube/client.ts'
import {isObject, listAt, nameOf, namespaceOf, objectAt, textAt, textsAt, type ApiObject} from '../../kube/json.ts'
import {knownResource, objectPath, apiPath, query} from '../../kube/kinds.ts'
import type {CallOptions} from '../../kube/requester.ts'
import {eventTime} from './cluster-time.ts'
import {documentOf} from './expected.ts'
import type {ClusterSnapshot} from './snapshot.ts'

type Seen = Pick<ClusterSnapshot, 'webhooks' | 'warnings'>

const MOST_SERVICES = 20
const MOST_OWNERS = 10

export const DNS_SERVICE = 'kube-system/kube-dns'

/** The services that webhooks name, as `namespace/name`. */
export const servicesOf = (webhookConfiguration: ApiObject): readonly string[] =>
  listAt(webhookConfiguration, 'webhooks')
    .filter(isObject)
    .flatMap(webhook => {
      const service = objectAt(webhook, 'clientConfig', 'service')
      const [namespace, name] = [textAt(service, 'namespace'), textAt(service, 'name')]
      return namespace === undefined || name === undefined ? [] : [`${namespace}/${name}`]
    })

/** Whether the cluster's DNS has endpoints, and the webhooks that may refuse requests of other programs. */
export async function readEndpoints(
  api: KubeClient,
  {webhooks}: Seen,
  options: CallOptions,
): Promise<Readonly<Record<string, readonly ApiObject[]>>> {
  const services = [...new Set([DNS_SERVICE, ...(webhooks ?? []).flatMap(servicesOf)])].slice(0, MOST_SERVICES)
  const found = await Promise.all(
    services.map(async service => {
      const [namespace, name = ''] = service.split('/')
      const which = query({labelSelector: `kubernetes.io/service-name=${name}`})
      return [service, await api.list(apiPath.endpointSlices(undefined, namespace) + which, options)] as const
    }),
  )
  return Object.fromEntries(found)
}

/** What lately could not make a pod, as it is now: the complaint may no longer hold. */
export async function readOwners(
  api: KubeClient,
  {warnings}: Seen,
  options: CallOptions,
): Promise<ClusterSnapshot['owners']> {
  const latest = (warnings ?? [])
    .filter(event => textAt(event, 'reason') === 'FailedCreate')
    .toSorted((a, b) => eventTime(b) - eventTime(a))
  const wanted = new Map(
    latest.flatMap(event => {
      const object = objectAt(event, 'involvedObject')
      const [uid, kind] = [textAt(object, 'uid'), textAt(object, 'kind') ?? '']
      const place = knownResource(textAt(object, 'apiVersion') ?? '', kind)
      if (uid === undefined || place === undefined) return []
      return [[uid, objectPath(place, textAt(object, 'name') ?? '', textAt(object, 'namespace'))] as const]
    }),
  )
  const found = await Promise.all(
    [...wanted].slice(0, MOST_OWNERS).map(async ([uid, path]) => {
      const object = await api.get(path, options)
      const isSame = object !== undefined && textAt(object, 'metadata', 'uid') === uid
      return [uid, isSame ? object : 'absent'] as const
    }),
  )
  return Object.fromEntries(found)
}

/** Which Services have the addresses that kubelets give to pods as their name servers; undefined when there is no such address. */
export async function readDnsOwners(
  api: KubeClient,
  {configMaps}: Pick<ClusterSnapshot, 'configMaps'>,
  options: CallOptions,
): Promise<readonly ApiObject[] | undefined> {
  const addresses = clusterDns(configMaps.kubelet)
  if (addresses.length === 0) return undefined
  const found = await Promise.all(
    addresses.map(address =>
      api.list(apiPath.services() + query({fieldSelector: `spec.clusterIP=${address}`}), options),
    ),
  )
  return found.flat()
}

const MOST_ADDRESSES = 2

function clusterDns(config: ClusterSnapshot['configMaps']['kubelet']): readonly string[] {
  const document = documentOf(textsAt(config, 'data')['kubelet'])
  return listAt(document, 'clusterDNS')
    .filter((one): one is string => typeof one === 'string')
    .slice(0, MOST_ADDRESSES)
}

/** `kube-system/coredns` */
export const placeOf = (object: ApiObject): string => `${namespaceOf(object)}/${nameOf(object)}`
