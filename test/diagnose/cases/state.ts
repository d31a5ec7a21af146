import {capture, crashed} from '../captures.ts'
import {CP, kubeletSays, probe, probeFails, W, WELL, type Case} from '../wording.ts'

const JOIN = (/\x1ejoin\n([\s\S]*?)\x1e/.exec(capture(CP))?.[1] ?? '').trim()
const without = (name: string): string =>
  JOIN.split('\n')
    .filter(line => !line.startsWith(`manifest ${name}.yaml`))
    .join('\n')

/** The API server's certificate replaced by one that another authority signed. */
const foreignCertificate = (): string => {
  const text = /\x1ecertificates\n([\s\S]*?)\x1e/.exec(capture(CP))?.[1] ?? ''
  const pem = (path: string): string =>
    text
      .split('\x1d')
      .find(part => part.startsWith(`${path}\n`))
      ?.slice(path.length) ?? ''
  const own = '/etc/kubernetes/pki/apiserver.crt'
  return text.replace(pem(own), pem('/etc/kubernetes/pki/front-proxy-client.crt'))
}

const WELL_CP = {...WELL, 'api-probe': probe({podCIDRs: ['10.244.0.0/24']}, [], 'master')}

/** What no log says, and only a look at files, at the API and at other machines shows. */
export const STATE_CASES: readonly Case[] = [
  {
    name: 'manifest-missing',
    role: CP,
    phase: 'doctor',
    sections: {
      join: `${without('etcd')}\nadmin yes\napiserver yes`,
      ...kubeletSays(
        CP,
        'E1124 06:41:12.301245    2211 controller.go:208] "Failed to ensure lease exists, will retry" err="Get \\"https://10.77.1.11:6443/apis/x\\": net/http: request canceled (Client.Timeout exceeded while awaiting headers)" interval="7s"',
      ),
      ...probeFails('Unable to connect to the server: net/http: TLS handshake timeout', 'open', 'master'),
    },
    cause: /does not contain etcd\.yaml, so etcd cannot run/,
    proof: /listens on port 2379/,
  },
  {
    name: 'manifest-missing',
    role: CP,
    phase: 'node/node-ready',
    sections: {join: `${without('kube-scheduler')}\nadmin yes\napiserver yes`},
    cause: /does not contain kube-scheduler\.yaml/,
    proof: /kube-controller-manager\.yaml/,
  },
  {
    name: 'manifest-missing',
    role: CP,
    phase: 'status',
    sections: {
      join: `${without('kube-apiserver')}\nadmin yes\napiserver yes`,
      ...kubeletSays(
        CP,
        'E1124 06:41:12.301245    2211 controller.go:208] "Failed to ensure lease exists, will retry" err="Get \\"https://10.77.1.11:6443/apis/x\\": dial tcp 10.77.1.11:6443: connect: connection refused" interval="7s"',
      ),
      ...crashed('kube-scheduler', CP, 'E1124 06:41:12.301245       1 server.go:365] "Leaderelection lost"'),
      ...probeFails(
        'The connection to the server 10.77.1.11:6443 was refused - did you specify the right host?',
        'refused',
        'master',
      ),
    },
    cause: /does not contain kube-apiserver\.yaml, so kube-apiserver cannot run/,
    proof: /kube-scheduler\.yaml/,
  },
  {
    name: 'admin-conf-missing',
    role: CP,
    phase: 'doctor',
    sections: {...WELL_CP, join: `${JOIN}\napiserver yes`},
    cause: /\/etc\/kubernetes\/admin\.conf is missing on this control plane/,
    proof: /admin\.conf: missing/,
  },
  {
    name: 'manifest-copy',
    role: CP,
    sections: {
      join: `${JOIN}\nmanifest kube-apiserver.yaml.bak 1795502010 kube-apiserver registry.k8s.io/kube-apiserver:v1.37.2`,
    },
    cause: /kube-apiserver\.yaml\.bak defines the pod kube-apiserver a second time/,
    proof: /both define kube-apiserver/,
  },
  {
    name: 'static-pod-absent',
    role: CP,
    sections: {...WELL_CP, containers: ''},
    cause: /does not run etcd, kube-apiserver/,
    proof: /the container etcd does not/,
  },
  {
    name: 'certificate-authority',
    role: CP,
    sections: {certificates: foreignCertificate()},
    cause: /apiserver\.crt was not signed by this cluster's CA/,
    proof: /not signed by \/etc\/kubernetes\/pki\/ca\.crt/,
  },
  {
    name: 'etcd-certificate',
    role: CP,
    sections: crashed(
      'kube-apiserver',
      CP,
      'W1124 06:41:12.301245       1 logging.go:55] [core] [Channel #1 SubChannel #3]grpc: addrConn.createTransport failed to connect to {Addr: "127.0.0.1:2379", ServerName: "127.0.0.1:2379", }. Err: connection error: desc = "transport: authentication handshake failed: tls: failed to verify certificate: x509: certificate signed by unknown authority"',
    ),
    cause: /do not trust each other/,
    proof: /authentication handshake failed/,
  },
  {
    name: 'api-unhealthy',
    role: CP,
    sections: {...WELL_CP, readyz: '[-]etcd failed\n[-]etcd-readiness failed'},
    cause: /not ready: etcd, etcd-readiness \(it cannot reach etcd\)/,
    proof: /\/readyz: etcd failed/,
  },
  {
    name: 'api-slow',
    role: W,
    sections: {
      ...kubeletSays(W),
      ...probeFails('Unable to connect to the server: net/http: TLS handshake timeout'),
    },
    cause: /accepts connections but does not answer/,
    proof: /TLS handshake timeout/,
  },
  {
    name: 'api-unreachable',
    role: W,
    sections: {
      ...kubeletSays(W),
      ...probeFails(
        'Unable to connect to the server: net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
        'silent',
      ),
    },
    cause: /cannot reach the API at 10\.77\.1\.11:6443/,
    proof: /request canceled/,
  },
  {
    name: 'api-refused',
    role: W,
    sections: {
      ...kubeletSays(W),
      ...probeFails(
        'The connection to the server 10.77.1.11:6443 was refused - did you specify the right host or port?',
        'refused',
      ),
    },
    cause: /no process listens at 10\.77\.1\.11:6443/,
    proof: /was refused/,
  },
  {
    name: 'api-authority',
    role: W,
    sections: {
      ...kubeletSays(W),
      ...probeFails(
        'Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority',
      ),
    },
    cause: /was not signed by the CA that the kubelet knows/,
    proof: /unknown authority/,
  },
  {
    name: 'node-deleted',
    role: W,
    sections: {
      ...kubeletSays(
        W,
        'E1124 06:41:12.301245    2211 eviction_manager.go:305] "Eviction manager: failed to get summary stats" err="failed to get node info: node \\"worker-1\\" not found"',
      ),
      'kubelet-health': 'yes',
      ...probeFails('Error from server (NotFound): nodes "worker-1" not found'),
    },
    cause: /node worker-1 does not exist in the cluster: it was deleted/,
    proof: /checked just now: Error from server/,
  },
  {
    name: 'node-name',
    role: W,
    sections: {
      ...kubeletSays(W),
      machine: 'hostname node-b',
      ...probeFails(
        `Error from server (Forbidden): nodes "node-b" is forbidden: User "system:node:worker-1" cannot get resource "nodes" in API group "" at the cluster scope: node 'worker-1' cannot read 'node-b', only its own Node object`,
        'open',
        'node-b',
      ),
    },
    cause: /uses the name node-b, but its certificate is for worker-1/,
    proof: /certificate is for worker-1/,
  },
  {
    name: 'node-refused',
    role: W,
    sections: kubeletSays(
      W,
      `E1124 06:41:12.301245    2211 kubelet_node_status.go:108] "Unable to register node with API server" err="Node \\"${'a'.repeat(64)}\\" is invalid: metadata.labels: Invalid value: \\"${'a'.repeat(64)}\\": must be no more than 63 bytes" node="${'a'.repeat(64)}"`,
    ),
    cause: /longer than 63 characters/,
    proof: /must be no more than 63 bytes/,
  },
  {
    name: 'node-pressure',
    role: W,
    sections: {
      ...WELL,
      'api-probe': probe({podCIDRs: ['10.244.1.0/24']}, [
        {type: 'PIDPressure', status: 'True', message: 'kubelet has insufficient PID available'},
      ]),
    },
    cause: /reports PIDPressure/,
    proof: /insufficient PID/,
  },
]
