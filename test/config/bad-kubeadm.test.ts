import {describe, expect, test} from 'vitest'

import {file, problems, read} from './reading.ts'

const kubeadm = (kind: string, body: string, more = ''): string =>
  file(`${more}---\napiVersion: kubeadm.k8s.io/v1beta4\nkind: ${kind}\n${body}`)

/** What a person may write, and every error line that it causes. */
const CASES: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'a misspelt key of kubeadm',
    kubeadm('ClusterConfiguration', 'apiserver: {}\n'),
    ["kadm.yaml:9:1: ClusterConfiguration.apiserver: unknown key 'apiserver'; did you mean 'apiServer'?"],
  ],
  [
    'an etcd outside the cluster by a name alone',
    kubeadm('ClusterConfiguration', 'etcd: {external: {endpoints: [a]}}\n'),
    [
      "kadm.yaml:9:31: ClusterConfiguration.etcd.external.endpoints[0]: 'a' is not an address of etcd; write it as https://10.0.0.31:2379",
    ],
  ],
  [
    'an etcd outside the cluster with half of its certificates',
    kubeadm('ClusterConfiguration', 'etcd: {external: {endpoints: ["http://a:1"], certFile: /c}}\n'),
    [
      'kadm.yaml:9:18: ClusterConfiguration.etcd.external: needs both certFile and keyFile, or neither',
      "kadm.yaml:9:31: ClusterConfiguration.etcd.external.endpoints[0]: 'http://a:1' must begin with https, because certificates are named",
    ],
  ],
  [
    'two kinds of etcd',
    kubeadm('ClusterConfiguration', 'etcd: {local: {imageTag: v1}, external: {endpoints: ["http://a:1"]}}\n'),
    ['kadm.yaml:9:31: ClusterConfiguration.etcd.external: cannot be used together with local; write one of them'],
  ],
  [
    'a bad token',
    kubeadm(
      'InitConfiguration',
      'bootstrapTokens: [{token: abc, usages: [signing], ttl: 1h, expires: "2030-01-01T00:00:00Z"}]\n',
    ),
    [
      'kadm.yaml:9:27: InitConfiguration.bootstrapTokens[0].token: is not a bootstrap token; write 6 and 16 lower-case letters or digits with a dot between: abcdef.0123456789abcdef',
      "kadm.yaml:9:32: InitConfiguration.bootstrapTokens[0].usages: needs 'authentication' in it, because the token has groups",
      'kadm.yaml:9:60: InitConfiguration.bootstrapTokens[0].expires: cannot be used together with ttl; write one of them',
    ],
  ],
  [
    'a discovery that trusts nobody',
    kubeadm(
      'JoinConfiguration',
      'discovery: {bootstrapToken: {token: abcdef.0123456789abcdef, apiServerEndpoint: "10.0.0.1:6443"}}\n',
    ),
    [
      'kadm.yaml:9:29: JoinConfiguration.discovery.bootstrapToken: must name the CA: caCertHashes, or unsafeSkipCAVerification: true to trust any server there',
    ],
  ],
  [
    'a container runtime by pipe',
    kubeadm('InitConfiguration', 'nodeRegistration: {criSocket: "tcp://1.2.3.4"}\n'),
    [
      "kadm.yaml:9:31: InitConfiguration.nodeRegistration.criSocket: 'tcp://1.2.3.4' is not a socket of a container runtime; write it as unix:///run/containerd/containerd.sock",
    ],
  ],
  [
    'another container runtime for the kubelet than for the node',
    file(
      '---\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\ncontainerRuntimeEndpoint: unix:///run/crio/crio.sock\n',
    ),
    [
      'kadm.yaml:9:27: KubeletConfiguration.containerRuntimeEndpoint: names another container runtime than the nodes have; kadm installs containerd, unless nodeRegistration.criSocket (or criSocket of a host) names a runtime that is there: unix:///run/crio/crio.sock',
    ],
  ],
  [
    'a timeout of a wrong type, and one that is none',
    kubeadm('InitConfiguration', 'timeouts: {discovery: 5, foo: 9m}\n'),
    [
      'kadm.yaml:9:23: InitConfiguration.timeouts.discovery: must be text, not the number 5; write it as 5m, 90s or 1h30m',
      "kadm.yaml:9:26: InitConfiguration.timeouts.foo: unknown key 'foo'; the known keys are controlPlaneComponentHealthCheck, kubeletHealthCheck, kubernetesAPICall, etcdAPICall, tlsBootstrap, discovery, upgradeManifests",
    ],
  ],
  [
    'an environment value from an object of the API',
    kubeadm(
      'ClusterConfiguration',
      'apiServer: {extraEnvs: [{name: A, valueFrom: {secretKeyRef: {name: a, key: b}}}]}\n',
    ),
    [
      'kadm.yaml:9:47: ClusterConfiguration.apiServer.extraEnvs[0].valueFrom.secretKeyRef: cannot be used: the kubelet refuses a static pod that refers to an object of the API; write the value itself, or use fieldRef',
    ],
  ],
  [
    'an environment value that is said twice',
    kubeadm(
      'ClusterConfiguration',
      'etcd: {local: {extraEnvs: [{name: A, value: b, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}]}}\n',
    ),
    [
      'kadm.yaml:9:48: ClusterConfiguration.etcd.local.extraEnvs[0].valueFrom: cannot be used together with value, because the kubelet refuses such a pod; write one of them',
    ],
  ],
  [
    'numbers and truth values without quotes, and with quotes that do not belong there',
    kubeadm(
      'ClusterConfiguration',
      'apiServer: {extraArgs: [{name: v, value: 4}, {name: profiling, value: false}]}\ncertificateValidityPeriod: 8760\nproxy: {disabled: "true"}\nscheduler: {extraVolumes: [{name: a, hostPath: /a, mountPath: /a, readOnly: "yes"}]}\n',
    ),
    [
      'kadm.yaml:9:42: ClusterConfiguration.apiServer.extraArgs[0].value: must be text, not the number 4; write it in quotes: "4"',
      'kadm.yaml:9:71: ClusterConfiguration.apiServer.extraArgs[1].value: must be text, not the value false; write it in quotes: "false"',
      'kadm.yaml:10:28: ClusterConfiguration.certificateValidityPeriod: must be text, not the number 8760; write hours, minutes and seconds such as 8760h or 1h30m',
      "kadm.yaml:11:19: ClusterConfiguration.proxy.disabled: must be true or false, not 'true'; write it without quotes: true",
      "kadm.yaml:12:77: ClusterConfiguration.scheduler.extraVolumes[0].readOnly: must be true or false, not 'yes'",
    ],
  ],
  [
    'a certificate key of digits',
    kubeadm('InitConfiguration', `certificateKey: ${'1'.repeat(64)}\n`),
    [
      'kadm.yaml:9:17: InitConfiguration.certificateKey: must be text, not the number 1.1111111111111112e+63; write it in quotes',
    ],
  ],
  [
    'phases that the command does not have',
    kubeadm('InitConfiguration', 'skipPhases: [addon/core-dns, control-plane-join, certs/apiserver, addon]\n'),
    [
      "kadm.yaml:9:14: InitConfiguration.skipPhases[0]: 'addon/core-dns' is not a phase of kubeadm init; did you mean 'addon/coredns'?",
      "kadm.yaml:9:30: InitConfiguration.skipPhases[1]: 'control-plane-join' is not a phase of kubeadm init; did you mean 'control-plane'?",
    ],
  ],
  [
    'a build that was not released',
    kubeadm('ClusterConfiguration', 'kubernetesVersion: ci/latest-1.37\n'),
    [
      "kadm.yaml:9:20: ClusterConfiguration.kubernetesVersion: 'ci/latest-1.37' is a build that was not released; kadm installs releases, so write a release such as v1.37.2, or a label such as stable-1.37",
    ],
  ],
  [
    'a mapping of flags, as v1beta3 has it',
    kubeadm('ClusterConfiguration', 'apiServer: {extraArgs: {profiling: "false", v: "2"}}\n'),
    [
      'kadm.yaml:9:24: ClusterConfiguration.apiServer.extraArgs: must be a list, not a mapping; write it as [{name: profiling, value: "false"}, …]',
    ],
  ],
  [
    'a feature gate that there is not',
    kubeadm('ClusterConfiguration', 'featureGates: {Foo: true}\n'),
    [
      "kadm.yaml:9:16: ClusterConfiguration.featureGates.Foo: unknown feature gate 'Foo'; kubeadm has RootlessControlPlane",
    ],
  ],
  [
    'certificates without a life',
    kubeadm('ClusterConfiguration', 'certificateValidityPeriod: 0s\n'),
    [
      "kadm.yaml:9:28: ClusterConfiguration.certificateValidityPeriod: '0s' would make certificates that have expired already; write hours such as 8760h",
    ],
  ],
  [
    'a pre-release',
    kubeadm('ClusterConfiguration', 'kubernetesVersion: v1.37.0-rc.1\n'),
    [
      "kadm.yaml:9:20: ClusterConfiguration.kubernetesVersion: 'v1.37.0-rc.1' is not a release: kadm installs no pre-releases and no builds from other sources; write a release such as v1.37.2",
    ],
  ],
  [
    'a label that nobody can look up',
    kubeadm('ClusterConfiguration', 'kubernetesVersion: stable-1.37\n'),
    [
      "kadm.yaml:9:20: ClusterConfiguration.kubernetesVersion: 'stable-1.37' is looked up at dl.k8s.io, which could not be asked; write the release itself, such as v1.37.2, the newest that this kadm knows",
    ],
  ],
  [
    'a volume at a relative path',
    kubeadm('ClusterConfiguration', 'scheduler: {extraVolumes: [{name: a, hostPath: b, mountPath: /c}]}\n'),
    ["kadm.yaml:9:48: ClusterConfiguration.scheduler.extraVolumes[0].hostPath: 'b' is not an absolute path"],
  ],
  [
    'a contradiction with kubeadm',
    kubeadm('ClusterConfiguration', 'networking: {podSubnet: 10.1.0.0/16}\n', 'network: {podSubnet: 10.2.0.0/16}\n'),
    [
      'kadm.yaml:10:25: ClusterConfiguration.networking.podSubnet: says 10.1.0.0/16, but kadm.yaml:6:22: network.podSubnet says 10.2.0.0/16',
    ],
  ],
  [
    'a contradicting port',
    kubeadm('InitConfiguration', 'localAPIEndpoint: {bindPort: 7443}\n', 'apiPort: 6443\n'),
    ['kadm.yaml:10:30: InitConfiguration.localAPIEndpoint.bindPort: says 7443, but kadm.yaml:6:10: apiPort says 6443'],
  ],
  [
    'a contradicting node name',
    `${file('', '  name: a\n')}---\napiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\nnodeRegistration: {name: b}\n`,
    ['kadm.yaml:10:26: InitConfiguration.nodeRegistration.name: says b, but kadm.yaml:6:9: hosts[0].name says a'],
  ],
  [
    'one node name for several workers',
    kubeadm(
      'JoinConfiguration',
      'nodeRegistration: {name: b}\n',
      '- {role: worker, ssh: x}\n- {role: worker, ssh: y}\n',
    ),
    [
      'kadm.yaml:11:26: JoinConfiguration.nodeRegistration.name: sets one node name, but 2 hosts have the role worker; set the name of each host instead',
    ],
  ],
  [
    'a misspelt key of the kubelet',
    file('---\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmaxPod: 50\n'),
    ["kadm.yaml:9:1: KubeletConfiguration.maxPod: unknown key 'maxPod'; did you mean 'maxPods'?"],
  ],
  [
    'a misspelt inner key of the kubelet',
    file(
      '---\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nauthentication: {webhook: {cacheTtl: 1m}}\n',
    ),
    [
      "kadm.yaml:9:28: KubeletConfiguration.authentication.webhook.cacheTtl: unknown key 'cacheTtl'; did you mean 'cacheTTL'?",
    ],
  ],
  [
    'a misspelt key of kube-proxy',
    file('---\napiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmodes: nftables\n'),
    ["kadm.yaml:9:1: KubeProxyConfiguration.modes: unknown key 'modes'; did you mean 'mode'?"],
  ],
  [
    'swap kept, and a kubelet that refuses it',
    file('swap: keep\n---\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nfailSwapOn: true\n'),
    [
      'kadm.yaml:10:13: KubeletConfiguration.failSwapOn: prevents the kubelet from starting on hosts with swap, but kadm.yaml:6:7: swap is keep; set failSwapOn to false',
    ],
  ],
]

describe('a kubeadm or component document that cannot be followed is reported with its place', () => {
  test.each(CASES)('%s', (_, text, lines) => {
    expect(problems(() => read(text))).toEqual(lines)
  })
})
