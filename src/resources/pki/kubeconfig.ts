import {z} from 'zod'
import {inspect} from '../../certs/inspect.ts'
import {isIssuedBy, issueLeaf} from '../../certs/issue.ts'
import {parsePrivateKey, privateKeyPem} from '../../certs/keys.ts'
import type {WantedCertificate} from '../../domain/certificates.ts'
import type {KeyAlgorithm} from '../../domain/cluster.ts'
import {KadmError} from '../../domain/errors.ts'
import {cannotIssueAgain} from '../../domain/external-ca.ts'
import {clusterOfKubeconfig} from '../../kube/kubeconfig.ts'
import {kubeconfigYaml} from '../../manifests/kubeconfig.ts'
import {KUBELET_CONF} from '../../domain/paths.ts'
import {concat, Script, sh} from '../../remote/shell/shell.ts'
import {contentOf} from '../files/file.ts'
import {
  certificateProblem,
  decoded,
  KUBELET_CREDENTIALS,
  lookAtCertificate,
  writeKubeletCertificate,
} from './kubelet-certificate.ts'
import type {Kind, ResourceBase} from '../core/kind.ts'
import {backUpFile, writeFileAtomically, restoreFile, writeContent} from '../files/write-file.ts'
import {base, maybe} from '../core/schema.ts'
import {algorithm, wanted} from './schema.ts'

/**
 * A kubeconfig with its own client certificate, signed by the cluster's authority. A valid one is kept. The certificate of the kubelet
 * goes to the folder in which the kubelet renews it.
 */
export interface KubeconfigResource extends ResourceBase {
  readonly kind: 'kubeconfig'
  readonly path: string
  readonly user: string
  readonly server: string
  /** Goes into a new file instead of `server`, and is right in an old one; a later step changes it. */
  readonly firstServer?: string | undefined
  readonly clusterName: string
  readonly wanted: WantedCertificate
  readonly algorithm: KeyAlgorithm
  readonly caPath: string
  /** The key of the authority is not on the machines: kadm does not issue the certificate. */
  readonly isKeyElsewhere?: boolean | undefined
  readonly at: string
  readonly made?: string | undefined
  readonly madeCertificate?: string | undefined
}

export interface KubeconfigState {
  /** The file without its keys. */
  readonly text: string | undefined
  readonly caPem: string | undefined
  /** The certificate that the file points at, where it holds none itself; '' where the kubelet's folder has lost it. */
  readonly referred?: string | undefined
}

export const kubeconfig = (
  wanted: Omit<KubeconfigResource, 'kind' | 'id' | 'made' | 'madeCertificate'>,
): KubeconfigResource => ({
  kind: 'kubeconfig',
  id: `kubeconfig:${wanted.path}`,
  ...wanted,
})

/** What is wrong with the file; undefined when it is valid. */
function problem(resource: KubeconfigResource, state: KubeconfigState): string | undefined {
  try {
    return problemIn(resource, state)
  } catch (error) {
    if (error instanceof KadmError) return 'cannot be read'
    throw error
  }
}

function problemIn(resource: KubeconfigResource, {text, caPem, referred}: KubeconfigState): string | undefined {
  if (text === undefined) return 'will be created'
  const entry = clusterOfKubeconfig(text)
  if (caPem !== undefined && inspect(entry.ca).publicKeyHash !== inspect(caPem).publicKeyHash)
    return 'contains another CA'
  if (entry.server !== resource.server && entry.server !== resource.firstServer)
    return `contains the server ${entry.server} instead of ${resource.server}`
  const certificate = clientCertificate(text)
  // The kubelet's own file points at a certificate that the kubelet renews, as long as it is valid.
  if (certificate === undefined && /client-certificate: /.test(text)) {
    const problem = referred === '' ? 'is missing' : certificateProblem(referred, caPem, resource.at)
    return problem === undefined ? undefined : `its certificate ${problem}`
  }
  if (certificate === undefined) return 'does not contain a certificate'
  const info = inspect(certificate)
  if (!isIssuedBy(certificate, caPem ?? entry.ca)) return 'another CA signed its certificate'
  if (info.notAfter <= new Date(resource.at)) return `its certificate expired on ${info.notAfter.toISOString()}`
  return info.commonName === resource.wanted.commonName ? undefined : `is for ${info.commonName}`
}

const clientCertificate = (text: string): string | undefined => {
  const found = /client-certificate-data: *"?([A-Za-z0-9+/=]+)/.exec(text)?.[1]
  return found === undefined ? undefined : Buffer.from(found, 'base64').toString()
}

export const kubeconfigKind: Kind<KubeconfigResource, KubeconfigState> = {
  schema: {
    resource: z.object({
      ...base,
      kind: z.literal('kubeconfig'),
      path: z.string(),
      user: z.string(),
      server: z.string(),
      firstServer: maybe(z.string()),
      clusterName: z.string(),
      wanted,
      algorithm,
      caPath: z.string(),
      isKeyElsewhere: maybe(z.boolean()),
      at: z.string(),
    }),
    state: z.object({text: maybe(z.string()), caPem: maybe(z.string())}),
  },
  look: ({
    path,
    caPath,
  }) => sh`printf 'file %s\n' "$(grep -v -e client-key-data: -e 'token:' ${path} 2>/dev/null | base64 -w0)"
printf 'ca %s\n' "$(base64 -w0 2>/dev/null <${caPath})"
kadm_file=$(sed -n 's/^ *client-certificate: *"\{0,1\}\([^"]*\)"\{0,1\} *$/\1/p' ${path} 2>/dev/null | head -n 1)
[ -z "$kadm_file" ] || [ -e "$kadm_file" ] || [ ! -d "$(dirname -- "$kadm_file")" ] || echo certificate-lost
${lookAtCertificate(new Script('"$kadm_file"'))}`,
  parse: output => ({
    text: decoded(output, 'file'),
    caPem: decoded(output, 'ca'),
    referred: /^certificate-lost$/m.test(output) ? '' : decoded(output, 'certificate'),
  }),
  identity: ({text}) => ({text}),
  diff: (resource, state) =>
    state.text !== undefined && state.caPem === undefined && resource.isKeyElsewhere !== true
      ? 'its CA will be created'
      : problem(resource, state),
  // Whatever became of the authority since.
  drift: (resource, {text}) => problem(resource, {text, caPem: undefined}),
  resolve: async (resource, state, values) => {
    if (resource.isKeyElsewhere === true) throw cannotIssueAgain(resource.path, problem(resource, state))
    const [key, authority] = await Promise.all([values.makeKey(resource.algorithm), values.authority('ca')])
    const issuing = {wanted: resource.wanted, key, now: values.now, random: values.random}
    const cert = issueLeaf(
      issuing,
      {certPem: authority.certPem, key: parsePrivateKey(authority.keyPem)},
      {notBefore: 'ca'},
    )
    const keyPem = privateKeyPem(key)
    const isKubelets = resource.path === KUBELET_CONF
    const made = kubeconfigYaml({
      clusterName: resource.clusterName,
      server: resource.firstServer ?? resource.server,
      caPem: authority.certPem,
      user: resource.user,
      credentials: isKubelets ? KUBELET_CREDENTIALS : {kind: 'certificate', certPem: cert, keyPem},
    })
    return {...resource, made, ...(isKubelets ? {madeCertificate: `${cert}${keyPem}`} : {})}
  },
  act: ({path, made, madeCertificate, at}) => {
    if (made === undefined) throw new Error(`${path} was never made`)
    return concat([
      ...(madeCertificate === undefined ? [] : [writeKubeletCertificate(madeCertificate, at)]),
      writeFileAtomically(path, {
        mode: '0600',
        owner: 'root:root',
        sha256: contentOf(made).sha256,
        write: to => writeContent(made, to),
      }),
    ])
  },
  backup: ({path}, {text}) => (text === undefined ? sh`:` : backUpFile(path)),
  revert: ({path}, original) => (original.text === undefined ? sh`rm -f -- ${path}` : restoreFile(path)),
  redact: resource => ({...resource, made: undefined, madeCertificate: undefined}),
}
