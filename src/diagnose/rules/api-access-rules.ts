import type {Evidence, LogLine} from '../../domain/evidence.ts'
import type {Rule} from '../diagnosis.ts'
import {find, proofOf, type Hit} from '../log.ts'
import {AGAIN, group} from '../rule.ts'
import {endpoint, runsApi} from './api-place.ts'
import {otherServer} from './kubelet-server-rule.ts'
import {LOAD_BALANCER_CAUSES} from './load-balancer-rules.ts'

/** Causes on this very host of which an API that cannot be reached is a consequence. */
const LOCAL_CAUSES = [
  ...['read-only-disk', 'disk-full', 'out-of-memory', 'inotify-instances', 'swap', 'cgroup-v1', 'kubelet-config'],
  ...['kubelet-flag', 'containerd-down', 'unit-masked', 'containerd-config', 'cri-disabled', 'cgroup-driver'],
  ...['sandbox-image', 'image-pull', 'oom-score', 'seccomp', 'static-pod-manifest', 'static-pod-absent'],
  ...['component-flag', 'port-in-use', 'component-file', 'component-stops', 'manifest-missing'],
  ...['etcd-cluster', 'etcd-space', 'etcd-damaged', 'etcd-member', 'etcd-unreachable', 'etcd-slow-disk'],
  ...['etcd-access', 'etcd-certificate', 'file-changed', 'kubelet-server'],
  ...LOAD_BALANCER_CAUSES,
] as const

const aboutApi = (evidence: Evidence, text: string): boolean => {
  const server = endpoint(evidence)
  return server === undefined ? /:6443\b/.test(text) : text.includes(server)
}

const probed = (evidence: Evidence, pattern: RegExp): readonly Hit[] => {
  const {api, now} = evidence
  if (api === undefined) return []
  const line: LogLine = {text: api.error, count: 1, at: now}
  const match = pattern.exec(api.error)
  return match === null
    ? []
    : [{source: 'asked just now', line, groups: [...match].map(text => (text as string | undefined) ?? '')}]
}

/** A request that was made now tells more than a log: nothing where it was answered, and not another cause than it met. */
function complaints(evidence: Evidence, pattern: RegExp): readonly Hit[] {
  const {api} = evidence
  if (api?.answered === true) return []
  const said = find(evidence, ['kubelet'], pattern).filter(({line}) => aboutApi(evidence, line.text))
  if (api === undefined || api.error === '') return said
  const now = probed(evidence, pattern)
  return now.length === 0 ? [] : [...now, ...said]
}

interface Access {
  readonly name: string
  readonly pattern: RegExp
  readonly cause: (hit: Hit, evidence: Evidence) => string
  readonly fix: (hit: Hit, evidence: Evidence) => string
  readonly follows?: readonly string[]
}

/** A failure to reach the API, as the kubelet names it or as a request of its identity meets it. */
const access = ({name, pattern, cause, fix, follows = []}: Access): Rule => ({
  name,
  follows,
  judge: evidence => {
    const hits = complaints(evidence, pattern)
    // The line that was taken from a log names the address, the program's own message often does not.
    const telling = hits.find(hit => group(hit, 1) !== '') ?? hits[0]
    if (telling === undefined) return undefined
    return {
      cause: cause(telling, evidence),
      certainty: 'certain',
      proof: proofOf(hits),
      fix: fix(telling, evidence),
    }
  },
})

/** Where the API is looked for, for people. */
const place = (hit: Hit, evidence: Evidence): string => group(hit, 1) || endpoint(evidence) || 'its address'

const REFUSED = /dial tcp (\S+): connect: connection refused|The connection to the server (\S+) was refused/

const refused: Rule = {
  name: 'api-refused',
  follows: LOCAL_CAUSES,
  judge: evidence => {
    const hits = complaints(evidence, REFUSED)
    const [newest] = hits
    if (newest === undefined) return undefined
    const target = group(newest, 1) || group(newest, 2)
    const isOwn = runsApi(evidence)
    if (isOwn && evidence.listening.some(({port}) => target.endsWith(`:${String(port)}`))) return undefined
    return {
      cause: `no process listens at ${target}, where the kubelet expects the API`,
      certainty: 'likely',
      proof: [...proofOf(hits), ...(isOwn ? ['no process listens on the port of the API server here'] : [])],
      fix: isOwn
        ? 'see why kube-apiserver does not run: find its newest log with `sudo ls -l /var/log/pods/`; fix that, then run kadm again'
        : 'check the control plane with `kadm doctor`; if the API has a new address, correct controlPlaneEndpoint in your file',
    }
  },
}

/** A connection that is taken and not answered is not a matter of the network. */
const isTaken = ({api}: Evidence): boolean => api?.port === 'open'

const SLOW =
  /TLS handshake timeout|Client\.Timeout exceeded|context deadline exceeded|awaiting headers|(?:\(|^)Timeout\)?/

const slow: Rule = {
  name: 'api-slow',
  follows: [...LOCAL_CAUSES, 'api-unhealthy'],
  judge: evidence => {
    const hits = complaints(evidence, SLOW)
    if (hits.length === 0 || (evidence.api !== undefined && !isTaken(evidence))) return undefined
    return {
      cause: `the API server at ${endpoint(evidence) ?? 'its address'} accepts connections but does not answer: it is overloaded, or its etcd does not answer`,
      certainty: 'likely',
      proof: proofOf(hits),
      fix: 'run `kadm doctor` for the control plane, and check etcd first',
    }
  },
}

const UNREACHABLE =
  /dial tcp (\S+): (?:connect: (?:no route to host|network is unreachable|connection timed out)|i\/o timeout)/

const unreachable: Rule = {
  name: 'api-unreachable',
  follows: ['kubelet-server'],
  judge: evidence => {
    const silent = evidence.api?.port === 'silent'
    const hits = [...complaints(evidence, UNREACHABLE), ...(silent ? complaints(evidence, SLOW) : [])]
    const [newest] = hits
    if (newest === undefined || isTaken(evidence)) return undefined
    return {
      cause: `this host cannot reach the API at ${place(newest, evidence)}: packets are not answered`,
      certainty: 'certain',
      proof: proofOf(hits),
      fix: 'check that the control plane is up, and check the route and firewalls between it and this host (TCP 6443; see `ip route`); this host must be able to reach the address (not a NAT address such as 10.0.2.15)',
    }
  },
}

const name = access({
  name: 'api-name',
  follows: ['kubelet-server', ...LOAD_BALANCER_CAUSES],
  pattern: /dial tcp: lookup (\S+?)(?: on \S+)?: (?:no such host|server misbehaving|i\/o timeout|.*)/,
  cause: hit => `this host cannot resolve the name of the API, ${group(hit, 1)}`,
  fix: hit =>
    `add the name to DNS or to /etc/hosts on every node (test it with \`getent hosts ${group(hit, 1)}\`), or use an IP address as controlPlaneEndpoint`,
})

const authority = access({
  name: 'api-authority',
  follows: ['certificate-authority', 'kubelet-server'],
  pattern: /x509: certificate signed by unknown authority/,
  cause: () =>
    'the API at this address belongs to another cluster, or its certificate was not signed by the CA that the kubelet knows',
  fix: () =>
    'run `kadm doctor` for the control plane to check its certificate; if this node belonged to another cluster, run `kadm reset` for it, then join it again',
})

const address = access({
  name: 'api-address',
  follows: ['certificate-authority', 'kubelet-server'],
  pattern:
    /x509: (?:certificate is valid for .*, not (\S+?)"*(?:\s|$)|cannot validate certificate for (\S+)|certificate is valid for \d+ IP SANs, but none matched (\S+?)"*(?:\s|$))/,
  cause: hit => {
    const target = hit.groups.slice(1).find(text => text !== '') ?? ''
    return `the API server's certificate does not contain the address that this host uses${target === '' ? '' : `: ${target}`}`
  },
  fix: () =>
    'add the address to certSANs in your file (or use --apiserver-cert-extra-sans), then run kadm again: it creates a new certificate',
})

const token: Rule = {
  name: 'bootstrap-token',
  follows: ['certificate-expired', 'certificate-authority'],
  judge: evidence => {
    const pattern = /Unauthorized|invalid bearer token|the server has asked for the client to provide credentials/
    if (evidence.api?.answered === true) return undefined
    const hits = [...probed(evidence, pattern), ...find(evidence, ['kubelet'], pattern)]
    if (hits.length === 0) return undefined
    const {hasBootstrapKubeconfig, hasClientCertificate} = evidence.join
    const joins = hasBootstrapKubeconfig && !hasClientCertificate
    return {
      cause: joins
        ? 'the join token of this node has expired or does not exist in the cluster'
        : "the API does not accept the kubelet's certificate: the cluster was created again, or the certificate belongs to another cluster",
      certainty: joins ? 'certain' : 'likely',
      proof: proofOf(hits),
      fix: joins
        ? `${AGAIN}: it creates a token for this join`
        : 'reset this node and join it again: `kadm reset` for it, then `kadm join` or `kadm apply`',
    }
  },
}

/** Why a kubelet that runs does not get through to the API. */
export const API_ACCESS_RULES: readonly Rule[] = [
  otherServer,
  token,
  authority,
  address,
  name,
  unreachable,
  slow,
  refused,
]
