import {createHmac, timingSafeEqual} from 'node:crypto'
import {caPin} from '../certs/inspect.ts'
import {pemBlocks, toPem} from '../certs/pem.ts'
import type {BootstrapToken} from '../domain/bootstrap-token.ts'

const base64url = (text: string): string => Buffer.from(text, 'utf8').toString('base64url')

/**
 * The detached JWS that the bootstrap signer keeps beside cluster-info. The header's bytes are fixed, as signatures are
 * compared as strings (k8s.io/cluster-bootstrap/token/jws).
 */
export function signClusterInfo(kubeconfig: string, token: BootstrapToken): string {
  const header = base64url(`{"alg":"HS256","kid":"${token.id}"}`)
  const mac = createHmac('sha256', token.secret)
    .update(`${header}.${base64url(kubeconfig)}`)
    .digest('base64url')
  return `${header}..${mac}`
}

export function isSignedBy(kubeconfig: string, signature: string, token: BootstrapToken): boolean {
  const wanted = Buffer.from(signClusterInfo(kubeconfig, token))
  const given = Buffer.from(signature)
  return wanted.length === given.length && timingSafeEqual(wanted, given)
}

/** kubeadm's pin of each CA in a bundle: SHA-256 of its SubjectPublicKeyInfo. */
export const caPins = (pem: string): readonly string[] =>
  pemBlocks(pem).flatMap(({label, der}) => (label === 'CERTIFICATE' ? [caPin(toPem(label, der))] : []))
