import {units} from '../captures.ts'
import {CP, type Case, JOINING, W, commandFailed, kubeletEnds, kubeletSays} from '../wording.ts'

export const KUBELET_CASES: readonly Case[] = [
  {
    name: 'swap',
    role: W,
    sections: {
      ...kubeletEnds(
        W,
        commandFailed(
          'failed to run Kubelet: running with swap on is not supported, please disable swap or set --fail-swap-on flag to false',
        ),
      ),
      memory: 'total 24684084\navailable 20074716\nswap /swap.img file 2097148 0 -2',
    },
    cause: /swap is on/,
    proof: /\/proc\/swaps: \/swap\.img/,
  },
  {
    name: 'cgroup-v1',
    role: W,
    sections: kubeletEnds(
      W,
      commandFailed(
        'failed to run Kubelet: validate kubelet configuration: kubelet is configured to not run on a host using cgroup v1. cgroup v1 support is unsupported and will be removed in a future release',
      ),
    ),
    cause: /cgroup v1/,
    proof: /cgroup is cgroup v1|\/sys\/fs\/cgroup/,
  },
  {
    name: 'kubelet-config',
    role: W,
    sections: kubeletEnds(
      W,
      commandFailed(
        'failed to load kubelet config file, path: /var/lib/kubelet/config.yaml, error: failed to load Kubelet config file /var/lib/kubelet/config.yaml, error failed to decode: strict decoding error: unknown field \\"maxPodz\\"',
      ),
    ),
    cause: /unknown field: maxPodz/,
    proof: /strict decoding/,
  },
  {
    name: 'kubelet-config',
    role: W,
    sections: kubeletEnds(
      W,
      commandFailed(
        'failed to load kubelet config file, path: /var/lib/kubelet/config.yaml, error: failed to read kubelet config file \\"/var/lib/kubelet/config.yaml\\", error: open /var/lib/kubelet/config.yaml: no such file or directory',
      ),
    ),
    cause: /file is missing/,
    proof: /no such file/,
  },
  {
    name: 'kubelet-flag',
    role: W,
    sections: kubeletEnds(W, 'Error: failed to parse kubelet flag: unknown flag: --container-runtime'),
    cause: /does not know its flag --container-runtime;/,
    proof: /unknown flag/,
  },
  {
    name: 'kubelet-binary',
    role: W,
    sections: units('restarting', 'running', {ExecMainStatus: '203'}),
    cause: /cannot run on this host/,
    proof: /203\/EXEC/,
  },
  {
    name: 'kernel-flags',
    role: W,
    sections: kubeletEnds(
      W,
      'E1124 06:41:12.301245    2211 kubelet.go:1710] "Failed to start ContainerManager" err="[invalid kernel flag: vm/overcommit_memory, expected value: 1, actual value: 0]"',
    ),
    cause: /vm\/overcommit_memory = 1/,
    proof: /actual value: 0/,
  },
  {
    name: 'node-ip',
    role: W,
    sections: kubeletSays(
      W,
      'E1124 06:41:12.301245    2211 kubelet_node_status.go:721] "Failed to set some node status fields" err="failed to validate nodeIP: node IP: \\"192.168.56.99\\" not found in the host\'s network interfaces" node="worker-1"',
    ),
    cause: /192\.168\.56\.99, but no interface/,
    proof: /not found in the host/,
  },
  {
    name: 'static-pod-manifest',
    role: CP,
    sections: kubeletSays(
      CP,
      'E1124 06:41:12.301245    2211 file.go:186] "Could not process manifest file" err="/etc/kubernetes/manifests/etcd.yaml: couldn\'t parse as pod(yaml: line 4: mapping values are not allowed in this context), please check config file" path="/etc/kubernetes/manifests/etcd.yaml"',
    ),
    cause: /manifest of a static pod: \/etc\/kubernetes\/manifests\/etcd\.yaml/,
    proof: /couldn't parse/,
  },
  {
    name: 'too-many-pods',
    role: W,
    sections: kubeletSays(
      W,
      'W1124 06:41:12.301245    2211 predicate.go:229] "Failed to admit pod, unexpected error while attempting to recover from admission failure" err="OutOfpods"',
    ),
    cause: /maximum number of pods/,
    proof: /OutOfpods/,
  },
  {
    name: 'serving-certificate',
    role: W,
    sections: kubeletSays(
      W,
      'E1124 06:41:12.301245    2211 server.go:1] http: TLS handshake error from 10.77.1.11:35410: no serving certificate available for the kubelet',
    ),
    cause: /does not have a serving certificate/,
    proof: /TLS handshake error/,
  },
  {
    name: 'kubelet-off',
    role: W,
    sections: units('stopped'),
    cause: /kubelet is not running/,
    proof: /inactive \(dead\)/,
  },
  {
    name: 'request-not-approved',
    role: W,
    sections: {...kubeletSays(W, 'E1124 06:41:12.301245    2211 kubelet.go:2697] "x" err="y"'), ...JOINING},
    cause: /certificate request of the kubelet was not approved/,
    proof: /a client certificate does not/,
  },
  {
    name: 'kubelet-stops',
    role: W,
    sections: kubeletEnds(W, commandFailed('failed to run Kubelet: something nobody has met before')),
    cause: /stops right after it starts/,
    proof: /nobody has met before|7 restarts/,
  },
]
