import type {Evidence} from '../../domain/evidence.ts'
import type {Rule} from '../diagnosis.ts'
import {find, proofOf} from '../log.ts'
import {group, logRule} from '../rule.ts'

/** Causes on this very host of which an API that cannot be reached is a consequence. */
const LOCAL_CAUSES = [
  ...['read-only-disk', 'disk-full', 'out-of-memory', 'inotify-instances', 'swap', 'cgroup-v1', 'kubelet-config'],
  ...['kubelet-flag', 'containerd-down', 'cri-disabled', 'cgroup-driver', 'sandbox-image', 'image-pull', 'oom-score'],
  ...[
    'seccomp',
    'static-pod-manifest',
    'component-flag',
    'port-in-use',
    'component-file',
    'etcd-cluster',
    'etcd-space',
  ],
  ...['etcd-damaged', 'etcd-member', 'etcd-unreachable', 'etcd-slow-disk', 'component-stops'],
] as const

const sources = ['kubelet'] as const

/** What is meant by the API in the kubelet's log: its own server, not a registry. */
const endpoint = ({join}: Evidence): string | undefined =>
  /^https?:\/\/(\[[^\]]+\]|[^/:]+)(?::(\d+))?/.exec(join.apiServer ?? '')?.[0]

const aboutApi = (evidence: Evidence, text: string): boolean => {
  const server = endpoint(evidence)
  return server === undefined ? /:6443\b/.test(text) : text.includes(server.replace(/^https?:\/\//, ''))
}

/** A failure to reach the API that the kubelet itself names. */
const access = (options: {
  readonly name: string
  readonly pattern: RegExp
  readonly cause: (target: string, evidence: Evidence) => string
  readonly fix: string
  readonly follows?: readonly string[]
}): Rule => ({
  name: options.name,
  follows: options.follows ?? [],
  judge: evidence => {
    const hits = find(evidence, sources, options.pattern).filter(({line}) => aboutApi(evidence, line.text))
    const [newest] = hits
    if (newest === undefined) return undefined
    return {
      cause: options.cause(group(newest, 1), evidence),
      certainty: 'certain',
      proof: proofOf(hits),
      fix: options.fix,
    }
  },
})

/** Its clients try again at least this often: an older line is of a time before the API answered. */
const REFUSED_SECONDS = 45

const refused: Rule = {
  name: 'api-refused',
  follows: LOCAL_CAUSES,
  judge: evidence => {
    const hits = find(evidence, sources, /dial tcp (\S+): connect: connection refused/).filter(
      ({line}) => aboutApi(evidence, line.text) && line.at >= evidence.now - REFUSED_SECONDS,
    )
    const [newest] = hits
    if (newest === undefined) return undefined
    const isOwn = evidence.manifests.some(({name}) => name === 'kube-apiserver')
    if (isOwn && evidence.listening.some(({port}) => group(newest, 1).endsWith(`:${String(port)}`))) return undefined
    return {
      cause: `nothing listens at ${group(newest, 1)}, where the kubelet looks for the API`,
      certainty: 'likely',
      proof: [...proofOf(hits), ...(isOwn ? ['no process listens on the port of the API server here'] : [])],
      fix: isOwn
        ? 'see why kube-apiserver does not run: sudo ls /var/log/containers/kube-apiserver-*, and run kadm again'
        : 'look at the control plane: kadm doctor CONTROL-PLANE; a wrong address is corrected with controlPlaneEndpoint',
    }
  },
}

const unreachable = access({
  name: 'api-unreachable',
  pattern:
    /dial tcp (\S+): (?:connect: (?:no route to host|network is unreachable|connection timed out)|i\/o timeout)|net\/http: TLS handshake timeout|Client\.Timeout exceeded/,
  cause: target => `this host cannot reach the API${target === '' ? '' : ` at ${target}`}: packets get no answer`,
  fix: 'check route and firewall between this host and the control plane (TCP 6443), and that the address is one this host can reach (not a NAT address such as 10.0.2.15)',
})

const name = access({
  name: 'api-name',
  pattern: /dial tcp: lookup (\S+?)(?: on \S+)?: (?:no such host|server misbehaving|i\/o timeout|.*)/,
  cause: target => `the name of the API, ${target}, cannot be resolved on this host`,
  fix: 'add the name to DNS or to /etc/hosts of every node, or use an address as controlPlaneEndpoint',
})

const authority = access({
  name: 'api-authority',
  pattern: /x509: certificate signed by unknown authority/,
  cause: () =>
    'the API at this address belongs to another cluster (or its CA was made anew): the kubelet does not know its CA',
  fix: 'if this node shall leave its old cluster: kadm reset on it, then join again; else correct the address of the API',
})

const address = access({
  name: 'api-address',
  pattern:
    /x509: (?:certificate is valid for .*, not (\S+?)"*(?:\s|$)|cannot validate certificate for (\S+)|certificate is valid for \d+ IP SANs, but none matched (\S+?)"*(?:\s|$))/,
  cause: target =>
    `the API server's certificate does not name the address it is reached by${target === '' ? '' : `: ${target}`}`,
  fix: 'add it with --apiserver-cert-extra-sans (certSANs) and run kadm again: the certificate is made anew',
})

const expired: Rule = {
  name: 'certificate-expired',
  judge: evidence => {
    const hits = find(
      evidence,
      ['kubelet', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'],
      /certificate has expired or is not yet valid: current time \S+ is after \S+|bootstrap client certificate in (\S+) is expired/,
    )
    const old = evidence.certificates.filter(({notAfter}) => notAfter < evidence.now)
    if (hits.length === 0 && old.length === 0) return undefined
    return {
      cause: old[0] === undefined ? 'a certificate has expired' : `the certificate of ${old[0].commonName} has expired`,
      certainty: 'certain',
      proof: [
        ...old
          .slice(0, 2)
          .map(({path, notAfter}) => `${path} was valid until ${new Date(notAfter * 1000).toISOString()}`),
        ...proofOf(hits, 1),
      ],
      fix: 'first check the clock; then renew: kadm apply makes expired certificates anew, or kubeadm certs renew all on the control plane',
    }
  },
}

const token: Rule = {
  name: 'bootstrap-token',
  judge: evidence => {
    const hits = find(
      evidence,
      sources,
      /Unauthorized|invalid bearer token|the server has asked for the client to provide credentials/,
    )
    if (hits.length === 0) return undefined
    const {hasBootstrapKubeconfig, hasClientCertificate} = evidence.join
    const joins = hasBootstrapKubeconfig && !hasClientCertificate
    return {
      cause: joins
        ? 'the token this node joins with has expired, or the cluster does not know it'
        : "the API does not accept the kubelet's certificate: the cluster was made anew, or the node was removed from it",
      certainty: joins ? 'certain' : 'likely',
      proof: proofOf(hits),
      fix: joins
        ? 'run kadm join again (it makes a token for this join), or make one with: kadm token create --print-join-command'
        : 'kadm reset on this node, then join it again',
    }
  },
}

const bootstrapGone = logRule({
  name: 'kubeconfig-missing',
  follows: ['certificate-expired'],
  sources,
  pattern: /unable to load bootstrap kubeconfig: stat (\S+): no such file or directory/,
  cause: () => 'the kubelet has neither a working kubeconfig nor one to join with',
  also: (_, {join}) => [
    `kubelet.conf ${join.hasKubeconfig ? 'is there' : 'is missing'}; client certificate ${join.hasClientCertificate ? 'there' : 'missing'}`,
  ],
  fix: () => 'run kadm join (worker) or kadm init (control plane) again for this host: they write it',
})

const nodeName = logRule({
  name: 'node-name',
  sources,
  pattern:
    /node "([^"]+)" is not allowed to modify node "([^"]+)"|nodes "([^"]+)" is forbidden: User "system:node:([^"]+)" cannot|can only access node lease with the same name as the requesting node/,
  cause: hit => {
    const [was, is] = group(hit, 1) === '' ? [group(hit, 4), group(hit, 3)] : [group(hit, 1), group(hit, 2)]
    return was === '' || is === ''
      ? "the node's name changed since it got its certificate"
      : `the kubelet calls itself ${is}, but its certificate is for ${was}`
  },
  also: (_, {hostname}) => [`hostname: ${hostname}`],
  fix: () => 'give the host its old name back, or kadm reset it and join it again under the new one',
})

/** Why a kubelet that runs does not get through to the API. */
export const API_ACCESS_RULES: readonly Rule[] = [
  expired,
  token,
  nodeName,
  authority,
  address,
  name,
  unreachable,
  refused,
  bootstrapGone,
]
