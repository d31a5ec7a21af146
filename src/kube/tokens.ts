import {hostPort} from '../domain/endpoint.ts'
import {KadmError} from '../domain/errors.ts'
import {TOKEN_GROUP} from '../manifests/rbac.ts'
import type {KubeClient} from './client.ts'
import {textAt, textsAt, type ApiObject} from './json.ts'
import {apiPath, query, type ObjectLike} from './kinds.ts'
import type {CallOptions} from './requester.ts'
import {parseToken, tokenText, type BootstrapToken} from '../domain/bootstrap-token.ts'
import {caPins} from './signature.ts'

/** Source of random bytes, passed in. */
export type RandomBytes = (count: number) => Uint8Array

export interface TokenSpec {
  /** Undefined for a token that does not expire. */
  readonly ttlMs: number | undefined
  readonly description: string | undefined
  readonly usages: readonly TokenUsage[]
  readonly groups: readonly string[]
}

type TokenUsage = 'signing' | 'authentication'

export interface TokenInfo extends TokenSpecRead {
  readonly token: BootstrapToken
}

interface TokenSpecRead {
  /** Milliseconds since the epoch; undefined for never. */
  readonly expiresAt: number | undefined
  readonly description: string | undefined
  readonly usages: readonly TokenUsage[]
  readonly groups: readonly string[]
}

const DAY_MS = 24 * 3_600_000
const TYPE = 'bootstrap.kubernetes.io/token'
const NAME_PREFIX = 'bootstrap-token-'
const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz'
const USAGES: readonly TokenUsage[] = ['signing', 'authentication']

/** kubeadm's default: one day, for a worker to join with. */
export const DEFAULT_TOKEN: TokenSpec = {
  ttlMs: DAY_MS,
  description: undefined,
  usages: USAGES,
  groups: [TOKEN_GROUP],
}

/** Every character equally likely: bytes above the last whole multiple of 36 are thrown away. */
export function generateToken(random: RandomBytes): BootstrapToken {
  const limit = 256 - (256 % ALPHABET.length)
  let text = ''
  while (text.length < 22) {
    text += [...random(32)].map(byte => (byte < limit ? (ALPHABET[byte % ALPHABET.length] ?? '') : '')).join('')
  }
  return {id: text.slice(0, 6), secret: text.slice(6, 22)}
}

/** The Secret that makes a token valid (k8s.io/cluster-bootstrap/token/api). */
export function tokenSecret(token: BootstrapToken, spec: TokenSpec, now: number): ObjectLike & ApiObject {
  const expiration = spec.ttlMs === undefined ? undefined : `${new Date(now + spec.ttlMs).toISOString().slice(0, 19)}Z`
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {name: `${NAME_PREFIX}${token.id}`, namespace: 'kube-system'},
    type: TYPE,
    stringData: {
      'token-id': token.id,
      'token-secret': token.secret,
      ...(expiration === undefined ? {} : {expiration}),
      ...(spec.description === undefined ? {} : {description: spec.description}),
      ...Object.fromEntries(spec.usages.map(usage => [`usage-bootstrap-${usage}`, 'true'])),
      ...(spec.groups.length === 0 ? {} : {'auth-extra-groups': spec.groups.join(',')}),
    },
  }
}

export interface CreatedToken {
  readonly token: BootstrapToken
  readonly join: JoinLine
}

/** Creates a token and returns everything that a machine needs to join with it. */
export async function tokenCreate(
  api: KubeClient,
  token: BootstrapToken,
  spec: TokenSpec,
  options: CallOptions & {readonly now: number},
): Promise<CreatedToken> {
  const {now, ...call} = options
  await api.create(tokenSecret(token, spec, now), call)
  return {token, join: joinLine(api, token)}
}

/** The pieces of a join command. */
export interface JoinLine {
  /** `host:port` of the API. */
  readonly endpoint: string
  readonly token: string
  readonly caHashes: readonly string[]
}

function joinLine(api: KubeClient, token: BootstrapToken): JoinLine {
  const {host, port, trust} = api.endpoint
  if (trust === 'unverified') throw new Error('an unverified connection vouches for no CA')
  return {endpoint: hostPort(host, port), token: tokenText(token), caHashes: caPins(trust.ca)}
}

export interface JoinCommand extends JoinLine {
  /** Set: the machine becomes a control plane. */
  readonly certificateKey?: string | undefined
}

/** The line that `kubeadm token create --print-join-command` prints; kubeadm and kadm both take it. */
export const joinCommand = (
  {endpoint, token, caHashes, certificateKey}: JoinCommand,
  program: 'kubeadm' | 'kadm' = 'kubeadm',
): string =>
  [
    `${program} join ${endpoint} --token ${token}`,
    ...caHashes.map(hash => `--discovery-token-ca-cert-hash ${hash}`),
    ...(certificateKey === undefined ? [] : [`--control-plane --certificate-key ${certificateKey}`]),
  ].join(' ')

/** Every bootstrap token, expired ones too: they stay until the token cleaner takes them. */
export async function tokenList(api: KubeClient, options?: CallOptions): Promise<readonly TokenInfo[]> {
  const path = apiPath.secrets(undefined, 'kube-system') + query({fieldSelector: `type=${TYPE}`})
  return (await api.list(path, options)).flatMap(secret => tokenInfo(secret) ?? [])
}

/** False when the token did not exist. */
export function tokenDelete(api: KubeClient, idOrToken: string, options?: CallOptions): Promise<boolean> {
  const id = parseToken(idOrToken)?.id ?? (/^[a-z0-9]{6}$/.test(idOrToken) ? idOrToken : undefined)
  if (id === undefined) {
    throw new KadmError('usage', 'not a token or a token id', {
      hint: 'use the six characters before the dot',
    })
  }
  return api.delete(apiPath.secrets(`${NAME_PREFIX}${id}`, 'kube-system'), options)
}

function tokenInfo(secret: ApiObject): TokenInfo | undefined {
  const data = Object.fromEntries(
    Object.entries(textsAt(secret, 'data')).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  )
  const token = parseToken(`${data['token-id'] ?? ''}.${data['token-secret'] ?? ''}`)
  if (token === undefined || textAt(secret, 'metadata', 'name') !== `${NAME_PREFIX}${token.id}`) return undefined
  const expires = Date.parse(data['expiration'] ?? '')
  return {
    token,
    expiresAt: Number.isNaN(expires) ? undefined : expires,
    description: data['description'],
    usages: USAGES.filter(usage => data[`usage-bootstrap-${usage}`] === 'true'),
    groups: data['auth-extra-groups']?.split(',') ?? [],
  }
}
