import type {Evidence} from '../../domain/evidence.ts'
import type {Rule} from '../diagnosis.ts'
import {crashing, find, proofOf, type Hit} from '../log.ts'
import {AGAIN} from '../rule.ts'

const KUBELET_PEM = '/var/lib/kubelet/pki/kubelet-client-current.pem'
const BOOTSTRAP = '/etc/kubernetes/bootstrap-kubelet.conf'
const CONTROLLERS: Readonly<Record<string, string>> = {
  '/etc/kubernetes/controller-manager.conf': 'kube-controller-manager',
  '/etc/kubernetes/scheduler.conf': 'kube-scheduler',
}

/** The kernel keeps 15 letters of a program's name. */
const processName = (program: string): string => program.slice(0, 15)

/** What makes a certificate new depends on who asked for it: nobody but the kubelet asks for its own. */
function renewal(path: string): string {
  if (path === KUBELET_PEM)
    return `move it away so that the node requests a new one: \`sudo mv ${KUBELET_PEM} /root/\`, then ${AGAIN}`
  if (path === BOOTSTRAP) return `${AGAIN}: it creates a new join token`
  const program = CONTROLLERS[path]
  if (program !== undefined)
    return `${AGAIN}: it writes ${path}; if ${program} still uses the old one: \`sudo pkill -x ${processName(program)}\` (the kubelet starts it again)`
  if (/\/(?:ca|front-proxy-ca)\.crt$/.test(path))
    return 'kadm does not renew CAs: restore a backup of /etc/kubernetes/pki, or create the cluster again'
  return `${AGAIN}: it creates a new certificate`
}

const EXPIRED =
  /certificate has expired or is not yet valid: current time \S+ is after \S+|bootstrap client certificate in (\S+) is expired/

/** A server says this of a client that may run on any machine (k8s.io/apiserver authentication.go, net/http). */
const OF_A_CLIENT = /Unable to authenticate the request|TLS handshake error from|rejected connection/

/** A component that runs well now has got over what it said; so has a kubelet that the API answers. */
const stillSaid = (evidence: Evidence): readonly Hit[] => {
  const said = find(evidence, ['kubelet'], EXPIRED).filter(() => evidence.api?.answered !== true)
  const components = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd']
  return [...said, ...find(evidence, components, EXPIRED).filter(({line}) => !OF_A_CLIENT.test(line.text))]
}

const expired: Rule = {
  name: 'certificate-expired',
  judge: evidence => {
    const hits = stillSaid(evidence)
    const old = evidence.certificates.filter(({notAfter}) => notAfter < evidence.now)
    const [first] = old
    if (hits.length === 0 && first === undefined) return undefined
    const cause =
      first === undefined
        ? 'a certificate has expired'
        : `the certificate of ${first.commonName} in ${first.path} has expired`
    return {
      cause: old.length > 1 ? `${cause}, and ${String(old.length - 1)} more` : cause,
      certainty: 'certain',
      proof: [
        ...old
          .slice(0, 2)
          .map(({path, notAfter}) => `${path} was valid until ${new Date(notAfter * 1000).toISOString()}`),
        ...proofOf(hits, 1),
      ],
      fix:
        first === undefined
          ? 'compare the clocks of this host and the control plane (`date -u`), then find the certificate that the line above names'
          : renewal(first.path),
    }
  },
}

const foreign: Rule = {
  name: 'certificate-authority',
  judge: ({certificates}) => {
    const others = certificates.filter(({isSignedByItsCa}) => isSignedByItsCa === false)
    const [first] = others
    if (first === undefined) return undefined
    return {
      cause: `${first.path} was not signed by this cluster's CA, so the other components do not trust it`,
      certainty: 'certain',
      proof: others.slice(0, 3).map(({path, commonName}) => `${path} (${commonName}): not signed by ${caOf(path)}`),
      fix: renewal(first.path),
    }
  },
}

const caOf = (path: string): string =>
  path.includes('/etcd/') || path.includes('apiserver-etcd')
    ? '/etc/kubernetes/pki/etcd/ca.crt'
    : path.includes('front-proxy')
      ? '/etc/kubernetes/pki/front-proxy-ca.crt'
      : '/etc/kubernetes/pki/ca.crt'

const ETCD_TRUST =
  /authentication handshake failed: (?:tls: failed to verify certificate: )?(x509: .*)|rejected connection.*(?:bad certificate|unknown authority|doesn't contain any IP SANs)|remote error: tls: (?:bad certificate|unknown certificate authority)/

const etcdTrust: Rule = {
  name: 'etcd-certificate',
  follows: ['certificate-expired', 'certificate-authority', 'clock'],
  judge: evidence => {
    const hits = find(evidence, ['kube-apiserver', 'etcd'], ETCD_TRUST)
    const suffers = crashing(evidence, ['kube-apiserver', 'etcd']).length > 0 || evidence.notReady.includes('etcd')
    if (hits.length === 0 || !suffers) return undefined
    return {
      cause:
        'the API server and etcd do not trust each other: their certificates come from different CAs, or contain other addresses',
      certainty: 'likely',
      proof: proofOf(hits),
      fix: `${AGAIN}: it checks the certificates in /etc/kubernetes/pki and replaces those that do not match their CA`,
    }
  },
}

const serviceAccountKey: Rule = {
  name: 'service-account-key',
  follows: ['certificate-authority'],
  judge: evidence => {
    const hits = find(
      evidence,
      ['kube-apiserver'],
      /Unable to authenticate the request.*(?:error in cryptographic primitive|verification error|failed to verify signature|invalid signature)/,
    )
    if (hits.length === 0) return undefined
    return {
      cause:
        'the API server does not accept the tokens of service accounts: they were not signed with /etc/kubernetes/pki/sa.key',
      certainty: 'likely',
      proof: proofOf(hits),
      fix: 'restart the controller manager, so that it uses the same key as the API server: `sudo pkill -x kube-controller`, then `kubectl -n kube-system delete pod --all`; pods get new tokens when they start',
    }
  },
}

/** What is wrong with certificates and keys, by what the files themselves say. */
export const CERTIFICATE_RULES: readonly Rule[] = [expired, foreign, etcdTrust, serviceAccountKey]
