import type {Endpoint, Forward} from './connection.ts'
import {exec, type ExecOptions, type ExecResult} from './exec.ts'
import {isObject, listAt, textAt, type ApiObject} from './json.ts'
import {collectionPath, inWords, objectPath, query, type ObjectLike} from './kinds.ts'
import {endpointFromKubeconfig} from './kubeconfig.ts'
import {restMapper} from './rest-mapper.ts'
import {readObject} from './read-object.ts'
import {patientRequester, requester, type Answer, type Call, type CallOptions, type Requester} from './requester.ts'

interface ApplyOptions extends CallOptions {
  readonly fieldManager?: string | undefined
  readonly force?: boolean | undefined
}

interface DeleteOptions extends CallOptions {
  readonly propagation?: 'Foreground' | 'Background' | 'Orphan' | undefined
  readonly gracePeriodSeconds?: number | undefined
}

type PatchType = 'strategic' | 'merge' | 'json'

/** The part of the Kubernetes API that kadm needs. Use `apiPath` or `pathOf` to build paths. */
export interface KubeClient {
  readonly endpoint: Endpoint
  /** Undefined when the object does not exist. */
  readonly get: (path: string, options?: CallOptions) => Promise<ApiObject | undefined>
  /** All items of a collection, read page by page; the path may contain a query. */
  readonly list: (path: string, options?: CallOptions) => Promise<readonly ApiObject[]>
  /** Server-side apply: creates or updates the object. */
  readonly apply: (object: ObjectLike, options?: ApplyOptions) => Promise<ApiObject>
  readonly create: (object: ObjectLike, options?: CallOptions) => Promise<ApiObject>
  readonly patch: (path: string, body: unknown, type: PatchType, options?: CallOptions) => Promise<ApiObject>
  /** False when the object did not exist. */
  readonly delete: (path: string, options?: DeleteOptions) => Promise<boolean>
  /** Text such as a log or `/readyz`. */
  readonly getText: (path: string, options?: CallOptions) => Promise<string>
  /** Sends any request; returns the answer as it is, whatever its status. */
  readonly raw: (call: RawCall) => Promise<Answer>
  readonly exec: (pod: {readonly name: string; readonly namespace: string}, options: ExecOptions) => Promise<ExecResult>
  /** A client with the same connections and with all time limits multiplied. */
  readonly withTimeouts: (times: number) => KubeClient
  /** The path of an object, whether it exists or not; asks the API about kinds that kadm does not know. */
  readonly pathOf: (object: ObjectLike, options?: CallOptions) => Promise<string>
  readonly close: () => Promise<void>
}

interface RawCall extends CallOptions {
  readonly method: Call['method']
  readonly path: string
  readonly body?: unknown
  readonly contentType?: string | undefined
  readonly accept?: string | undefined
}

const PATCH_TYPES = {
  strategic: 'application/strategic-merge-patch+json',
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
} as const satisfies Record<PatchType, string>

const PAGE = 500
const FIELD_MANAGER = 'kadm'

/** A client for the cluster and the user of a kubeconfig with embedded certificates (admin.conf). */
export const clientFromKubeconfig = (text: string, forward: Forward): KubeClient =>
  kubeClient(endpointFromKubeconfig(text), forward)

export const kubeClient = (endpoint: Endpoint, forward: Forward): KubeClient =>
  clientOn(requester(endpoint, forward), endpoint)

function clientOn(requests: Requester, endpoint: Endpoint): KubeClient {
  const sender: Sender = {
    requests,
    send: async call => readObject(call, await requests.call(call)),
    placeOf: restMapper(requests),
  }
  return {
    endpoint,
    pathOf: (object, options) => pathOf(sender, object, options),
    withTimeouts: times => clientOn(patientRequester(requests, times), endpoint),
    close: requests.close,
    exec: (pod, options) => exec(requests, endpoint, pod, options),
    ...readsOf(sender),
    ...writesOf(sender),
    delete: (path, options) => deleteObject(sender, path, options),
    raw: call =>
      requests.call({
        ...call,
        retryForMs: call.retryForMs ?? 0,
        doing: `${call.method} ${call.path}`,
        idempotent: call.method === 'GET',
        allow: ANY,
      }),
  }
}

/** The parts that a client uses for its requests. */
interface Sender {
  readonly requests: Requester
  /** Sends a request whose answer is an object. */
  readonly send: (call: Call) => Promise<ApiObject>
  readonly placeOf: ReturnType<typeof restMapper>
}

const pathOf = async ({placeOf}: Sender, object: ObjectLike, options?: CallOptions): Promise<string> =>
  objectPath(await placeOf(object, options), object.metadata.name, object.metadata.namespace)

const reading = (path: string): Pick<Call, 'method' | 'path' | 'doing' | 'idempotent'> => ({
  method: 'GET',
  path,
  doing: `read ${inWords(path)}`,
  idempotent: true,
})

const readsOf = ({requests, send}: Sender): Pick<KubeClient, 'get' | 'list' | 'getText'> => ({
  get: async (path, options) => {
    const call: Call = {...options, ...reading(path), allow: [404]}
    const answer = await requests.call(call)
    return answer.status === 404 ? undefined : readObject(call, answer)
  },
  list: (path, options) => listAll(send, path, options),
  getText: async (path, options) => (await requests.call({...options, ...reading(path), accept: '*/*'})).text,
})

const writesOf = (sender: Sender): Pick<KubeClient, 'apply' | 'create' | 'patch'> => ({
  apply: async (object, {fieldManager = FIELD_MANAGER, force = true, ...options} = {}) =>
    sender.send({
      ...options,
      method: 'PATCH',
      path: (await pathOf(sender, object, options)) + query({fieldManager, force}),
      doing: `apply ${describe(object)}`,
      body: object,
      contentType: 'application/apply-patch+yaml',
      idempotent: true,
    }),
  create: async (object, options) =>
    sender.send({
      ...options,
      method: 'POST',
      path: collectionPath(await sender.placeOf(object, options), object.metadata.namespace ?? 'default'),
      doing: `create ${describe(object)}`,
      body: object,
      idempotent: false,
    }),
  patch: (path, body, type, options) =>
    sender.send({
      ...options,
      method: 'PATCH',
      path,
      doing: `change ${inWords(path)}`,
      body,
      contentType: PATCH_TYPES[type],
      idempotent: type !== 'json',
    }),
})

async function deleteObject(
  {requests}: Sender,
  path: string,
  {propagation = 'Background', gracePeriodSeconds, ...options}: DeleteOptions = {},
): Promise<boolean> {
  const body = {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    propagationPolicy: propagation,
    ...(gracePeriodSeconds === undefined ? {} : {gracePeriodSeconds}),
  }
  const answer = await requests.call({
    ...options,
    method: 'DELETE',
    path,
    doing: `delete ${inWords(path)}`,
    body,
    idempotent: true,
    allow: [404],
  })
  return answer.status !== 404
}

const ANY: readonly number[] = Array.from({length: 300}, (_, i) => 300 + i)

const describe = (object: ObjectLike): string =>
  `${object.kind} ${object.metadata.namespace === undefined ? '' : `${object.metadata.namespace}/`}${object.metadata.name}`

async function listAll(
  send: (call: Call) => Promise<ApiObject>,
  path: string,
  options?: CallOptions,
): Promise<readonly ApiObject[]> {
  const items: ApiObject[] = []
  const joint = path.includes('?') ? '&' : '?'
  for (let next: string | undefined = ''; next !== undefined;) {
    const more: string = next === '' ? '' : `&continue=${encodeURIComponent(next)}`
    const page = await send({
      ...options,
      method: 'GET',
      path: `${path}${joint}limit=${PAGE}${more}`,
      doing: `list ${inWords(path)}`,
      idempotent: true,
    })
    // Items of a list come without apiVersion and kind.
    items.push(...listAt(page, 'items').filter(isObject))
    const token = textAt(page, 'metadata', 'continue')
    next = token === '' ? undefined : token
  }
  return items
}
