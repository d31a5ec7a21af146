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
    'a key of kubeadm that kadm does not support',
    kubeadm('ClusterConfiguration', 'etcd: {external: {endpoints: [a]}}\n'),
    ['kadm.yaml:9:8: ClusterConfiguration.etcd.external: is not supported; kadm runs etcd on the control plane'],
  ],
  [
    'a token',
    kubeadm('InitConfiguration', 'bootstrapTokens: [{token: abcdef.0123456789abcdef}]\n'),
    [
      'kadm.yaml:9:1: InitConfiguration.bootstrapTokens: is not supported; kadm creates a token for each join and deletes it afterwards',
    ],
  ],
  [
    'a discovery',
    kubeadm('JoinConfiguration', 'discovery: {file: {kubeConfigPath: /a}}\n'),
    [
      'kadm.yaml:9:1: JoinConfiguration.discovery: is not supported; kadm creates a token for each join and reads the CA from the control plane; set the control plane with --to',
    ],
  ],
  [
    'another container runtime',
    kubeadm('InitConfiguration', 'nodeRegistration: {criSocket: "unix:///var/run/crio/crio.sock"}\n'),
    [
      'kadm.yaml:9:20: InitConfiguration.nodeRegistration.criSocket: is not supported; kadm configures containerd and its socket',
    ],
  ],
  [
    'a timeout of its own',
    kubeadm('InitConfiguration', 'timeouts: {discovery: 9m}\n'),
    ['kadm.yaml:9:12: InitConfiguration.timeouts.discovery: is not supported; kadm uses its own timeouts'],
  ],
  [
    'CoreDNS left out, as Go spells yes',
    kubeadm('ClusterConfiguration', 'dns: {disabled: yes}\n'),
    ['kadm.yaml:9:7: ClusterConfiguration.dns.disabled: is not supported; use --skip-phases to leave CoreDNS out'],
  ],
  [
    'an environment value from elsewhere',
    kubeadm('ClusterConfiguration', 'apiServer: {extraEnvs: [{name: A, valueFrom: {fieldRef: {fieldPath: a}}}]}\n'),
    ['kadm.yaml:9:35: ClusterConfiguration.apiServer.extraEnvs[0].valueFrom: is not supported; write the value itself'],
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
