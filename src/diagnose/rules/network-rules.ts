import type {Rule} from '../diagnosis.ts'
import {find, isCrashing, proofOf} from '../log.ts'
import {group, logRule} from '../rule.ts'

const sources = ['kubelet', 'containerd'] as const

const bridgeAddress = logRule({
  name: 'bridge-address',
  sources,
  pattern: /"?(\S+?)"? already has an IP address different from (\S+?)"*(?:\s|$)/,
  cause: hit =>
    `the bridge ${group(hit, 1)} of an older pod network is still there, with another address than ${group(hit, 2)}`,
  fix: hit => `remove it, it is made anew: sudo ip link delete ${group(hit, 1)}`,
})

const pluginMissing = logRule({
  name: 'cni-plugin',
  sources,
  pattern: /failed to find plugin "?([^"\s]+?)"? in path/,
  cause: hit =>
    `the network plugin ${group(hit, 1)} is named in /etc/cni/net.d, but its program is not in /opt/cni/bin`,
  also: (_, {network}) => [`/opt/cni/bin has: ${network.cniPlugins.join(', ') || 'nothing'}`],
  fix: () =>
    'run kadm again without skipping the phase that installs the runtime; a file of another network in /etc/cni/net.d goes first',
})

const notInitialised: Rule = {
  name: 'pod-network-missing',
  follows: [
    'cni-plugin',
    'bridge-address',
    'image-pull',
    'api-refused',
    'api-unreachable',
    'bridge-filter',
    'pod-range',
    'bootstrap-token',
    'request-not-approved',
    'swap',
  ],
  judge: evidence => {
    const {network, kubelet, join} = evidence
    if (network.cniConfigs.length > 0 || kubelet.active !== 'active' || !join.hasClientCertificate) return undefined
    const hits = find(
      evidence,
      sources,
      /cni plugin not initialized|NetworkPluginNotReady|network is not ready|network not ready/,
    )
    return {
      cause: 'the pod network is not there: the node stays NotReady until one is installed',
      certainty: hits.length > 0 ? 'certain' : 'likely',
      proof: ['/etc/cni/net.d has no configuration', ...proofOf(hits)],
      fix: 'run kadm apply or init again (it installs flannel), or install your own pod network; then see its pods: kubectl get pods -A -o wide',
    }
  },
}

const podRange = logRule({
  name: 'pod-range',
  sources: ['kube-flannel'],
  pattern: /node "?([^"\s]+?)"? pod cidr not assigned/,
  cause: hit => `the node ${group(hit, 1)} has no address range for its pods`,
  fix: () =>
    'set the pod subnet (--pod-network-cidr, podSubnet) and see that kube-controller-manager runs with --allocate-node-cidrs and that the range has room for all nodes',
})

const bridgeFilter = logRule({
  name: 'bridge-filter',
  sources: ['kube-flannel', 'kubelet'],
  pattern: /Failed to check br_netfilter|bridge-nf-call-iptables: no such file or directory/,
  cause: () => 'the kernel module br_netfilter is not loaded',
  also: (_, {sysctls}) => [
    `net.bridge.bridge-nf-call-iptables: ${sysctls['net.bridge.bridge-nf-call-iptables'] ?? 'not there'}`,
  ],
  fix: () => 'sudo modprobe br_netfilter, and its name in /etc/modules-load.d/; the kernel phase of kadm does both',
})

const conntrackModule = logRule({
  name: 'conntrack-module',
  sources: ['kube-proxy'],
  pattern: /could not set conntrack parameters.*nf_conntrack_max: no such file or directory/,
  cause: () => 'the kernel module nf_conntrack is not loaded, and kube-proxy stops',
  fix: () => 'sudo modprobe nf_conntrack, and its name in /etc/modules-load.d/; the kernel phase of kadm does both',
})

const forwarding: Rule = {
  name: 'ip-forward',
  judge: ({sysctls, kubelet}) => {
    if (sysctls['net.ipv4.ip_forward'] !== '0' || kubelet.active !== 'active') return undefined
    return {
      cause: 'the kernel does not forward packets, so pods reach nothing beyond this node',
      certainty: 'likely',
      proof: ['net.ipv4.ip_forward = 0'],
      fix: 'sudo sysctl -w net.ipv4.ip_forward=1, and the same line in /etc/sysctl.d/; the kernel phase of kadm does both',
    }
  },
}

const dnsLoop: Rule = {
  name: 'dns-loop',
  judge: evidence => {
    const hits = find(evidence, ['coredns'], /Loop \(\S+ -> \S+\) detected for zone/)
    if (hits.length === 0) return undefined
    const {podNameservers} = evidence.network
    return {
      cause: 'CoreDNS asks itself: the name server that the kubelet gives to pods is a stub on this host',
      certainty: 'certain',
      proof: [
        ...proofOf(hits, 1),
        ...(podNameservers.length === 0 ? [] : [`name servers given to pods: ${podNameservers.join(', ')}`]),
      ],
      fix: 'point resolvConf of the kubelet at the real file (/run/systemd/resolve/resolv.conf with systemd-resolved; it must name a server that is not 127.*), then restart the kubelet and the CoreDNS pods',
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
      cause: 'kube-proxy may not set the limit of tracked connections here (a machine in a container), and stops',
      certainty: 'certain',
      proof: proofOf(hits),
      fix: 'set conntrack: {maxPerCore: 0, min: 0} in a KubeProxyConfiguration document of the file and run kadm again',
    }
  },
}

const PODS = ['kube-proxy', 'kube-flannel', 'coredns'] as const

/** A pod of the network or of DNS ends again and again, and no rule knows why. */
export const POD_LAST_WORDS: Rule = {
  name: 'pod-stops',
  follows: [
    'dns-loop',
    'conntrack-limit',
    'conntrack-module',
    'pod-range',
    'bridge-filter',
    'component-stops',
    'etcd-unreachable',
    'api-refused',
    'api-unreachable',
    'inotify-instances',
  ],
  judge: evidence => {
    const down = evidence.containers.find(
      container =>
        PODS.some(name => name === container.name) && container.attempt > 0 && isCrashing(container, evidence.now),
    )
    if (down === undefined) return undefined
    const words = [...down.earlier, ...down.lines].slice(-2).map(line => ({source: down.name, line, groups: []}))
    return {
      cause: `${down.name} stops again and again (started ${String(down.attempt + 1)} times)`,
      certainty: 'likely',
      proof: proofOf(words),
      fix: `read its last words above; all of them: kubectl -n ${down.namespace} logs ${down.pod} --previous`,
    }
  },
}

/** Why pods have no network, no names or no services. */
export const NETWORK_RULES: readonly Rule[] = [
  bridgeAddress,
  pluginMissing,
  bridgeFilter,
  podRange,
  forwarding,
  dnsLoop,
  conntrack,
  conntrackModule,
  notInitialised,
]
