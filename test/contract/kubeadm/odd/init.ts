import {init} from './write.ts'

/** Documents of `kubeadm init`. */
export const INITS: Readonly<Record<string, string>> = {
  'advertise any': init('localAPIEndpoint: {advertiseAddress: 0.0.0.0}\n'),
  'advertise leading zero': init('localAPIEndpoint: {advertiseAddress: 192.000.002.010}\n'),
  'advertise loopback': init('localAPIEndpoint: {advertiseAddress: 127.0.0.1}\n'),
  'advertise name': init('localAPIEndpoint: {advertiseAddress: cp1.example.com}\n'),
  'bind port out of range': init('localAPIEndpoint: {bindPort: 70000}\n'),
  'bind port text': init('localAPIEndpoint: {bindPort: "6443"}\n'),
  'certificate key not hex': init('certificateKey: zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz\n'),
  'certificate key number': init('certificateKey: 1234567890123456789012345678901234567890123456789012345678901234\n'),
  'certificate key short': init('certificateKey: 0123456789abcdef\n'),
  'certificate key upper case': init(
    'certificateKey: ABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABAB\n',
  ),
  'dual stack ipv6 first': init(
    'localAPIEndpoint: {advertiseAddress: "2001:db8::10"}\nnodeRegistration: {name: cp1}\n',
    'networking: {podSubnet: "fd00:10::/56,10.244.0.0/16", serviceSubnet: "fd00:20::/112,10.96.0.0/16"}\n',
  ),
  'host bits ipv6': init(
    'localAPIEndpoint: {advertiseAddress: "2001:db8::10"}\n',
    'networking: {podSubnet: "fd00:10::1/56", serviceSubnet: "fd00:20::1/112"}\n',
  ),
  'ignore errors all and one': init('nodeRegistration: {ignorePreflightErrors: [all, NumCPU]}\n'),
  'ignore errors unknown': init('nodeRegistration: {ignorePreflightErrors: [IsPrivilegedUsr]}\n'),
  'ignore errors': init('nodeRegistration: {ignorePreflightErrors: [NumCPU, mem]}\n'),
  'kubelet args as list': init(
    'nodeRegistration:\n  kubeletExtraArgs:\n  - name: node-labels\n    value: tier=web\n  - name: v\n    value: "4"\n  - name: node-labels\n    value: zone=a\n',
  ),
  'kubelet args as map': init('nodeRegistration:\n  kubeletExtraArgs:\n    node-labels: tier=web\n'),
  'node name blank': init('nodeRegistration: {name: " cp1 "}\n'),
  'node name long': init(
    'nodeRegistration: {name: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example.com}\n',
  ),
  'node name number': init('nodeRegistration: {name: 1}\n'),
  'patches empty': init('patches: {directory: ""}\n'),
  'patches missing folder': init('patches: {directory: /nowhere/patches}\n'),
  'patches relative': init('patches: {directory: patches}\n'),
  'pull policy empty': init('nodeRegistration: {imagePullPolicy: ""}\n'),
  'pull policy never': init('nodeRegistration: {imagePullPolicy: Never}\n'),
  'pull serial null': init('nodeRegistration: {imagePullSerial: null}\n'),
  'service range too large ipv6': init(
    'localAPIEndpoint: {advertiseAddress: "2001:db8::10"}\n',
    'networking: {serviceSubnet: "fd00:20::/64"}\n',
  ),
  'skip addon': init('skipPhases: [addon]\n'),
  'skip phase of join': init('skipPhases: [control-plane-join]\n'),
  'skip phases text': init('skipPhases: addon/coredns\n'),
  'skip sub phases': init('skipPhases: [addon/kube-proxy, mark-control-plane, upload-certs, show-join-command]\n'),
  'socket empty': init('nodeRegistration: {criSocket: ""}\n'),
  'socket of docker': init('nodeRegistration: {criSocket: /var/run/dockershim.sock}\n'),
  'socket relative': init('nodeRegistration: {criSocket: crio.sock}\n'),
  'socket tcp': init('nodeRegistration: {criSocket: "tcp://127.0.0.1:3735"}\n'),
  'socket without scheme': init('nodeRegistration: {criSocket: /var/run/containerd/containerd.sock}\n'),
  'taint bad effect': init('nodeRegistration: {taints: [{key: a, effect: NoRun}]}\n'),
  'taint with time': init(
    'nodeRegistration: {taints: [{key: a, effect: NoSchedule, timeAdded: "2026-01-01T00:00:00Z"}]}\n',
  ),
  'taint without effect': init('nodeRegistration: {taints: [{key: a}]}\n'),
  'taints empty': init('nodeRegistration: {taints: []}\n'),
  'taints null': init('nodeRegistration: {taints: null}\n'),
  'taints own': init(
    'nodeRegistration:\n  taints:\n  - {key: dedicated, value: infra, effect: NoExecute}\n  - {key: a.example.com/b, effect: PreferNoSchedule}\n',
  ),
  'timeout negative': init('timeouts: {discovery: -5m}\n'),
  'timeout of days': init('timeouts: {discovery: 1d}\n'),
  'timeouts forms': init(
    'timeouts: {controlPlaneComponentHealthCheck: 10m, kubeletHealthCheck: 1h5m, kubernetesAPICall: 90s, etcdAPICall: 2m0s, tlsBootstrap: 0s, discovery: 1.5m, upgradeManifests: 5m}\n',
  ),
  'token bad expiry': init('bootstrapTokens: [{token: abcdef.0123456789abcdef, expires: tomorrow}]\n'),
  'token bad usage': init('bootstrapTokens: [{token: abcdef.0123456789abcdef, usages: [sign]}]\n'),
  'token text': init('bootstrapTokens: [abcdef.0123456789abcdef]\n'),
  'tokens of one id': init(
    'bootstrapTokens:\n- {token: abcdef.0123456789abcdef}\n- {token: abcdef.fedcba9876543210}\n',
  ),
  'tokens two': init(
    'bootstrapTokens:\n- {token: abcdef.0123456789abcdef, ttl: 2h, usages: [signing]}\n- {token: fedcba.0123456789abcdef, expires: "2035-01-01T00:00:00Z", description: "for \\"w1\\"", groups: [system:bootstrappers:kubeadm:default-node-token, system:bootstrappers:team-a]}\n',
  ),
}
