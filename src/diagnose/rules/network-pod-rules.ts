import type {ContainerEvidence, Evidence} from '../../domain/evidence.ts'
import type {Rule} from '../diagnosis.ts'
import type {Hit} from '../log.ts'
import {containerLines, crashing, find, proofOf} from '../log.ts'
import {LOAD_BALANCER_CAUSES} from './load-balancer-rules.ts'
import {AGAIN, group, logRule} from '../rule.ts'

const PODS = ['kube-proxy', 'kube-flannel', 'coredns'] as const

/** Directives of CoreDNS are misspelt in its ConfigMap, values of kube-proxy in its own. */
const corefile = logRule({
  name: 'corefile',
  sources: ['coredns'],
  pattern:
    /(?:Corefile:(\d+) - )?Error during parsing: (.*)|plugin\/(\w+): (.*) at Corefile:(\d+)|(?:Corefile):(\d+) - (.*)/,
  holds: (_, evidence) => crashing(evidence, ['coredns']).length > 0,
  cause: hit => {
    const row = [group(hit, 1), group(hit, 5), group(hit, 6)].find(text => text !== '')
    const what = [group(hit, 2), group(hit, 4), group(hit, 7)].find(text => text !== '') ?? ''
    return `CoreDNS cannot read its Corefile${row === undefined ? '' : `, line ${row}`}: ${what.slice(0, 120)}`
  },
  fix: () =>
    `${AGAIN}: it writes the ConfigMap coredns; if you changed it on purpose, correct it: \`kubectl -n kube-system edit configmap coredns\``,
})

const INVALID =
  /(\S+): Invalid value: "?([^",]*)"?: ?(.*)|failed to decode: (.*)|strict decoding error: (.*)|unknown field "([^"]+)"/

const proxyConfig = logRule({
  name: 'proxy-config',
  sources: ['kube-proxy'],
  pattern: INVALID,
  holds: (_, evidence) => crashing(evidence, ['kube-proxy']).length > 0,
  cause: hit =>
    group(hit, 1) === ''
      ? `kube-proxy cannot use its configuration: ${hit.groups.slice(4).find(text => text !== '') ?? ''}`.slice(0, 200)
      : `the configuration of kube-proxy has ${group(hit, 1).replace(/^.*KubeProxyConfiguration\.?/, '')} = "${group(hit, 2)}", which is invalid: ${group(hit, 3)}`.slice(
          0,
          240,
        ),
  fix: () =>
    'correct the KubeProxyConfiguration document of your file and run `kadm apply`: it writes the ConfigMap kube-proxy; if you changed the ConfigMap by hand, `kadm apply` writes it back; then `kubectl -n kube-system delete pod -l k8s-app=kube-proxy`',
})

const flannelRights = logRule({
  name: 'flannel-rights',
  sources: ['kube-flannel'],
  // An API server that has just started knows no roles yet: only who ends of it has none.
  holds: (_, evidence) => crashing(evidence, ['kube-flannel']).length > 0,
  pattern: /(?:is forbidden: User "([^"]+)" cannot (\w+ resource "[^"]+")|Unauthorized)/,
  cause: hit => `flannel is not allowed to read the cluster's nodes: ${group(hit, 1)} cannot ${group(hit, 2)}`,
  fix: () => `${AGAIN}: it creates flannel's ClusterRole and ClusterRoleBinding again`,
})

const API_FAILS = /(?:dial tcp (\S+?): (?:connect: )?(connection refused|i\/o timeout|no route to host))/

/** kube-proxy and flannel have an address of their own for the API, in a ConfigMap; the kubelet's may be right and theirs not. */
const podsApi: Rule = {
  name: 'proxy-api',
  follows: [
    ...['api-refused', 'api-unreachable', 'api-slow', 'etcd-unreachable', 'certificate-authority', 'firewall'],
    ...LOAD_BALANCER_CAUSES,
  ],
  judge: evidence => {
    if (evidence.api?.answered !== true) return undefined
    const own = /\/\/([^/]+)/.exec(evidence.join.apiServer ?? '')?.[1]
    // The address of the kubelet answers now; a line about it is of the time when it did not.
    const hits = find(evidence, ['kube-proxy', 'kube-flannel'], API_FAILS).filter(
      hit => group(hit, 1) !== own && hit.line.at >= evidence.now - 20 && /reflector|[Ff]ailed/.test(hit.line.text),
    )
    const [newest] = hits
    if (newest === undefined || hits.reduce((sum, {line}) => sum + line.count, 0) < 2) return undefined
    return {
      cause: `${newest.source} does not reach the API${group(newest, 1) === '' ? '' : ` at ${group(newest, 1)}`}, and the kubelet does: its own address for it is wrong`,
      certainty: 'likely',
      proof: proofOf(hits),
      fix: 'see the address in `kubectl -n kube-system get configmap kube-proxy -o yaml`, and run `kadm apply`: it writes the ConfigMap',
    }
  },
}

const lastWords = (evidence: Evidence, source: string, down: ContainerEvidence): readonly Hit[] => {
  const all = containerLines(down, evidence.now)
  // A banner is the first that a program says, and no reason to end.
  const bad = all.filter(({text}) => /^[EF]\d{4} |\[(?:ERROR|FATAL)\]|^Error|panic|fatal|failed|Invalid/i.test(text))
  return (bad.length > 0 ? bad : all).slice(-2).map(line => ({source, line, groups: []}))
}

/** A pod of the network or of DNS ends again and again, and no rule knows why. */
export const POD_LAST_WORDS: Rule = {
  name: 'pod-stops',
  follows: [
    ...['dns-loop', 'conntrack-limit', 'conntrack-module', 'pod-range', 'bridge-filter', 'component-stops'],
    ...['etcd-unreachable', 'api-refused', 'api-unreachable', 'api-slow', 'inotify-instances', 'corefile'],
    ...['proxy-config', 'flannel-rights', 'proxy-api', 'service-account-key', 'containerd-down', 'unit-masked'],
  ],
  judge: evidence => {
    const [down] = crashing(evidence, PODS).filter(({attempt}) => attempt > 0)
    if (down === undefined) return undefined
    return {
      cause: `${down.name} keeps stopping (started ${String(down.attempt + 1)} times)`,
      certainty: 'likely',
      proof: proofOf(lastWords(evidence, down.name, down)),
      fix: `see the last lines of its log above; for the whole log: \`kubectl -n ${down.namespace} logs ${down.pod} --previous\``,
    }
  },
}

/** Why the pods of the network and of DNS end, or do not do their work. */
export const NETWORK_POD_RULES: readonly Rule[] = [corefile, proxyConfig, flannelRights, podsApi]
