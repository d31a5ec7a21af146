import {parse} from 'yaml'
import type {Discovery} from '../../../domain/kubeadm.ts'
import {KadmError} from '../../../domain/errors.ts'
import type {JoinTo} from '../../../engine/workflows/options.ts'
import {listAt, textAt} from '../../../kube/json.ts'
import {caPins} from '../../../kube/signature.ts'

type ByToken = Extract<JoinTo, {kind: 'token'}>

/** Gives the text of a discovery file: a path on this machine, or an address with https. */
export type ReadDiscovery = (place: string) => Promise<string>

/** How a machine joins, as `discovery` of a JoinConfiguration says. */
export async function joinByDiscovery(
  {bootstrapToken, kubeConfigPath, tlsBootstrapToken}: Discovery,
  read: ReadDiscovery,
): Promise<ByToken> {
  if (bootstrapToken !== undefined) {
    return {
      kind: 'token',
      endpoint: bootstrapToken.apiServerEndpoint,
      token: tlsBootstrapToken ?? bootstrapToken.token,
      discoveryToken: bootstrapToken.token,
      caHashes: bootstrapToken.caCertHashes,
      skipVerification: bootstrapToken.caCertHashes.length === 0 && bootstrapToken.unsafeSkipCaVerification,
    }
  }
  if (kubeConfigPath === undefined) throw withoutDiscovery()
  return fromKubeconfig(kubeConfigPath, await read(kubeConfigPath), tlsBootstrapToken)
}

/** A file that says what a machine is like, and not how it finds the cluster. */
export const withoutDiscovery = (): KadmError =>
  new KadmError('config', 'the file names no discovery, so the cluster is not known', {
    hint: 'write discovery.bootstrapToken or discovery.file into a JoinConfiguration, or name a control plane with --to',
  })

function fromKubeconfig(place: string, text: string, given: string | undefined): ByToken {
  const refuse = (what: string, hint: string): KadmError =>
    new KadmError('config', `the discovery file '${place}' ${what}`, {hint})
  const config = parsed(text)
  const [cluster] = listAt(config, 'clusters')
  const [user] = listAt(config, 'users')
  const server = textAt(cluster, 'cluster', 'server')
  const ca = textAt(cluster, 'cluster', 'certificate-authority-data')
  if (server === undefined || !server.startsWith('https://'))
    throw refuse('is not a kubeconfig with a server', 'write clusters[0].cluster.server: https://HOST:PORT into it')
  if (ca === undefined)
    throw refuse('has no CA of the cluster', 'write clusters[0].cluster.certificate-authority-data into it')
  const token = given ?? textAt(user, 'user', 'token')
  if (token === undefined)
    throw refuse(
      'has no token, and client certificates are not used to join',
      'write discovery.tlsBootstrapToken; create a token on a control plane with: kadm token create',
    )
  const pem = Buffer.from(ca, 'base64').toString()
  return {kind: 'token', endpoint: endpointOf(server), token, caHashes: caPins(pem), skipVerification: false}
}

function endpointOf(server: string): string {
  const url = new URL(server)
  return `${url.hostname}:${url.port === '' ? '443' : url.port}`
}

function parsed(text: string): unknown {
  try {
    return parse(text)
  } catch {
    return undefined
  }
}
