import {journal, units} from '../captures.ts'
import {
  CP,
  type Case,
  W,
  commandFailed,
  kubeletEnds,
  kubeletSays,
  podFails,
  pullFails,
  sandboxFails,
  withoutImages,
} from '../wording.ts'

export const RUNTIME_CASES: readonly Case[] = [
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
    cause: /different cgroup drivers/,
    proof: /cgroup driver of the kubelet: cgroupfs/,
  },
  {
    name: 'sandbox-image',
    role: CP,
    sections: withoutImages(
      CP,
      sandboxFails(
        'failed to start sandbox \\\\\\"f1\\\\\\": failed to get sandbox image \\\\\\"registry.k8s.io/pause:3.10.2\\\\\\": failed to pull image \\\\\\"registry.k8s.io/pause:3.10.2\\\\\\": failed to pull and unpack image \\\\\\"registry.k8s.io/pause:3.10.2\\\\\\": failed to do request: Head \\\\\\"https://registry.k8s.io/v2/pause/manifests/3.10.2\\\\\\": dial tcp: lookup registry.k8s.io: no such host',
      ),
    ),
    cause:
      /pod sandboxes \(registry\.k8s\.io\/pause:3\.10\.2\) is missing: the host cannot resolve the name of the registry/,
    proof: /no such host/,
  },
  ...(
    [
      [
        'dial tcp: lookup registry.k8s.io on 10.0.2.3:53: server misbehaving',
        /cannot resolve the name of the registry/,
      ],
      ['dial tcp 34.96.108.209:443: connect: no route to host', /cannot reach the registry/],
      ['dial tcp 34.96.108.209:443: i/o timeout', /cannot reach the registry/],
      ['tls: failed to verify certificate: x509: certificate signed by unknown authority', /does not trust/],
      ['proxyconnect tcp: dial tcp 10.0.0.1:3128: connect: connection refused', /cannot reach the proxy/],
      [
        'unexpected status from HEAD request to https://registry.k8s.io/v2/etcd/manifests/3.7.0-0: 429 Too Many Requests',
        /rate limit/,
      ],
      [
        'unexpected status from HEAD request to https://registry.k8s.io/v2/etcd/manifests/3.7.0-0: 403 Forbidden',
        /credentials/,
      ],
      ['registry.k8s.io/etcd:3.7.0-0: not found', /does not exist in the registry/],
    ] as const
  ).map(([error, cause]): Case => ({
    name: 'image-pull',
    role: CP,
    sections: withoutImages(CP, pullFails(error)),
    cause: new RegExp(`etcd:3\\.7\\.0-0 cannot be pulled: .*${cause.source}`),
    // The reason stands at the end of a long line, and must not be what is cut off.
    proof: new RegExp(error.slice(-20).replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)),
  })),
  {
    name: 'image-pull',
    role: CP,
    sections: withoutImages(
      CP,
      podFails(
        'failed to \\"StartContainer\\" for \\"etcd\\" with ErrImageNeverPull: \\"Container image \\\\\\"registry.k8s.io/etcd:3.7.0-0\\\\\\" is not present with pull policy of Never\\"',
      ),
    ),
    cause: /etcd:3\.7\.0-0 cannot be pulled/,
    proof: /not present with pull policy of Never/,
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
]
