import {KadmError} from '../domain/errors.ts'
import {textsAt, type ApiObject} from './json.ts'
import {clusterOfKubeconfig} from './kubeconfig.ts'
import type {BootstrapToken} from '../domain/bootstrap-token.ts'
import {caPins, isSignedBy} from './signature.ts'

/** How a joining machine knows that it talks to the right cluster. */
export type Trust = {readonly kind: 'pins'; readonly pins: readonly string[]} | {readonly kind: 'token-only'}

/** The content of a verified cluster-info. */
export interface Discovered {
  /** `https://host:port`: the address for all later requests, which may differ from the given one. */
  readonly server: string
  readonly host: string
  readonly port: number
  /** PEM of the cluster's CA, perhaps several. */
  readonly ca: string
  /** The exact text that was signed. */
  readonly kubeconfig: string
}

const SIGNATURE_PREFIX = 'jws-kubeconfig-'

export const signatureOf = (clusterInfo: ApiObject, token: BootstrapToken): string | undefined =>
  textsAt(clusterInfo, 'data')[`${SIGNATURE_PREFIX}${token.id}`]

/** Lower-case `sha256:…`, for each pin; throws `config` for one that kubeadm would refuse too. */
export function parsePins(pins: readonly string[]): readonly string[] {
  return pins.map(pin => {
    if (/^sha256:[0-9a-f]{64}$/i.test(pin)) return pin.toLowerCase()
    throw new KadmError('config', `'${pin}' is not a CA certificate hash`, {
      hint: 'use sha256: and 64 hexadecimal digits, as `kadm token create --print-join-command` prints them',
    })
  })
}

/** Verifies a cluster-info, or returns why not: it must be signed with the token's secret, and its CA must match a pin. */
export function judgeClusterInfo(clusterInfo: ApiObject, token: BootstrapToken, trust: Trust): Discovered {
  const kubeconfig = textsAt(clusterInfo, 'data')['kubeconfig']
  const signature = signatureOf(clusterInfo, token)
  if (kubeconfig === undefined || signature === undefined) throw noSuchToken(clusterInfo, token)
  if (!isSignedBy(kubeconfig, signature, token)) {
    throw new KadmError('config', `the secret of token ${token.id} does not match the signature of the cluster`, {
      hint: 'copy the whole token again; if it is correct, another server answers instead of your cluster: check the address',
    })
  }
  const {ca, server, host, port} = clusterOfKubeconfig(kubeconfig)
  if (trust.kind === 'pins') checkPins(ca, parsePins(trust.pins), server)
  return {server, host, port, ca, kubeconfig}
}

/** Lists the token ids that the cluster knows, so that a mistyped id is easy to see; ids are not secret. */
export function noSuchToken(clusterInfo: ApiObject, token: BootstrapToken): KadmError {
  const known = Object.keys(textsAt(clusterInfo, 'data'))
    .filter(key => key.startsWith(SIGNATURE_PREFIX))
    .map(key => key.slice(SIGNATURE_PREFIX.length))
  const has = known.length === 0 ? 'the cluster has no valid tokens' : `the cluster has ${known.join(', ')}`
  return new KadmError('config', `the token ${token.id} does not exist in the cluster or has expired (${has})`, {
    hint: 'create a new token on a control plane: kadm token create --print-join-command',
  })
}

function checkPins(ca: string, pins: readonly string[], server: string): void {
  const found = caPins(ca)
  if (found.some(pin => pins.includes(pin))) return
  throw new KadmError('config', `the CA of the cluster at ${server} does not match the pinned hash`, {
    hint: 'if this is your cluster, use its hash; otherwise another server answers instead of it: check the address',
    evidence: `pinned: ${pins.join(', ')}\nfound:  ${found.length === 0 ? 'no certificate' : found.join(', ')}`,
  })
}
