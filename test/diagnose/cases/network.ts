import {crashed} from '../captures.ts'
import {type Case, W, kubeletSays, sandboxFails} from '../wording.ts'

export const NETWORK_CASES: readonly Case[] = [
  {
    name: 'bridge-address',
    role: W,
    sections: kubeletSays(
      W,
      sandboxFails(
        'failed to setup network for sandbox \\\\\\"f1\\\\\\": plugin type=\\\\\\"bridge\\\\\\" failed (add): failed to set bridge addr: \\\\\\"cni0\\\\\\" already has an IP address different from 10.244.1.1/24',
      ),
    ),
    cause: /bridge cni0 of an older pod network.*10\.244\.1\.1\/24/,
    proof: /already has an IP address/,
  },
  {
    name: 'cni-plugin',
    role: W,
    sections: kubeletSays(
      W,
      sandboxFails(
        'failed to setup network for sandbox \\\\\\"f1\\\\\\": failed to find plugin \\\\\\"flannel\\\\\\" in path [/opt/cni/bin]',
      ),
    ),
    cause: /network plugin flannel/,
    proof: /opt\/cni\/bin has: bandwidth/,
  },
  {
    name: 'pod-network-missing',
    role: W,
    sections: {
      ...kubeletSays(
        W,
        'I1124 06:41:12.301245    2211 kubelet.go:3343] "Container runtime network not ready" networkReady="NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized"',
      ),
      'pod-network': 'plugin bridge',
    },
    cause: /no pod network is installed/,
    proof: /cni plugin not initialized|has no configuration/,
  },
  {
    name: 'pod-range',
    role: W,
    sections: crashed(
      'kube-flannel',
      W,
      'E1124 06:41:12.301245       1 main.go:382] Error registering network: failed to acquire lease: node "worker-1" pod cidr not assigned',
    ),
    cause: /worker-1 does not have an address range/,
    proof: /pod cidr not assigned/,
  },
  {
    name: 'bridge-filter',
    role: W,
    sections: {
      ...crashed(
        'kube-flannel',
        W,
        'E1124 06:41:12.301245       1 main.go:292] Failed to check br_netfilter: stat /proc/sys/net/bridge/bridge-nf-call-iptables: no such file or directory',
      ),
      sysctls: 'net/ipv4/ip_forward:1',
    },
    cause: /br_netfilter is not loaded/,
    proof: /bridge-nf-call-iptables: not there/,
  },
  {
    name: 'ip-forward',
    role: W,
    sections: {sysctls: 'net/ipv4/ip_forward:0\nnet/bridge/bridge-nf-call-iptables:1'},
    cause: /does not forward packets/,
    proof: /ip_forward = 0/,
  },
  {
    name: 'dns-loop',
    role: W,
    sections: {
      ...crashed(
        'coredns',
        W,
        '[FATAL] plugin/loop: Loop (127.0.0.1:55953 -> :53) detected for zone ".", see https://coredns.io/plugins/loop#troubleshooting. Query: "HINFO 4547991504243258144.3688648895315093531."',
      ),
      'pod-network': 'config 10-x.conflist\npods 127.0.0.53',
    },
    cause: /CoreDNS forwards requests to itself/,
    proof: /given to pods: 127\.0\.0\.53/,
  },
  {
    name: 'conntrack-limit',
    role: W,
    sections: crashed(
      'kube-proxy',
      W,
      'E1124 06:41:12.301245       1 server.go:137] "Error running ProxyServer" err="could not set conntrack parameters from kube-proxy configuration: open /proc/sys/net/netfilter/nf_conntrack_max: permission denied"',
    ),
    cause: /is not allowed to set the limit of tracked connections/,
    proof: /permission denied/,
  },
  {
    name: 'conntrack-module',
    role: W,
    sections: crashed(
      'kube-proxy',
      W,
      'E1124 06:41:12.301245       1 server.go:137] "Error running ProxyServer" err="could not set conntrack parameters from kube-proxy configuration: open /proc/sys/net/netfilter/nf_conntrack_max: no such file or directory"',
    ),
    cause: /nf_conntrack is not loaded/,
    proof: /no such file or directory/,
  },
  {
    name: 'pod-stops',
    role: W,
    sections: crashed('kube-flannel', W, 'E1124 06:41:12.301245       1 main.go:1] something nobody has met before'),
    cause: /kube-flannel keeps stopping/,
    proof: /nobody has met before/,
  },
]
