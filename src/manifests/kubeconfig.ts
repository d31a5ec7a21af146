import {toYaml} from './yaml.ts'

/** A kubeconfig file as kadm writes it: one cluster, one user, one context. */
export interface Kubeconfig {
  readonly apiVersion: 'v1'
  readonly kind: 'Config'
  readonly clusters: readonly NamedCluster[]
  readonly contexts: readonly NamedContext[]
  readonly 'current-context': string
  readonly users: readonly NamedUser[]
}

interface NamedCluster {
  readonly name: string
  readonly cluster: Readonly<Record<string, string>>
}

interface NamedContext {
  readonly name: string
  readonly context: Readonly<Record<string, string>>
}

interface NamedUser {
  readonly name: string
  readonly user: Readonly<Record<string, string>>
}

/** How the user of a kubeconfig proves who it is. */
type Credentials =
  | {readonly kind: 'certificate'; readonly certPem: string; readonly keyPem: string}
  /** Files on the node that hold certificate and key, as the kubelet rotates them. */
  | {readonly kind: 'certificate-files'; readonly certPath: string; readonly keyPath: string}
  | {readonly kind: 'token'; readonly token: string}

export interface KubeconfigInput {
  readonly clusterName: string
  readonly server: string
  /** Certificate of the CA; only its first block is used. */
  readonly caPem: string
  readonly user: string
  readonly credentials: Credentials
  /** Default `user@cluster`. */
  readonly contextName?: string
}

/** Text of a kubeconfig (admin.conf, kubelet.conf, a user's …). Secret when its credentials are. */
export const kubeconfigYaml = (input: KubeconfigInput): string => toYaml(kubeconfig(input))

export function kubeconfig(input: KubeconfigInput): Kubeconfig {
  const context = input.contextName ?? `${input.user}@${input.clusterName}`
  return {
    apiVersion: 'v1',
    clusters: [
      {
        cluster: {'certificate-authority-data': base64(firstPemBlock(input.caPem)), server: input.server},
        name: input.clusterName,
      },
    ],
    contexts: [{context: {cluster: input.clusterName, user: input.user}, name: context}],
    'current-context': context,
    kind: 'Config',
    users: [{name: input.user, user: userFields(input.credentials)}],
  }
}

export interface BootstrapInput {
  readonly clusterName: string
  readonly server: string
  readonly caPem: string
  /** `id.secret`. */
  readonly token: string
}

/** bootstrap-kubelet.conf: what a joining kubelet asks for its certificate with. Secret. */
export const bootstrapKubeconfigYaml = ({clusterName, server, caPem, token}: BootstrapInput): string =>
  kubeconfigYaml({
    clusterName,
    server,
    caPem,
    user: 'tls-bootstrap-token-user',
    // kubeadm keeps the default cluster's name here, whatever the cluster is called.
    contextName: 'tls-bootstrap-token-user@kubernetes',
    credentials: {kind: 'token', token},
  })

function userFields(credentials: Credentials): Readonly<Record<string, string>> {
  switch (credentials.kind) {
    case 'certificate':
      return {
        'client-certificate-data': base64(credentials.certPem),
        'client-key-data': base64(credentials.keyPem),
      }
    case 'certificate-files':
      return {'client-certificate': credentials.certPath, 'client-key': credentials.keyPath}
    case 'token':
      return {token: credentials.token}
  }
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')

function firstPemBlock(pem: string): string {
  const match = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/.exec(pem)
  return match === null ? pem : `${match[0]}\n`
}
