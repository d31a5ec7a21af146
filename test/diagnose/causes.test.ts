import {describe, expect, test} from 'vitest'
import type {Diagnosis} from '../../src/diagnose/diagnosis.ts'
import {diagnose, RULES} from '../../src/diagnose/diagnose.ts'
import {crashed, evidenceWith, journal, nowOf, units, type Sections} from './captures.ts'

type Role = 'control-plane' | 'worker'

interface Case {
  /** The rule that must find it first. */
  readonly name: string
  readonly role: Role
  readonly sections: Sections
  readonly cause: RegExp
  readonly proof: RegExp
  readonly phase?: string
}

/** A kubelet that ends at once with these words, as its journal has them. */
const kubeletEnds = (role: Role, ...texts: readonly string[]): Sections => ({
  ...units('restarting'),
  ...journal('kubelet', role, ...texts),
})
const kubeletSays = (role: Role, ...texts: readonly string[]): Sections => ({
  ...units('running'),
  ...journal('kubelet', role, ...texts),
})
const commandFailed = (error: string): string =>
  `E1124 06:41:12.301245    2211 run.go:72] "command failed" err="${error}"`
const reflector = (error: string): string =>
  `E1124 06:41:12.301245    2211 controller.go:208] "Failed to ensure lease exists, will retry" err="Get \\"https://10.77.1.11:6443/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/worker-1?timeout=10s\\": ${error}" interval="7s"`
const registers = (error: string): string =>
  `E1124 06:41:12.301245    2211 kubelet_node_status.go:108] "Unable to register node with API server" err="Post \\"https://10.77.1.11:6443/api/v1/nodes\\": ${error}" node="worker-1"`
const podFails = (error: string): string =>
  `E1124 06:41:14.100000    2211 pod_workers.go:1338] "Error syncing pod, skipping" err="${error}" pod="kube-system/etcd-master" podUID="e70594702d7bf9e385e3ced3d8a0ef5f"`
const sandboxFails = (error: string): string =>
  podFails(
    `failed to \\"CreatePodSandbox\\" for \\"etcd-master_kube-system(e705)\\" with CreatePodSandboxError: \\"Failed to create sandbox for pod \\\\\\"etcd-master_kube-system(e705)\\\\\\": rpc error: code = Unknown desc = ${error}\\"`,
  )
const pullFails = (error: string): string =>
  `E1124 06:41:14.100000    2211 kuberuntime_image.go:43] "Failed to pull image" err="rpc error: code = Unknown desc = failed to pull and unpack image \\"registry.k8s.io/etcd:3.7.0-0\\": failed to resolve reference \\"registry.k8s.io/etcd:3.7.0-0\\": failed to do request: Head \\"https://registry.k8s.io/v2/etcd/manifests/3.7.0-0\\": ${error}" image="registry.k8s.io/etcd:3.7.0-0"`
const room = (line: string): Sections => ({room: line})
const JOINING: Sections = {join: 'bootstrap yes\nserver https://10.77.1.11:6443\nconfig yes\ncgroupDriver cgroupfs'}
const CP = 'control-plane'
const W = 'worker'

const CASES: readonly Case[] = [
  // the machine
  {
    name: 'disk-full',
    role: W,
    sections: {
      ...room('/ 12000 264212084 900000 16777216 rw'),
      ...kubeletSays(
        W,
        'E1124 06:41:12.301245    2211 kubelet_node_status.go:108] "x" err="write /var/lib/kubelet/cpu_manager_state: no space left on device"',
      ),
    },
    cause: /the disk of \/ is full/,
    proof: /0\.0 GiB of 252\.0 GiB free/,
  },
  {
    name: 'inodes-full',
    role: W,
    sections: room('/ 59586196 264212084 120 16777216 rw'),
    cause: /almost no inodes/,
    proof: /120 of 16777216/,
  },
  {
    name: 'disk-pressure',
    role: W,
    sections: room('/ 9586196 264212084 9000000 16777216 rw'),
    cause: /less than 10 %/,
    proof: /9\.1 GiB/,
  },
  {
    name: 'read-only-disk',
    role: W,
    sections: room('/ 59586196 264212084 9000000 16777216 ro'),
    cause: /read-only/,
    proof: /mounted read-only/,
  },
  {
    name: 'out-of-memory',
    role: CP,
    sections: journal(
      'kernel',
      CP,
      'Out of memory: Killed process 3568 (etcd) total-vm:11726824kB, anon-rss:812340kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:2100kB oom_score_adj:-997',
    ),
    cause: /ended etcd, because memory ran out/,
    proof: /Killed process 3568/,
  },
  {
    name: 'inotify-instances',
    role: W,
    sections: kubeletEnds(
      W,
      commandFailed(
        'failed to run Kubelet: failed to create kubelet: failed to create fsnotify watcher: too many open files',
      ),
    ),
    cause: /inotify instances/,
    proof: /max_user_instances = 128, root has \d+ open/,
  },
  {
    name: 'inotify-instances',
    role: CP,
    sections: {
      ...units('running', 'restarting'),
      ...journal(
        'containerd',
        CP,
        'time="2026-11-24T06:33:56.611445412Z" level=fatal msg="Failed to run CRI service" error="failed to create cni conf monitor for default: failed to create fsnotify watcher: too many open files"',
      ),
    },
    cause: /file watchers/,
    proof: /fsnotify watcher/,
  },
  {
    name: 'inotify-watches',
    role: W,
    sections: kubeletSays(
      W,
      'E1124 06:41:12.301245    2211 watcher.go:152] "Failed to watch directory" err="inotify_add_watch /sys/fs/cgroup/kubepods.slice: no space left on device"',
    ),
    cause: /disk itself is not full/,
    proof: /max_user_watches = 192536/,
  },
  {
    name: 'open-files',
    role: W,
    sections: kubeletSays(
      W,
      'E1124 06:41:12.301245    2211 server.go:1] "http: Accept error" err="accept tcp [::]:10250: accept4: too many open files; retrying in 1s"',
    ),
    cause: /too many files are open/,
    proof: /accept4/,
  },
  {
    name: 'clock',
    role: W,
    sections: kubeletEnds(
      W,
      commandFailed(
        'failed to run Kubelet: cannot create certificate signing request: Post \\"https://10.77.1.11:6443/apis/certificates.k8s.io/v1/certificatesigningrequests\\": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-24T02:41:12Z is before 2026-11-24T06:27:35Z',
      ),
    ),
    cause: /not valid yet/,
    proof: /is before 2026-11-24T06:27:35Z/,
  },
  {
    name: 'firewall',
    role: CP,
    sections: journal(
      'kernel',
      CP,
      '[UFW BLOCK] IN=host0 OUT= MAC=5e:aa SRC=10.77.1.12 DST=10.77.1.11 LEN=60 TOS=0x00 PREC=0x00 TTL=64 ID=5 DF PROTO=TCP SPT=40112 DPT=6443 WINDOW=64240 RES=0x00 SYN URGP=0',
    ),
    cause: /drops packets to port 6443/,
    proof: /UFW BLOCK/,
  },
  {
    name: 'package-lock',
    role: W,
    phase: 'runtime',
    sections: {'package-lock': 'lock 812 1000 200.0 unattended-upgr'},
    cause: /unattended-upgr \(process 812\)/,
    proof: /package lock for 190 s/,
  },
  {
    name: 'connections-full',
    role: W,
    sections: journal('kernel', W, 'nf_conntrack: nf_conntrack: table full, dropping packet'),
    cause: /drops new ones/,
    proof: /nf_conntrack_max = 262144/,
  },

  // the kubelet
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
    cause: /does not know: maxPodz/,
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
    cause: /cannot be executed/,
    proof: /203\/EXEC/,
  },
  {
    name: 'kernel-flags',
    role: W,
    sections: kubeletEnds(
      W,
      'E1124 06:41:12.301245    2211 kubelet.go:1710] "Failed to start ContainerManager" err="[invalid kernel flag: vm/overcommit_memory, expected value: 1, actual value: 0]"',
    ),
    cause: /vm\/overcommit_memory to be 1/,
    proof: /actual value: 0/,
  },
  {
    name: 'node-ip',
    role: W,
    sections: kubeletSays(
      W,
      'E1124 06:41:12.301245    2211 kubelet_node_status.go:721] "Failed to set some node status fields" err="failed to validate nodeIP: node IP: \\"192.168.56.99\\" not found in the host\'s network interfaces" node="worker-1"',
    ),
    cause: /192\.168\.56\.99, which no interface/,
    proof: /not found in the host/,
  },
  {
    name: 'static-pod-manifest',
    role: CP,
    sections: kubeletSays(
      CP,
      'E1124 06:41:12.301245    2211 file.go:186] "Could not process manifest file" err="/etc/kubernetes/manifests/etcd.yaml: couldn\'t parse as pod(yaml: line 4: mapping values are not allowed in this context), please check config file" path="/etc/kubernetes/manifests/etcd.yaml"',
    ),
    cause: /manifest cannot be read: \/etc\/kubernetes\/manifests\/etcd\.yaml/,
    proof: /couldn't parse/,
  },
  {
    name: 'too-many-pods',
    role: W,
    sections: kubeletSays(
      W,
      'W1124 06:41:12.301245    2211 predicate.go:229] "Failed to admit pod, unexpected error while attempting to recover from admission failure" err="OutOfpods"',
    ),
    cause: /as many pods as it may have/,
    proof: /OutOfpods/,
  },
  {
    name: 'serving-certificate',
    role: W,
    sections: kubeletSays(
      W,
      'E1124 06:41:12.301245    2211 server.go:1] http: TLS handshake error from 10.77.1.11:35410: no serving certificate available for the kubelet',
    ),
    cause: /no serving certificate/,
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
    cause: /request was not approved/,
    proof: /a client certificate is not/,
  },
  {
    name: 'kubelet-stops',
    role: W,
    sections: kubeletEnds(W, commandFailed('failed to run Kubelet: something nobody has met before')),
    cause: /starts and stops again/,
    proof: /nobody has met before|7 restarts/,
  },

  // the runtime
  {
    name: 'containerd-down',
    role: W,
    sections: {
      ...units('running', 'failed'),
      'runtime-state': 'installed yes',
      ...journal(
        'kubelet',
        W,
        'E1124 06:41:12.301245    2211 remote_runtime.go:1] "Version from runtime service failed" err="rpc error: code = Unavailable desc = connection error: desc = \\"transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: no such file or directory\\""',
      ),
    },
    cause: /containerd is not running/,
    proof: /containerd\.service: failed/,
  },
  {
    name: 'containerd-config',
    role: W,
    sections: {
      ...units('running', 'failed'),
      'runtime-state': 'installed yes',
      ...journal(
        'containerd',
        W,
        'containerd: failed to load TOML from /etc/containerd/config.toml: toml: expected character =',
      ),
    },
    cause: /cannot read its configuration/,
    proof: /expected character/,
  },
  {
    name: 'cri-disabled',
    role: W,
    sections: kubeletEnds(
      W,
      commandFailed(
        'failed to run Kubelet: validate service connection: validate CRI v1 runtime API for endpoint \\"unix:///run/containerd/containerd.sock\\": rpc error: code = Unimplemented desc = unknown service runtime.v1.RuntimeService',
      ),
    ),
    cause: /without its CRI plugin/,
    proof: /unknown service/,
  },
  {
    name: 'runtime-answer',
    role: W,
    sections: kubeletEnds(
      W,
      commandFailed(
        'failed to run Kubelet: validate service connection: validate CRI v1 runtime API for endpoint \\"unix:///run/containerd/containerd.sock\\": rpc error: code = DeadlineExceeded desc = context deadline exceeded',
      ),
    ),
    cause: /cannot talk to the container runtime/,
    proof: /DeadlineExceeded/,
  },
  {
    name: 'cgroup-driver',
    role: CP,
    sections: kubeletSays(
      CP,
      sandboxFails(
        'failed to start sandbox \\\\\\"f1\\\\\\": failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: expected cgroupsPath to be of format \\\\\\"slice:prefix:name\\\\\\" for systemd cgroups, got \\\\\\"/kubepods/burstable/pode7/f1\\\\\\" instead',
      ),
    ),
    cause: /different ways/,
    proof: /cgroup driver of the kubelet: cgroupfs/,
  },
  {
    name: 'sandbox-image',
    role: CP,
    sections: kubeletSays(
      CP,
      sandboxFails(
        'failed to start sandbox \\\\\\"f1\\\\\\": failed to get sandbox image \\\\\\"registry.k8s.io/pause:3.10.2\\\\\\": failed to pull image \\\\\\"registry.k8s.io/pause:3.10.2\\\\\\": failed to pull and unpack image \\\\\\"registry.k8s.io/pause:3.10.2\\\\\\": failed to do request: Head \\\\\\"https://registry.k8s.io/v2/pause/manifests/3.10.2\\\\\\": dial tcp: lookup registry.k8s.io: no such host',
      ),
    ),
    cause:
      /pod sandboxes \(registry\.k8s\.io\/pause:3\.10\.2\) is missing: the name of the registry cannot be resolved/,
    proof: /failed to get sandbox image/,
  },
  ...(
    [
      [
        'dial tcp: lookup registry.k8s.io on 10.0.2.3:53: server misbehaving',
        /name of the registry cannot be resolved/,
      ],
      ['dial tcp 34.96.108.209:443: connect: no route to host', /registry cannot be reached/],
      ['dial tcp 34.96.108.209:443: i/o timeout', /registry cannot be reached/],
      ['tls: failed to verify certificate: x509: certificate signed by unknown authority', /does not trust/],
      ['proxyconnect tcp: dial tcp 10.0.0.1:3128: connect: connection refused', /proxy cannot be reached/],
      [
        'unexpected status from HEAD request to https://registry.k8s.io/v2/etcd/manifests/3.7.0-0: 429 Too Many Requests',
        /rate limit/,
      ],
      [
        'unexpected status from HEAD request to https://registry.k8s.io/v2/etcd/manifests/3.7.0-0: 403 Forbidden',
        /credentials/,
      ],
      ['registry.k8s.io/etcd:3.7.0-0: not found', /has no such image/],
    ] as const
  ).map(([error, cause]): Case => ({
    name: 'image-pull',
    role: CP,
    sections: kubeletSays(CP, pullFails(error)),
    cause: new RegExp(`etcd:3\\.7\\.0-0 cannot be had: .*${cause.source}`),
    proof: /Failed to pull image/,
  })),
  {
    name: 'image-pull',
    role: CP,
    sections: kubeletSays(
      CP,
      podFails(
        'failed to \\"StartContainer\\" for \\"etcd\\" with ErrImageNeverPull: \\"Container image \\\\\\"registry.k8s.io/etcd:3.7.0-0\\\\\\" is not present with pull policy of Never\\"',
      ),
    ),
    cause: /etcd:3\.7\.0-0 cannot be had/,
    proof: /ErrImageNeverPull/,
  },
  {
    name: 'oom-score',
    role: CP,
    sections: kubeletSays(
      CP,
      sandboxFails(
        "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: can't get final child's PID from pipe: EOF",
      ),
    ),
    cause: /SYS_RESOURCE/,
    proof: /final child's PID/,
  },
  {
    name: 'seccomp',
    role: CP,
    sections: kubeletSays(
      CP,
      sandboxFails(
        'failed to create containerd task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: seccomp: config provided but seccomp not supported',
      ),
    ),
    cause: /without seccomp/,
    proof: /seccomp not supported/,
  },
  {
    name: 'apparmor',
    role: CP,
    sections: kubeletSays(
      CP,
      sandboxFails(
        'OCI runtime create failed: runc create failed: unable to start container process: error during container init: unable to apply apparmor profile: apparmor failed to apply profile: write /proc/self/attr/apparmor/exec: no such file or directory',
      ),
    ),
    cause: /AppArmor/,
    proof: /apparmor profile/,
  },
  {
    name: 'runc-missing',
    role: CP,
    sections: kubeletSays(
      CP,
      sandboxFails('failed to create shim task: exec: \\\\\\"runc\\\\\\": executable file not found in $PATH'),
    ),
    cause: /runc or its shim/,
    proof: /executable file not found/,
  },

  // the way to the API
  {
    name: 'api-refused',
    role: W,
    sections: kubeletSays(W, reflector('dial tcp 10.77.1.11:6443: connect: connection refused')),
    cause: /nothing listens at 10\.77\.1\.11:6443/,
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
    cause: /api\.demo, cannot be resolved/,
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
    cause: /reached by: 10\.77\.1\.11$/,
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
    cause: /token this node joins with has expired/,
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
    sections: kubeletEnds(
      W,
      commandFailed(
        'failed to run Kubelet: unable to load bootstrap kubeconfig: stat /etc/kubernetes/bootstrap-kubelet.conf: no such file or directory',
      ),
    ),
    cause: /neither a working kubeconfig/,
    proof: /unable to load bootstrap/,
  },
  {
    name: 'node-name',
    role: W,
    sections: kubeletSays(
      W,
      'E1124 06:41:12.301245    2211 kubelet_node_status.go:104] "Unable to register node with API server, reason is forbidden" err="nodes \\"worker-9\\" is forbidden: node \\"worker-1\\" is not allowed to modify node \\"worker-9\\"" node="worker-9"',
    ),
    cause: /calls itself worker-9, but its certificate is for worker-1/,
    proof: /reason is forbidden/,
  },

  // the control plane
  {
    name: 'component-flag',
    role: CP,
    sections: crashed('kube-apiserver', CP, 'Error: unknown flag: --insecure-port'),
    cause: /kube-apiserver does not know its flag --insecure-port/,
    proof: /unknown flag/,
  },
  {
    name: 'component-flag',
    role: CP,
    sections: crashed(
      'etcd',
      CP,
      '{"level":"warn","ts":"2026-11-24T06:29:56.082332Z","caller":"etcdmain/etcd.go:75","msg":"failed to verify flags","error":"flag provided but not defined: -experimental-initial-corrupt-check"}',
    ),
    cause: /etcd does not know its flag/,
    proof: /flag provided but not defined/,
  },
  {
    name: 'port-in-use',
    role: CP,
    sections: {
      ...crashed(
        'kube-apiserver',
        CP,
        'E1124 06:41:12.301245       1 run.go:72] "command failed" err="failed to create listener: failed to listen on 0.0.0.0:6443: listen tcp 0.0.0.0:6443: bind: address already in use"',
      ),
      listening: 'ss LISTEN 0 511 0.0.0.0:6443 0.0.0.0:* users:(("nginx",pid=812,fd=6))',
    },
    cause: /another program has its port 6443/,
    proof: /held by nginx/,
  },
  {
    name: 'component-file',
    role: CP,
    sections: crashed(
      'kube-apiserver',
      CP,
      'E1124 06:41:12.301245       1 run.go:72] "command failed" err="open /etc/kubernetes/pki/apiserver.crt: no such file or directory"',
    ),
    cause: /cannot read \/etc\/kubernetes\/pki\/apiserver\.crt/,
    proof: /apiserver\.crt/,
  },
  {
    name: 'etcd-unreachable',
    role: CP,
    sections: {
      ...crashed(
        'kube-apiserver',
        CP,
        'W1124 06:41:12.301245       1 logging.go:55] [core] [Channel #1 SubChannel #2]grpc: addrConn.createTransport failed to connect to {Addr: "127.0.0.1:2379", ServerName: "127.0.0.1:2379", }. Err: connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:2379: connect: connection refused"',
      ),
      listening: '',
    },
    cause: /cannot reach etcd at 127\.0\.0\.1:2379/,
    proof: /nothing listens on 2379/,
  },
  {
    name: 'etcd-cluster',
    role: CP,
    sections: crashed(
      'etcd',
      CP,
      '{"level":"warn","ts":"2026-11-24T06:29:56.082332Z","caller":"rafthttp/http.go:503","msg":"request cluster ID mismatch","local-member-id":"8e9e05c52164694d"}',
    ),
    cause: /of another cluster/,
    proof: /cluster ID mismatch/,
  },
  {
    name: 'etcd-member',
    role: CP,
    sections: crashed(
      'etcd',
      CP,
      '{"level":"error","ts":"2026-11-24T06:29:56.082332Z","caller":"etcdserver/server.go:861","msg":"server error","error":"the member has been permanently removed from the cluster"}',
    ),
    cause: /was removed from its cluster/,
    proof: /permanently removed/,
  },
  {
    name: 'etcd-space',
    role: CP,
    sections: crashed(
      'kube-apiserver',
      CP,
      'E1124 06:41:12.301245       1 status.go:71] "Unhandled Error" err="apiserver received an error that is not an metav1.Status: &status.Error{s:(*status.Status)}: rpc error: code = ResourceExhausted desc = etcdserver: mvcc: database space exceeded"',
    ),
    cause: /has reached its quota/,
    proof: /database space exceeded/,
  },
  {
    name: 'etcd-damaged',
    role: CP,
    sections: crashed(
      'etcd',
      CP,
      '{"level":"fatal","ts":"2026-11-24T06:29:56.082332Z","caller":"etcdmain/etcd.go:204","msg":"discovery failed","error":"walpb: crc mismatch"}',
    ),
    cause: /data is damaged/,
    proof: /crc mismatch/,
  },
  {
    name: 'etcd-access',
    role: CP,
    sections: crashed(
      'etcd',
      CP,
      '{"level":"fatal","ts":"2026-11-24T06:29:56.082332Z","caller":"etcdmain/etcd.go:204","msg":"discovery failed","error":"cannot access data directory: open /var/lib/etcd/.touch: permission denied"}',
    ),
    cause: /may not write to its data folder/,
    proof: /permission denied/,
  },
  {
    name: 'etcd-slow-disk',
    role: CP,
    sections: crashed(
      'etcd',
      CP,
      '{"level":"warn","ts":"2026-11-24T06:29:56.082332Z","caller":"wal/wal.go:846","msg":"slow fdatasync","took":"2.1s","expected-duration":"1s"}',
    ),
    cause: /too slow for etcd/,
    proof: /slow fdatasync/,
  },
  {
    name: 'component-stops',
    role: CP,
    sections: crashed(
      'kube-scheduler',
      CP,
      'E1124 06:41:12.301245       1 run.go:72] "command failed" err="something nobody has met before"',
    ),
    cause: /kube-scheduler stops again and again \(started 4 times\)/,
    proof: /nobody has met before/,
  },

  // the pod network
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
    cause: /pod network is not there/,
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
    cause: /worker-1 has no address range/,
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
    sections: {sysctls: 'net/ipv4/ip_forward:0'},
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
    cause: /CoreDNS asks itself/,
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
    cause: /may not set the limit of tracked connections/,
    proof: /permission denied/,
  },
  {
    name: 'pod-stops',
    role: W,
    sections: crashed('kube-flannel', W, 'E1124 06:41:12.301245       1 main.go:1] something nobody has met before'),
    cause: /kube-flannel stops again and again/,
    proof: /nobody has met before/,
  },
]

const found = ({role, sections, phase}: Case): readonly Diagnosis[] =>
  diagnose(evidenceWith(role, sections), {
    phase: phase ?? 'wait-control-plane',
    waitedFor: 'the node',
    now: nowOf(role),
  })

describe('what a machine says is explained', () => {
  test.each(CASES.map(c => [c.name, c.cause.source, c] as const))('%s: %s', (name, _, c) => {
    const [first, ...others] = found(c)

    expect(first?.name).toBe(name)
    expect(first?.cause).toMatch(c.cause)
    expect(first?.proof.join('\n')).toMatch(c.proof)
    expect(first?.proof.length).toBeLessThanOrEqual(3)
    expect(first?.fix).not.toBe('')
    expect(others.filter(({certainty}) => certainty === 'certain').map(other => other.name)).toEqual([])
  })

  test('every rule has a case', () => {
    const missing = RULES.map(({name}) => name).filter(name => !CASES.some(c => c.name === name))

    expect(missing).toEqual([])
  })

  test('every cause that hides a consequence is the name of a rule', () => {
    const names = new Set([...RULES.map(({name}) => name), 'component-stops', 'kubelet-stops'])

    expect(RULES.flatMap(({follows}) => follows ?? []).filter(name => !names.has(name))).toEqual([])
  })
})
