import {BOOTSTRAP_KUBELET_CONF, KUBELET_CLIENT_PEM, KUBELET_CONF} from '../../domain/paths.ts'
import {bootstrapKubeconfigYaml} from '../../manifests/kubeconfig.ts'
import {concat, sh} from '../../remote/shell/shell.ts'
import {contentOf} from '../files/file.ts'
import {certificateProblem, decoded, lookAtCertificate, setCertificateAside} from './kubelet-certificate.ts'
import type {Kind, ResourceBase} from '../core/kind.ts'
import {writeFileAtomically, writeContent} from '../files/write-file.ts'

/** The credentials with which the kubelet of a new worker registers; not needed after it has its own certificate. */
export interface BootstrapKubeconfigResource extends ResourceBase {
  readonly kind: 'bootstrap-kubeconfig'
  readonly node: string
  readonly server: string
  readonly clusterName: string
  /** The authority of the cluster on this host. */
  readonly caPath: string
  /** The moment that counts for "expired", ISO 8601. */
  readonly at: string
  readonly made?: string | undefined
}

export interface BootstrapFound {
  readonly joined: boolean
  /** Why the cluster no longer accepts the kubelet's certificate. */
  readonly refused: string | undefined
  readonly sha256: string
}

export const bootstrapKubeconfig = (spec: {
  readonly node: string
  readonly server: string
  readonly clusterName: string
  readonly caPath: string
  readonly at: string
}): BootstrapKubeconfigResource => ({
  kind: 'bootstrap-kubeconfig',
  id: `bootstrap-kubeconfig:${BOOTSTRAP_KUBELET_CONF}`,
  why: 'the kubelet requests its certificate with a token for this join; its key never leaves the worker',
  ...spec,
})

export const bootstrapKubeconfigKind: Kind<BootstrapKubeconfigResource, BootstrapFound> = {
  schema: undefined,
  // A kubelet.conf that was signed elsewhere has its certificate inside, until the kubelet takes it over.
  look: ({
    caPath,
  }) => sh`[ ! -s ${KUBELET_CONF} ] || { [ ! -s ${KUBELET_CLIENT_PEM} ] && ! grep -q 'client-certificate-data: *[A-Za-z0-9]' ${KUBELET_CONF}; } || echo joined
[ ! -f ${BOOTSTRAP_KUBELET_CONF} ] || sha256sum <${BOOTSTRAP_KUBELET_CONF}
${lookAtCertificate(KUBELET_CLIENT_PEM)}
printf 'ca %s\n' "$(base64 -w0 2>/dev/null <${caPath})"`,
  parse: (output, {at}) => ({
    joined: output.startsWith('joined'),
    refused: certificateProblem(decoded(output, 'certificate'), decoded(output, 'ca'), at),
    sha256: /^[0-9a-f]{64}/m.exec(output)?.[0] ?? '',
  }),
  identity: () => ({}),
  // A file that an earlier run left holds a token that may be dead: only the one just made will do.
  diff: ({made}, {joined, refused, sha256}) => {
    if (joined && refused === undefined) return undefined
    if (made !== undefined && contentOf(made).sha256 === sha256) return undefined
    return `${joined ? `the kubelet's certificate ${refused ?? ''}; ` : ''}will be created with a new token`
  },
  resolve: async (resource, _, values) => {
    const [token, caPem] = await Promise.all([values.bootstrapToken(resource.node), values.clusterCa()])
    return {
      ...resource,
      made: bootstrapKubeconfigYaml({clusterName: resource.clusterName, server: resource.server, caPem, token}),
    }
  },
  act: ({made}, {refused}) => {
    if (made === undefined) throw new Error('the bootstrap kubeconfig was never made')
    const written = writeFileAtomically(BOOTSTRAP_KUBELET_CONF, {
      mode: '0600',
      owner: 'root:root',
      sha256: contentOf(made).sha256,
      write: to => writeContent(made, to),
    })
    return refused === undefined ? written : concat([written, setCertificateAside])
  },
  revert: () => sh`:`,
}
