import {describe, expect, test} from 'vitest'

import {file, problems, read} from './reading.ts'

/** What a person may write, and every error line that it causes. */
const CASES: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'an empty file',
    '',
    ['kadm.yaml:1:1: hosts: must not be empty; a cluster needs at least one host with role: control-plane'],
  ],
  [
    'no hosts',
    'apiVersion: kadm/v1\nkind: Cluster\n',
    ['kadm.yaml:1:1: hosts: must not be empty; a cluster needs at least one host with role: control-plane'],
  ],
  [
    'an empty list of hosts',
    'apiVersion: kadm/v1\nkind: Cluster\nhosts: []\n',
    ['kadm.yaml:3:8: hosts: must not be empty; a cluster needs at least one host with role: control-plane'],
  ],
  ['hosts without a value', 'apiVersion: kadm/v1\nkind: Cluster\nhosts:\n', ['kadm.yaml:3:7: hosts: is empty']],
  [
    'no control plane',
    'apiVersion: kadm/v1\nkind: Cluster\nhosts:\n- {role: worker, ssh: a}\n',
    ['kadm.yaml:4:1: hosts: must contain a control plane; set role: control-plane on one host'],
  ],
  [
    'a host without a role',
    'apiVersion: kadm/v1\nkind: Cluster\nhosts:\n- ssh: a\n',
    ['kadm.yaml:4:3: hosts[0].role: is missing'],
  ],
  [
    'a misspelt role',
    'apiVersion: kadm/v1\nkind: Cluster\nhosts:\n- {role: controlplane, ssh: a}\n',
    [
      "kadm.yaml:4:10: hosts[0].role: must be one of control-plane, worker, not 'controlplane'; did you mean 'control-plane'?",
    ],
  ],
  ['a host that is nothing', file('-\n'), ['kadm.yaml:6:2: hosts[1]: is empty']],
  [
    'a misspelt key of a host',
    file('', '  adress: 10.0.0.1\n'),
    ["kadm.yaml:6:3: hosts[0].adress: unknown key 'adress'; did you mean 'address'?"],
  ],
  [
    'a key unlike any other',
    file('pki: {zzzzzz: 1}\n'),
    [
      "kadm.yaml:6:7: pki.zzzzzz: unknown key 'zzzzzz'; the known keys are algorithm, caValidity, certificateValidity, apiServerSANs",
    ],
  ],
  [
    'a misspelt key at the top',
    file('kubernetsVersion: v1.37.2\n'),
    ["kadm.yaml:6:1: kubernetsVersion: unknown key 'kubernetsVersion'; did you mean 'kubernetesVersion'?"],
  ],
  ['a key written twice', file('swap: off\nswap: keep\n'), ["kadm.yaml:7:1: duplicate key 'swap'"]],
  [
    'broken YAML',
    file('network: {podSubnet: 10.244.0.0/16\n'),
    ['kadm.yaml:7:1: Flow map in block collection must be sufficiently indented and end with a }'],
  ],
  [
    'an alias to nothing',
    file('swap: *nowhere\n'),
    ['kadm.yaml:1:1: cannot be read: Unresolved alias (the anchor must be set before the alias): nowhere'],
  ],
  [
    'two documents of one kind',
    `${file()}---\n${file()}`,
    ['kadm.yaml:7:1: kind: duplicate Cluster; the first is at kadm.yaml:1:1'],
  ],
  [
    'a foreign kind',
    file('---\napiVersion: v1\nkind: ConfigMap\n'),
    [
      "kadm.yaml:8:7: kind: unknown kind 'ConfigMap'; the known kinds are Cluster, ClusterConfiguration, InitConfiguration, JoinConfiguration, KubeletConfiguration, KubeProxyConfiguration",
    ],
  ],
  [
    'a misspelt kind',
    file('---\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfig\n'),
    ["kadm.yaml:8:7: kind: unknown kind 'KubeletConfig'; did you mean 'KubeletConfiguration'?"],
  ],
  [
    'a document that describes no cluster',
    'apiVersion: kubeadm.k8s.io/v1beta4\nkind: ResetConfiguration\n',
    ['kadm.yaml:2:7: kind: ResetConfiguration does not describe a cluster; use the flags of kadm reset'],
  ],
  [
    'a file of old kinds, by its version',
    'apiVersion: kubeadm.k8s.io/v1alpha1\nkind: MasterConfiguration\n',
    [
      "kadm.yaml:1:13: apiVersion: 'kubeadm.k8s.io/v1alpha1' is too old; run 'kubeadm config migrate' of kubeadm v1.11 first",
    ],
  ],
  [
    'a file of another component',
    file('---\napiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n'),
    [
      'kadm.yaml:8:7: kind: KubeSchedulerConfiguration is a file of kube-scheduler itself: put it on the control plane, and name it with extraArgs and extraVolumes of that component',
    ],
  ],
  [
    'a document without a kind',
    file('---\nswap: off\n'),
    ['kadm.yaml:7:1: needs an apiVersion and a kind, such as kadm/v1 and Cluster'],
  ],
  ['text that is no mapping', 'just words\n', ['kadm.yaml:1:1: must be a mapping with apiVersion and kind']],
  [
    'another version of our document',
    file().replace('kadm/v1', 'kadm/v2'),
    ["kadm.yaml:1:13: apiVersion: the apiVersion of Cluster must be kadm/v1, not 'kadm/v2'"],
  ],
  [
    'an old kubeadm document',
    file('---\napiVersion: kubeadm.k8s.io/v1beta2\nkind: ClusterConfiguration\n'),
    [
      "kadm.yaml:7:13: apiVersion: 'kubeadm.k8s.io/v1beta2' is too old; run 'kubeadm config migrate' of kubeadm v1.22 first",
    ],
  ],
]

describe('a file that is not a configuration is reported with its place', () => {
  test.each(CASES)('%s', (_, text, lines) => {
    expect(problems(() => read(text))).toEqual(lines)
  })
})

test('all problems of a file are reported at once, in order of place', () => {
  const text = `apiVersion: kadm/v1
kind: Cluster
swap: of
hosts:
- name: Master
  role: control-plane
  ssh: {adress: 192.168.56.10}
- role: worker
  ssh: ubuntu@10.97.0.4
network: {plugin: flanel}
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
etcd: {local: {dataDir: data}}
networking: {podSubnet: 10.1.1/16}
`
  expect(problems(() => read(text))).toEqual([
    "kadm.yaml:3:7: swap: must be one of off, keep, not 'of'; did you mean 'off'?",
    "kadm.yaml:5:9: hosts[0].name: 'Master' must be lower case: master",
    'kadm.yaml:7:8: hosts[0].ssh.address: is missing',
    "kadm.yaml:7:9: hosts[0].ssh.adress: unknown key 'adress'; did you mean 'address'?",
    'kadm.yaml:10:19: network.plugin: must be flannel, none or {file: PATH}',
    "kadm.yaml:14:25: ClusterConfiguration.etcd.local.dataDir: 'data' is not an absolute path",
    "kadm.yaml:15:25: ClusterConfiguration.networking.podSubnet: '10.1.1/16' is not an address range; write it as 10.244.0.0/16",
  ])
})

test('a part that could not be read causes no second complaint', () => {
  const text =
    'apiVersion: kadm/v1\nkind: Cluster\nhosts:\n- {role: master, ssh: a}\nnetwork: {podSubnet: 10.96.0.1/16}\n'

  expect(problems(() => read(text))).toEqual([
    "kadm.yaml:4:10: hosts[0].role: must be one of control-plane, worker, not 'master'",
    "kadm.yaml:5:22: network.podSubnet: '10.96.0.1/16' has host bits set; write 10.96.0.0/16",
  ])
})
