import type {Evidence} from '../../domain/evidence.ts'
import type {Rule} from '../diagnosis.ts'
import {crashing, find, isCrashing, proofOf} from '../log.ts'
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

/** Why pods have no network, no names or no services. */
export const NETWORK_RULES: readonly Rule[] = [bridgeFilter, podRange, forwarding, dnsLoop, conntrack, conntrackModule]
