import {KadmError} from '../../domain/errors.ts'
import {ApiError} from '../../kube/api-error.ts'
import type {KubeClient} from '../../kube/client.ts'
import {isObject, listAt, textAt, type ApiObject} from '../../kube/json.ts'
import {apiPath, query} from '../../kube/kinds.ts'
import type {CallOptions} from '../../kube/requester.ts'
import {clusterNow} from './cluster-time.ts'
import {readDnsOwners, readEndpoints, readOwners} from './read-details.ts'
import {readLackingRights} from './read-rights.ts'
import {ACCOUNTS, CONFIG_MAPS, type Absent, type ClusterSnapshot} from './snapshot.ts'

/** For one request, and for trying it again while the API server refuses connections. */
const REQUEST = {timeoutMs: 4_000, retryForMs: 1_000} as const
/** Each page of a long list has its own limit; this is for all of it. */
const ALL_WITHIN_MS = 20_000
/** Enough to see which network pods get their addresses from. */
const SAMPLE = 500

export interface ReadOptions {
  readonly signal: AbortSignal
  /** This machine's clock in milliseconds, for a cluster that says no time of its own. */
  readonly now: number
}

/**
 * Reads what the rules need: a fixed number of requests side by side, whatever the number of nodes. A request that fails leaves its part
 * out and the rest counts. Throws why, when the API does not answer at all or refuses these credentials.
 */
export async function readSnapshot(api: KubeClient, {signal, now}: ReadOptions): Promise<ClusterSnapshot> {
  const options: CallOptions = {...REQUEST, signal: AbortSignal.any([signal, AbortSignal.timeout(ALL_WITHIN_MS)])}
  const parts = reader(signal)
  const {readyz, version, ...seen} = await readParts(api, options, parts)
  const refusal = parts.errors.get('nodes')
  if (seen.nodes === undefined && refusal !== undefined && (readyz === undefined || isRefused(refusal))) throw refusal
  const [endpoints, owners, dnsOwners, lackingRights] = await Promise.all([
    readEndpoints(api, seen, options).catch(parts.leaveOut('endpoints')),
    readOwners(api, seen, options).catch(parts.leaveOut('owners of pods')),
    readDnsOwners(api, seen, options).catch(parts.leaveOut('services of DNS')),
    parts.read('rights', () => readLackingRights(api, version, options)),
  ])
  return {
    ...seen,
    now: clusterNow(seen, now),
    version,
    readyz,
    endpoints: endpoints ?? {},
    owners: owners ?? {},
    dnsOwners,
    lackingRights,
    unread: [...parts.errors].map(([what, error]) => `${what}: ${error.message}`),
  }
}

const absent: Absent = 'absent'

async function readParts(api: KubeClient, options: CallOptions, {read}: Reader) {
  const list = (what: string, path: string): Promise<readonly ApiObject[] | undefined> =>
    read(what, () => api.list(path, options))
  const get = (path: string): Promise<ApiObject | Absent> => api.get(path, options).then(found => found ?? absent)
  const [readyz, version, nodes, systemPods, podSample, lists, configMaps, accounts, dnsService, warnings] =
    await Promise.all([
      read('readyz', () => api.raw({...options, method: 'GET', path: '/readyz?verbose', accept: '*/*'})),
      read('version', async () => textAt(await api.get('/version', options), 'gitVersion')),
      list('nodes', apiPath.nodes()),
      read('pods', () => inBoth(namespace => api.list(apiPath.pods(undefined, namespace), options))),
      read('pod addresses', () => samplePods(api, options)),
      readLists(list),
      readEach(CONFIG_MAPS, (what, {name, namespace}) =>
        read(`configmap ${what}`, () => get(apiPath.configMaps(name, namespace))),
      ),
      readEach(ACCOUNTS, (what, {name, namespace}) =>
        read(`serviceaccount ${what}`, () => get(apiPath.serviceAccounts(name, namespace))),
      ),
      read('service kube-dns', () => get(apiPath.services('kube-dns', 'kube-system'))),
      read('events', () => readWarnings(api, options)),
    ])
  return {readyz, version, nodes, systemPods, podSample, ...lists, configMaps, accounts, dnsService, warnings}
}

/** Credentials that are not accepted, or may not even list nodes: nothing else can be asked with them. */
const isRefused = (error: KadmError): boolean => error instanceof ApiError && [401, 403].includes(error.status)

type ReadPart = <T>(what: string, work: () => Promise<T>) => Promise<T | undefined>

interface Reader {
  readonly read: ReadPart
  readonly leaveOut: (what: string) => (error: unknown) => undefined
  readonly errors: ReadonlyMap<string, KadmError>
}

/** Keeps what fails from hiding the rest; an interruption and a bug go on up. */
function reader(signal: AbortSignal): Reader {
  const errors = new Map<string, KadmError>()
  const leaveOut =
    (what: string) =>
    (error: unknown): undefined => {
      if (!(error instanceof KadmError) || signal.aborted) throw error
      errors.set(what, error)
      return undefined
    }
  return {errors, leaveOut, read: (what, work) => work().catch(leaveOut(what))}
}

async function inBoth(read: (namespace: string) => Promise<readonly ApiObject[]>): Promise<readonly ApiObject[]> {
  return (await Promise.all(['kube-system', 'kube-flannel'].map(read))).flat()
}

async function readLists(list: (what: string, path: string) => Promise<readonly ApiObject[] | undefined>) {
  const [daemonSets, deployments, leases, apiServices, signingRequests, validating, mutating] = await Promise.all([
    list('daemonsets', apiPath.daemonSets()),
    list('deployments', apiPath.deployments(undefined, 'kube-system')),
    list('leases', apiPath.leases(undefined, 'kube-system')),
    list('apiservices', apiPath.apiServices()),
    list('certificatesigningrequests', apiPath.certificateSigningRequests()),
    list('validatingwebhookconfigurations', apiPath.validatingWebhooks()),
    list('mutatingwebhookconfigurations', apiPath.mutatingWebhooks()),
  ])
  const kind = (objects: readonly ApiObject[] | undefined, name: string): readonly ApiObject[] =>
    (objects ?? []).map(object => ({...object, kind: name}))
  const webhooks =
    validating === undefined && mutating === undefined
      ? undefined
      : [...kind(validating, 'ValidatingWebhookConfiguration'), ...kind(mutating, 'MutatingWebhookConfiguration')]
  return {daemonSets, deployments, leases, apiServices, signingRequests, webhooks}
}

async function readEach<K extends string, T>(
  places: Readonly<Record<K, T>>,
  read: (what: string, place: T) => Promise<ApiObject | Absent | undefined>,
): Promise<Readonly<Record<string, ApiObject | Absent | undefined>>> {
  const keys = Object.keys(places).filter((key): key is K => key in places)
  const found = await Promise.all(keys.map(async key => [key, await read(key, places[key])] as const))
  return Object.fromEntries(found)
}

/** One page only: a large cluster has very many pods, and the first few hundred tell which network they are on. */
async function samplePods(api: KubeClient, options: CallOptions): Promise<readonly ApiObject[]> {
  const which = query({fieldSelector: 'spec.hostNetwork=false,status.phase=Running', limit: SAMPLE})
  return listAt(await api.get(`${apiPath.pods()}${which}`, options), 'items').filter(isObject)
}

async function readWarnings(api: KubeClient, options: CallOptions): Promise<readonly ApiObject[]> {
  const [system, creates] = await Promise.all([
    inBoth(namespace =>
      api.list(apiPath.events(undefined, namespace) + query({fieldSelector: 'type=Warning'}), options),
    ),
    api.list(apiPath.events() + query({fieldSelector: 'type=Warning,reason=FailedCreate'}), options),
  ])
  const known = new Set(system.map(event => textAt(event, 'metadata', 'uid')))
  return [...system, ...creates.filter(event => !known.has(textAt(event, 'metadata', 'uid')))]
}
