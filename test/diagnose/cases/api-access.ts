import {type Case, JOINING, W, commandFailed, kubeletEnds, kubeletSays, reflector, registers} from '../wording.ts'

export const API_ACCESS_CASES: readonly Case[] = [
  {
    name: 'api-refused',
    role: W,
    sections: kubeletSays(W, reflector('dial tcp 10.77.1.11:6443: connect: connection refused')),
    cause: /no process listens at 10\.77\.1\.11:6443/,
    proof: /connection refused/,
  },
  {
    name: 'api-unreachable',
    role: W,
    sections: kubeletSays(W, reflector('dial tcp 10.77.1.11:6443: connect: no route to host')),
    cause: /cannot reach the API at 10\.77\.1\.11:6443/,
    proof: /no route to host/,
  },
  {
    name: 'api-unreachable',
    role: W,
    sections: kubeletSays(W, reflector('dial tcp 10.77.1.11:6443: i/o timeout')),
    cause: /cannot reach the API/,
    proof: /i\/o timeout/,
  },
  {
    name: 'api-name',
    role: W,
    sections: {
      ...kubeletSays(
        W,
        'E1124 06:41:12.301245    2211 controller.go:208] "Failed to ensure lease exists, will retry" err="Get \\"https://api.demo:6443/apis/x\\": dial tcp: lookup api.demo on 10.0.2.3:53: no such host" interval="7s"',
      ),
      join: 'kubeconfig yes\ncertificate yes\nserver https://api.demo:6443\nconfig yes',
    },
    cause: /cannot resolve the name of the API, api\.demo/,
    proof: /no such host/,
  },
  {
    name: 'api-authority',
    role: W,
    sections: kubeletSays(
      W,
      registers(
        'tls: failed to verify certificate: x509: certificate signed by unknown authority (possibly because of \\\\\\"crypto/rsa: verification error\\\\\\" while trying to verify candidate authority certificate \\\\\\"kubernetes\\\\\\")',
      ),
    ),
    cause: /belongs to another cluster/,
    proof: /unknown authority/,
  },
  {
    name: 'api-address',
    role: W,
    sections: kubeletSays(
      W,
      registers(
        'tls: failed to verify certificate: x509: certificate is valid for 10.96.0.1, 192.168.56.10, not 10.77.1.11',
      ),
    ),
    cause: /this host uses: 10\.77\.1\.11$/,
    proof: /not 10\.77\.1\.11/,
  },
  {
    name: 'certificate-expired',
    role: W,
    sections: kubeletSays(
      W,
      reflector(
        'tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2027-11-24T02:41:12Z is after 2027-11-24T01:00:00Z',
      ),
    ),
    cause: /certificate has expired/,
    proof: /is after/,
  },
  {
    name: 'bootstrap-token',
    role: W,
    sections: {
      ...kubeletEnds(
        W,
        commandFailed('failed to run Kubelet: cannot create certificate signing request: Unauthorized'),
      ),
      ...JOINING,
    },
    cause: /join token of this node has expired/,
    proof: /Unauthorized/,
  },
  {
    name: 'bootstrap-token',
    role: W,
    sections: kubeletSays(W, registers('Unauthorized')),
    cause: /does not accept the kubelet's certificate/,
    proof: /Unauthorized/,
  },
  {
    name: 'kubeconfig-missing',
    role: W,
    sections: {
      ...kubeletEnds(
        W,
        commandFailed(
          'failed to run Kubelet: unable to load bootstrap kubeconfig: stat /etc/kubernetes/bootstrap-kubelet.conf: no such file or directory',
        ),
      ),
      join: 'kubeconfig yes\nserver https://10.77.1.11:6443\nconfig yes',
    },
    cause: /does not have a working kubeconfig/,
    proof: /unable to load bootstrap/,
  },
  {
    name: 'node-name',
    role: W,
    sections: kubeletSays(
      W,
      'E1124 06:41:12.301245    2211 kubelet_node_status.go:104] "Unable to register node with API server, reason is forbidden" err="nodes \\"worker-9\\" is forbidden: node \\"worker-1\\" is not allowed to modify node \\"worker-9\\"" node="worker-9"',
    ),
    cause: /uses the name worker-9, but its certificate is for worker-1/,
    proof: /reason is forbidden/,
  },
]
