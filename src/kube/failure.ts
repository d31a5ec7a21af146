import {KadmError} from '../domain/errors.ts'
import {NotConnected} from './connection.ts'
import {at} from './json.ts'

/** Why a request got no answer, and whether to try it again. */
export interface Failure {
  readonly error: KadmError
  readonly passing: boolean
  /** Nothing was sent, so even a request that must not run twice may be sent again. */
  readonly unsent: boolean
}

const TIMEOUTS = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT'])
/** Errors that only a bug in kadm causes, never the network. */
const BUGS = [TypeError, ReferenceError, RangeError, SyntaxError]
/** Which of the two it is only the reader knows: admin.conf on a control plane holds the CA that the API server's certificate must be of. */
const OTHER_CA =
  "the CA of this kubeconfig did not sign the server's certificate. Run 'kadm kubeconfig' to fetch the current kubeconfig; if this is the kubeconfig of the control plane itself, run 'kadm apply' to replace the certificate"
const TRUST: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED:
    "the server's certificate has expired, or the clock of this machine is ahead: compare `date -u` on both machines; if they agree, run `kadm apply` or `kadm init` again to replace expired certificates",
  CERT_NOT_YET_VALID: "the server's certificate is not valid yet: the clocks differ, so set the time on both machines",
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another name: check that the address belongs to the API server',
  DEPTH_ZERO_SELF_SIGNED_CERT: OTHER_CA,
  SELF_SIGNED_CERT_IN_CHAIN: OTHER_CA,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: OTHER_CA,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: OTHER_CA,
  CERT_SIGNATURE_FAILURE: OTHER_CA,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA:
    "the API server does not know the CA of this client certificate: run 'kadm kubeconfig' to fetch the kubeconfig again",
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE:
    "the API server refuses this client certificate: run 'kadm kubeconfig' to fetch the kubeconfig again; if this is the kubeconfig of the control plane itself, run 'kadm apply' to replace it",
}

/** Judges an error of the transport, of TLS or of undici; undefined when it is none of them, that is a bug. */
export function classifyFailure(cause: unknown, where: string, doing: string): Failure | undefined {
  const unsent = cause instanceof NotConnected
  const inner = unsent ? (cause.cause ?? cause) : cause
  if (BUGS.some(kind => inner instanceof kind)) return undefined
  if (inner instanceof KadmError) {
    if (inner.code === 'host-lost') return {error: inner, passing: true, unsent}
    if (inner.code !== 'connect' && inner.code !== 'timeout') return {error: inner, passing: false, unsent}
    return {error: unreachable(where, doing, inner), passing: true, unsent}
  }
  const code = at(inner, 'code')
  if (typeof code !== 'string')
    return unsent ? {error: unreachable(where, doing, inner), passing: true, unsent} : undefined
  const trust = TRUST[code]
  if (trust !== undefined) {
    const message = `could not ${doing}: the API server at ${where} is not trusted (${code})`
    return {error: new KadmError('connect', message, {hint: trust, cause: inner}), passing: false, unsent}
  }
  if (TIMEOUTS.has(code)) return {error: slow(where, doing, inner), passing: true, unsent}
  return {error: unreachable(where, doing, inner), passing: true, unsent}
}

/** Whether the failure is one of trust, with Node's own code for it. */
export const trustCode = (error: unknown): string | undefined => {
  const code = error instanceof KadmError ? at(error.cause, 'code') : undefined
  return typeof code === 'string' && code in TRUST ? code : undefined
}

export const slow = (where: string, doing: string, cause?: unknown): KadmError =>
  new KadmError('timeout', `could not ${doing}: the API server at ${where} did not answer in time`, {
    hint: "the API server is overloaded, or its etcd does not answer: run 'kadm doctor' to see which",
    cause,
  })

function unreachable(where: string, doing: string, cause: unknown): KadmError {
  const why = cause instanceof Error && cause.message !== '' ? ` (${cause.message})` : ''
  return new KadmError('connect', `could not ${doing}: the API server at ${where} is not reachable${why}`, {
    hint:
      cause instanceof KadmError && cause.hint !== undefined
        ? cause.hint
        : "check that the control plane runs and that no firewall blocks its port: run 'kadm doctor'",
    cause,
  })
}
