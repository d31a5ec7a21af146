import {parse} from 'yaml'
import {KadmError} from '../domain/errors.ts'
import type {Credentials, Endpoint} from './connection.ts'
import {isObject, listAt, textAt} from './json.ts'

/** The cluster entry of a kubeconfig: where the API is and the CA (PEM, perhaps several) that vouches for it. */
export interface ClusterEntry {
  readonly server: string
  readonly host: string
  readonly port: number
  readonly ca: string
}

const unusable = (why: string, hint = "run 'kadm kubeconfig' to fetch it again from a control plane"): KadmError =>
  new KadmError('config', `cannot use the kubeconfig: ${why}`, {hint})

/** Where and as whom to connect, for a kubeconfig with everything inline, such as admin.conf. */
export function endpointFromKubeconfig(text: string): Endpoint {
  const config = parseConfig(text)
  const current = textAt(config, 'current-context') ?? ''
  const context = named(config, 'contexts', current, 'context')
  if (context === undefined) throw unusable(`it does not contain its current context '${current}'`)
  const cluster = named(config, 'clusters', textAt(context, 'cluster') ?? '', 'cluster')
  if (cluster === undefined) throw unusable(`it does not contain the cluster of its current context`)
  const entry = clusterEntry(cluster)
  return {
    host: entry.host,
    port: entry.port,
    trust: {ca: entry.ca},
    credentials: credentialsOf(named(config, 'users', textAt(context, 'user') ?? '', 'user')),
  }
}

/** The only cluster of a kubeconfig without users, as cluster-info has it, or else that of its current context. */
export function clusterOfKubeconfig(text: string): ClusterEntry {
  const config = parseConfig(text)
  const context = named(config, 'contexts', textAt(config, 'current-context') ?? '', 'context')
  const name = textAt(context, 'cluster') ?? textAt(listAt(config, 'clusters')[0], 'name') ?? ''
  const cluster = named(config, 'clusters', name, 'cluster')
  if (cluster === undefined) throw unusable('it does not contain a cluster')
  return clusterEntry(cluster)
}

/** `host:port`, `[v6]:port` or an https URL, taken apart. */
export function parseAddress(address: string): {readonly host: string; readonly port: number} | undefined {
  const match = /^(?:https:\/\/)?(?:\[([0-9a-fA-F:.]+)\]|([^\s:/[\]]+))(?::(\d{1,5}))?\/?$/.exec(address)
  const host = match?.[1] ?? match?.[2]
  if (match === null || host === undefined) return undefined
  const port = Number(match[3] ?? (address.startsWith('https://') ? 443 : Number.NaN))
  return port >= 1 && port <= 65535 ? {host, port} : undefined
}

function parseConfig(text: string): unknown {
  try {
    const value: unknown = parse(text)
    if (isObject(value) && value['kind'] === 'Config') return value
  } catch (cause) {
    throw new KadmError('config', 'cannot use the kubeconfig: it is not valid YAML', {
      hint: "run 'kadm kubeconfig' to fetch it again from a control plane",
      cause,
    })
  }
  throw unusable('its kind is not Config')
}

function clusterEntry(cluster: unknown): ClusterEntry {
  const server = textAt(cluster, 'server') ?? ''
  const address = server.startsWith('https://') ? parseAddress(server) : undefined
  if (address === undefined) throw unusable(`'${server}' is not an https:// address of an API server`)
  const ca = textAt(cluster, 'certificate-authority-data')
  if (ca === undefined || ca === '') throw unusable('it does not contain certificate-authority-data')
  return {server, ...address, ca: decode(ca)}
}

function credentialsOf(user: unknown): Credentials {
  const token = textAt(user, 'token')
  if (token !== undefined) return {kind: 'token', token}
  const cert = textAt(user, 'client-certificate-data')
  const key = textAt(user, 'client-key-data')
  if (cert === undefined || key === undefined) {
    throw unusable(
      'its user does not have a token, or an inline certificate and key',
      'use the admin.conf of a control plane',
    )
  }
  return {kind: 'certificate', cert: decode(cert), key: decode(key)}
}

const named = (config: unknown, list: string, name: string, field: string): unknown => {
  const entry = listAt(config, list).find(one => isObject(one) && one['name'] === name)
  return isObject(entry) ? entry[field] : undefined
}

const decode = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8')
