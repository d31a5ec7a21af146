import type {ContainerEvidence, Evidence} from '../../domain/evidence.ts'
import type {Rule} from '../diagnosis.ts'
import type {Hit} from '../log.ts'
import {containerLines, crashing, find, isCrashing, proofOf} from '../log.ts'
import {LOAD_BALANCER_CAUSES} from './load-balancer-rules.ts'
import {AGAIN, group, logRule} from '../rule.ts'

const podRange = logRule({
  name: 'pod-range',
  sources: ['kube-flannel'],
  holds: (_, {api}) => (api?.state?.podRanges.length ?? 0) === 0,
  pattern: /node "?([^"\s]+?)"? pod cidr not assigned/,
  cause: hit => `the node ${group(hit, 1)} does not have an address range for its pods`,
  fix: () =>
    'check that kube-controller-manager runs with --allocate-node-cidrs (`kubectl -n kube-system get pods`) and that podSubnet in your file is large enough for all nodes; then run `kadm apply`',
})

/** Shown by the kernel as soon as the module is loaded. */
const BRIDGE = 'net.bridge.bridge-nf-call-iptables'

/** Calico and Cilium connect pods without a bridge, and need no filter on one. */
const hasBridge = ({network: {cniConfigs}}: Evidence): boolean =>
  cniConfigs[0] === undefined || cniConfigs[0].plugins.some(plugin => plugin === 'bridge' || plugin === 'flannel')

const bridgeFilter: Rule = {
  name: 'bridge-filter',
  judge: evidence => {
    const {sysctls, kubelet} = evidence
    const value = sysctls[BRIDGE]
    if (value === '1') return undefined
    const hits = find(
      evidence,
      ['kube-flannel', 'kubelet'],
      /Failed to check br_netfilter|bridge-nf-call-iptables: no such file or directory/,
    )
    const isNode = kubelet.active === 'active' && sysctls['net.ipv4.ip_forward'] !== undefined && hasBridge(evidence)
    if (hits.length === 0 && !isNode) return undefined
    return {
      cause:
        value === undefined
          ? 'the kernel module br_netfilter is not loaded'
          : 'service rules do not apply to packets between pods of this node: the kernel does not pass bridged packets to iptables',
      certainty: hits.length > 0 ? 'certain' : 'likely',
      proof: [...proofOf(hits, 1), `${BRIDGE}: ${value ?? 'not there'}`],
      fix:
        value === undefined
          ? `\`sudo modprobe br_netfilter\`, and its name in /etc/modules-load.d/; or ${AGAIN}: it does both`
          : `\`sudo sysctl -w ${BRIDGE}=1\`, and the same line in /etc/sysctl.d/; or ${AGAIN}: it does both`,
    }
  },
}

const conntrackModule = logRule({
  name: 'conntrack-module',
  sources: ['kube-proxy'],
  pattern: /could not set conntrack parameters.*nf_conntrack_max: no such file or directory/,
  cause: () => 'the kernel module nf_conntrack is not loaded, and kube-proxy stops',
  fix: () => `\`sudo modprobe nf_conntrack\`, and its name in /etc/modules-load.d/; or ${AGAIN}: it does both`,
})

const forwarding: Rule = {
  name: 'ip-forward',
  judge: ({sysctls, kubelet, api}) => {
    const ranges = api?.state?.podRanges ?? []
    const isOnlyV6 = ranges.length > 0 && ranges.every(range => range.includes(':'))
    if (sysctls['net.ipv4.ip_forward'] !== '0' || kubelet.active !== 'active' || isOnlyV6) return undefined
    return {
      cause: 'the kernel does not forward packets, so pods cannot reach anything outside this node',
      certainty: 'likely',
      proof: ['net.ipv4.ip_forward = 0'],
      fix: `\`sudo sysctl -w net.ipv4.ip_forward=1\`, then ${AGAIN}: it keeps the setting; a later file may turn it off at each boot: \`grep -r ip_forward /etc/sysctl.d /etc/sysctl.conf\``,
    }
  },
}

const dnsLoop: Rule = {
  name: 'dns-loop',
  judge: evidence => {
    if (crashing(evidence, ['coredns']).length === 0) return undefined
    const hits = find(evidence, ['coredns'], /Loop \(\S+ -> \S+\) detected for zone/)
    if (hits.length === 0) return undefined
    const {podNameservers} = evidence.network
    return {
      cause: 'CoreDNS forwards requests to itself: the name server that the kubelet passes to pods is a local stub',
      certainty: 'certain',
      proof: [
        ...proofOf(hits, 1),
        ...(podNameservers.length === 0 ? [] : [`name servers given to pods: ${podNameservers.join(', ')}`]),
      ],
      fix: 'set resolvConf of the kubelet to the real file (/run/systemd/resolve/resolv.conf with systemd-resolved; it must name a server that is not 127.*), then `sudo systemctl restart kubelet` and `kubectl -n kube-system delete pod -l k8s-app=kube-dns`',
    }
  },
}

const conntrack: Rule = {
  name: 'conntrack-limit',
  judge: evidence => {
    const hits = find(
      evidence,
      ['kube-proxy'],
      /(?:could not set conntrack parameters(?!.*no such file).*|nf_conntrack\S*: (?:permission denied|read-only file system|operation not permitted))/,
    )
    const crashing = evidence.containers.some(
      container => container.name === 'kube-proxy' && isCrashing(container, evidence.now),
    )
    if (hits.length === 0 || !crashing) return undefined
    return {
      cause:
        'kube-proxy stops, because it is not allowed to set the limit of tracked connections (the machine is a container)',
      certainty: 'certain',
      proof: proofOf(hits),
      fix: 'set conntrack: {maxPerCore: 0, min: 0} in a KubeProxyConfiguration document of the file and run kadm again',
    }
  },
}

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

/** Why pods have no network, no names or no services. */
export const NETWORK_RULES: readonly Rule[] = [
  bridgeFilter,
  podRange,
  forwarding,
  dnsLoop,
  conntrack,
  conntrackModule,
  corefile,
  proxyConfig,
  flannelRights,
  podsApi,
]
