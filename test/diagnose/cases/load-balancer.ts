import {crashed, nowOf} from '../captures.ts'
import {CP, kubeletSays, probeFails, W, WELL, type Case} from '../wording.ts'

const SERVER = 'https://api.kadm.internal:7443'
const lease = (error: string): string =>
  `E1124 06:41:12.301245    2211 controller.go:208] "Failed to ensure lease exists, will retry" err="Get \\"${SERVER}/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/worker-1?timeout=10s\\": ${error}" interval="7s"`
const REFUSED = 'dial tcp 127.0.0.1:7443: connect: connection refused'
const joined = (...more: readonly string[]): string =>
  ['kubeconfig yes', 'certificate yes', `server ${SERVER}`, 'config yes', ...more].join('\n')
const manifestOf = (age: number): string =>
  `manifest kadm-haproxy.yaml ${String(nowOf(W) - age)} kadm-haproxy "docker.io/library/haproxy:3.2.23-alpine"`
const unreached = {...kubeletSays(W, lease(REFUSED)), ...probeFails(REFUSED, 'refused')}

/** Of nodes that reach the API through their own load balancer; haproxy's words are those of 2.6. */
export const LOAD_BALANCER_CASES: readonly Case[] = [
  {
    name: 'load-balancer-port',
    role: W,
    sections: {
      ...unreached,
      ...crashed(
        'kadm-haproxy',
        W,
        '[ALERT]    (1) : Binding [/etc/kubernetes/haproxy/haproxy.cfg:22] for frontend api: cannot bind socket (Address already in use) for [127.0.0.1:7443]',
      ),
      join: joined(manifestOf(900)),
      listening: 'ss LISTEN 0 511 127.0.0.1:7443 0.0.0.0:* users:(("nginx",pid=812,fd=6))',
    },
    cause: /another program has its port 7443$/,
    proof: /nginx uses port 7443/,
  },
  {
    name: 'load-balancer-config',
    role: W,
    sections: {
      ...unreached,
      ...crashed(
        'kadm-haproxy',
        W,
        "[ALERT]    (1) : config : parsing [/etc/kubernetes/haproxy/haproxy.cfg:1]: unknown keyword 'foo' out of section.",
        '[ALERT]    (1) : config : Fatal errors found in configuration.',
      ),
      join: joined(manifestOf(900)),
    },
    cause: /haproxy\.cfg is missing or damaged/,
    proof: /Fatal errors/,
  },
  {
    name: 'load-balancer-down',
    role: W,
    sections: {...unreached, join: joined()},
    cause: /manifests\/kadm-haproxy\.yaml is missing, so the load balancer of this node does not run/,
    proof: /kadm-haproxy\.yaml: missing/,
  },
  {
    name: 'load-balancer-down',
    role: W,
    phase: 'worker/kubelet-start',
    sections: {...unreached, join: joined(manifestOf(300))},
    cause: /^the load balancer of this node does not run, so pods of the system/,
    proof: /kadm-haproxy\.yaml: there/,
  },
  {
    name: 'load-balancer-down',
    role: CP,
    phase: 'doctor',
    sections: {
      ...WELL,
      join: ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler']
        .map(name => `manifest ${name}.yaml ${String(nowOf(CP) - 900)} ${name} "registry.k8s.io/${name}:v1"`)
        .concat(`manifest kadm-haproxy.yaml ${String(nowOf(CP) - 900)} kadm-haproxy "docker.io/library/haproxy:x"`)
        .concat('kubeconfig yes', 'certificate yes', 'server https://10.77.1.11:6443', 'config yes', 'admin yes')
        .join('\n'),
    },
    cause: /^the load balancer of this node does not run/,
    proof: /does not listen/,
  },
  {
    name: 'load-balancer-name',
    role: W,
    sections: {
      ...kubeletSays(W, lease('dial tcp: lookup api.kadm.internal on 10.0.2.3:53: no such host')),
      join: joined(manifestOf(900)),
      listening: 'ss LISTEN 0 511 127.0.0.1:7443 0.0.0.0:* users:(("haproxy",pid=812,fd=6))',
    },
    cause: /does not resolve api\.kadm\.internal, because its line in \/etc\/hosts is missing/,
    proof: /no such host/,
  },
]
