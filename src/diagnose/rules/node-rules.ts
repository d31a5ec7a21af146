import type {Evidence} from '../../domain/evidence.ts'
import type {Rule} from '../diagnosis.ts'
import {find, proofOf, type Hit} from '../log.ts'
import {AGAIN, group, logRule} from '../rule.ts'

const sources = ['kubelet'] as const

const bootstrapGone = logRule({
  name: 'kubeconfig-missing',
  follows: ['certificate-expired'],
  sources,
  pattern: /unable to load bootstrap kubeconfig: stat (\S+): no such file or directory/,
  holds: (_, {join, kubeletAnswers}) => kubeletAnswers !== true && !(join.hasKubeconfig && join.hasClientCertificate),
  cause: () => 'the kubelet does not have a working kubeconfig or a bootstrap kubeconfig',
  also: (_, {join}) => [
    `kubelet.conf ${join.hasKubeconfig ? 'exists' : 'is missing'}; client certificate ${join.hasClientCertificate ? 'exists' : 'is missing'}`,
  ],
  fix: () => `${AGAIN}: it writes what is missing`,
})

const NAME_CHANGED =
  /node "([^"]+)" is not allowed to modify node "([^"]+)"|nodes "([^"]+)" is forbidden: User "system:node:([^"]+)" cannot|node '([^']+)' cannot read '([^']+)'|can only access node lease with the same name as the requesting node/

/** Where each form of the message has the name that the certificate is for, and the one that the kubelet uses. */
const NAMES = [
  [1, 2],
  [4, 3],
  [5, 6],
] as const

function namesIn(hit: Hit | undefined): {readonly was: string; readonly is: string} | undefined {
  if (hit === undefined) return undefined
  return NAMES.map(([was, is]) => ({was: group(hit, was), is: group(hit, is)})).find(({was}) => was !== '')
}

/** The kubelet reads the host's name only when it starts: the name may be right again, and the kubelet not. */
const nodeName: Rule = {
  name: 'node-name',
  judge: evidence => {
    const {api, certificates, hostname} = evidence
    const client = certificates.find(({path}) => path.endsWith('/kubelet-client-current.pem'))
    const own = client?.commonName.replace(/^system:node:/, '')
    const asked = api?.node ?? hostname.toLowerCase()
    const differs = own !== undefined && own !== client?.commonName && own !== asked && api?.answered !== true
    const hits = find(evidence, sources, NAME_CHANGED)
    if (hits.length === 0 && !(differs && api !== undefined)) return undefined
    const told = namesIn(hits[0])
    const was = told?.was ?? own
    const is = told?.is ?? asked
    return {
      cause:
        was === undefined || was === is
          ? "the node's name changed after it got its certificate"
          : `the kubelet uses the name ${is}, but its certificate is for ${was}`,
      certainty: 'certain',
      proof: [
        ...proofOf(hits, 1),
        `hostname: ${hostname}${own === undefined ? '' : `; the kubelet's certificate is for ${own}`}`,
      ],
      fix: nameFix(was, hostname.toLowerCase()),
    }
  },
}

const nameFix = (was: string | undefined, now: string): string =>
  was === now
    ? 'the host has its old name again, but the kubelet reads it only when it starts: `sudo systemctl restart kubelet`'
    : `\`sudo hostnamectl set-hostname ${was ?? now} && sudo systemctl restart kubelet\` (the kubelet reads the name only when it starts)`

const isGone = ({api, kubeletAnswers}: Evidence): boolean =>
  api !== undefined && !api.answered && kubeletAnswers !== false && api.error.includes(`nodes "${api.node}" not found`)

/** A kubelet registers its node once, at its start. */
const deleted: Rule = {
  name: 'node-deleted',
  follows: ['node-name', 'node-refused'],
  judge: evidence => {
    const {api, join, kubelet} = evidence
    const hits = find(evidence, sources, /nodes? "([^"]+)" not found/)
    const running = kubelet.runningSeconds ?? 0
    const known = api?.answered === true
    const saysSo = api === undefined && hits.length > 1 && running > 60
    if (known || !(isGone(evidence) || saysSo) || !join.hasClientCertificate || running < 10) return undefined
    const node = api?.node ?? (hits[0] === undefined ? '' : group(hits[0], 1))
    return {
      cause: `node ${node} does not exist in the cluster: it was deleted, and the kubelet registers only when it starts`,
      certainty: 'certain',
      proof: [...(api === undefined ? [] : [`checked just now: ${api.error}`]), ...proofOf(hits, 1)],
      fix: evidence.network.cniConfigs.some(({network}) => network === 'kadm-pods')
        ? '`sudo systemctl restart kubelet && sleep 10 && sudo pkill -x flanneld`: the node registers again, and flannel adds it to the pod network; then run kadm doctor again, because the node may have got another address range'
        : '`sudo systemctl restart kubelet`: the node registers again within seconds',
    }
  },
}

const refused = logRule({
  name: 'node-refused',
  follows: ['node-name'],
  sources,
  pattern:
    /Unable to register node with API server.*err="(?!Post |Get )(?:Node "[^"]*" is invalid: )?(.*?)"(?: node=|$)/,
  holds: (_, {api}) => api?.answered !== true,
  cause: hit =>
    /63|no more than/.test(group(hit, 1))
      ? 'the API refuses the name of this node: it is longer than 63 characters'
      : `the API refuses to register this node: ${group(hit, 1).slice(0, 160)}`,
  also: (_, {hostname}) => [`hostname: ${hostname} (${String(hostname.length)} characters)`],
  fix: (hit, {hostname}) =>
    /63|no more than/.test(group(hit, 1))
      ? `give the host a shorter name, such as \`sudo hostnamectl set-hostname ${hostname
          .toLowerCase()
          .slice(0, 40)
          .replace(/[^a-z0-9]+$/, '')}\`, then join it again`
      : 'correct the name, label or taint that the API names in your file, then run kadm again',
})

const PRESSURES: Readonly<Record<string, string>> = {
  DiskPressure: 'free space: `sudo journalctl --vacuum-size=100M`, `sudo du -xh --max-depth=2 /var | sort -h | tail`',
  MemoryPressure: 'stop what uses the memory (`ps aux --sort=-rss | head`), or give the machine more',
  PIDPressure: 'find the user that starts so many processes: `ps -eo user= | sort | uniq -c | sort -n | tail`',
}

/** As the node itself reported it to the API. */
const pressure: Rule = {
  name: 'node-pressure',
  follows: ['disk-full', 'disk-pressure', 'inodes-full'],
  judge: ({api}) => {
    const bad = api?.state?.conditions.find(({type, status}) => status === 'True' && PRESSURES[type] !== undefined)
    if (bad === undefined) return undefined
    return {
      cause: `the node reports ${bad.type}: it accepts no new pods and evicts some of its pods`,
      certainty: 'certain',
      proof: [`condition ${bad.type} is True: ${bad.message}`],
      fix: PRESSURES[bad.type] ?? '',
    }
  },
}

/** Why a kubelet that reaches the API is still no node there. */
export const NODE_RULES: readonly Rule[] = [bootstrapGone, nodeName, refused, deleted, pressure]
