import type {Clock} from '../domain/clock.ts'
import {KadmError} from '../domain/errors.ts'
import {ApiError} from './api-error.ts'
import {kubeClient, type KubeClient} from './client.ts'
import {judgeClusterInfo, noSuchToken, parsePins, signatureOf, type Discovered, type Trust} from './cluster-info.ts'
import type {Endpoint, Forward} from './connection.ts'
import {trustCode} from './failure.ts'
import {textsAt, type ApiObject} from './json.ts'
import {apiPath} from './kinds.ts'
import {parseAddress} from './kubeconfig.ts'
import {parseToken, type BootstrapToken} from '../domain/bootstrap-token.ts'
import {waitFor} from './wait.ts'

export interface DiscoveryOptions {
  /** `host:port`, as it was typed. */
  readonly endpoint: string
  readonly token: string
  readonly trust: Trust
  readonly forward: Forward
  readonly clock: Clock
  readonly signal?: AbortSignal | undefined
  /** How long the API server may take to answer; default 60 s. */
  readonly deadlineMs?: number | undefined
  /** How long the cluster may take to sign for a new token; default 10 s. */
  readonly signedWithinMs?: number | undefined
}

const DEADLINE_MS = 60_000
const SIGNED_WITHIN_MS = 10_000
const INTERVAL_MS = 500
const PATH = apiPath.configMaps('cluster-info', 'kube-public')

/**
 * Finds the address and CA of a cluster with only a token, as `kubeadm join` does: an anonymous, unverified look; the
 * signature by the token; the pin of the CA; and a second look, verified by that CA, that must give the same bytes.
 */
export async function discoverByToken(options: DiscoveryOptions): Promise<Discovered> {
  const address = parseAddress(options.endpoint)
  if (address === undefined) {
    throw new KadmError('usage', `'${options.endpoint}' is not the address of an API server`, {
      hint: 'use host:port, such as 10.0.0.10:6443',
    })
  }
  const token = parseToken(options.token)
  // The message does not contain the text, because it may contain a secret.
  if (token === undefined) {
    throw new KadmError('usage', 'the token must have the form abcdef.0123456789abcdef', {
      hint: 'copy it from the output of `kadm token create --print-join-command`',
    })
  }
  if (options.trust.kind === 'pins') parsePins(options.trust.pins)
  const first = await look(options, {...address, trust: 'unverified', credentials: {kind: 'anonymous'}}, api =>
    signedClusterInfo(api, token, options),
  )
  const found = judgeClusterInfo(first, token, options.trust)
  if (options.trust.kind === 'token-only') return found
  const second = await look(options, {...address, trust: {ca: found.ca}, credentials: {kind: 'anonymous'}}, readOnce)
  if (textsAt(second, 'data')['kubeconfig'] !== found.kubeconfig) {
    throw new KadmError('config', `cluster-info at ${options.endpoint} changed between two requests`, {
      hint: 'run the same command again; if the error returns, another server answers instead of your cluster',
    })
  }
  return found
}

async function look(
  options: DiscoveryOptions,
  endpoint: Endpoint,
  read: (api: KubeClient) => Promise<ApiObject>,
): Promise<ApiObject> {
  const api = kubeClient(endpoint, options.forward)
  try {
    return await waitFor(
      {
        what: `the API server at ${options.endpoint}`,
        deadlineMs: options.deadlineMs ?? DEADLINE_MS,
        intervalMs: INTERVAL_MS,
        clock: options.clock,
        signal: options.signal,
        hint: 'check that the address is correct, the control plane runs, and no firewall blocks the connection',
      },
      async () => {
        const value = await read(api).catch(explain)
        return value instanceof KadmError ? {seen: value.message} : {value}
      },
    )
  } finally {
    await api.close()
  }
}

/** Refusals and failed verification end the wait with their own message; the wait handles all other errors. */
function explain(error: unknown): KadmError {
  const code = trustCode(error)
  if (code?.startsWith('CERT_HAS') === true || code?.startsWith('CERT_NOT') === true) {
    throw new KadmError(
      'config',
      'the certificate of the API server has expired or is not valid yet, or the clocks differ',
      {
        hint: 'compare `date -u` on both machines; if they agree, run `kadm apply` or `kadm init` again for the control plane, which replaces expired certificates',
        cause: error,
      },
    )
  }
  if (code !== undefined) {
    throw new KadmError('config', 'the CA in cluster-info did not sign the certificate of the API server', {
      hint: 'another server answers instead of your cluster, or its CA was replaced: check the address',
      cause: error,
    })
  }
  if (error instanceof ApiError && error.status >= 500) return error
  if (error instanceof ApiError && (error.status === 401 || error.status === 403)) {
    throw new KadmError('config', 'the cluster does not allow joining machines to read cluster-info', {
      hint: 'anonymous access or the role kubeadm:bootstrap-signer-clusterinfo is missing: run `kadm init` for the control plane again',
      cause: error,
    })
  }
  throw error
}

async function readOnce(api: KubeClient): Promise<ApiObject> {
  const found = await api.get(PATH, {retryForMs: 0})
  if (found !== undefined) return found
  throw new KadmError('config', 'the ConfigMap kube-public/cluster-info does not exist in the cluster', {
    hint: 'the initial control plane is not complete: run `kadm init` for it again, then join',
  })
}

/** The controller manager signs for a new token within a second or two. */
async function signedClusterInfo(
  api: KubeClient,
  token: BootstrapToken,
  options: DiscoveryOptions,
): Promise<ApiObject> {
  const end = options.clock.now() + (options.signedWithinMs ?? SIGNED_WITHIN_MS)
  for (;;) {
    const found = await readOnce(api)
    if (signatureOf(found, token) !== undefined) return found
    if (options.clock.now() >= end || options.signal?.aborted === true) throw noSuchToken(found, token)
    await options.clock.sleep(INTERVAL_MS, options.signal)
  }
}
