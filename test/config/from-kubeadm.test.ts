import {expect, test} from 'vitest'

import {clusterFromKubeadm} from '../../src/config/read/from-kubeadm.ts'
import {hostSpec} from '../../src/config/rules/target.ts'
import {problems} from './reading.ts'

/** As kubeadm v1.37.2 stores it after a plain init with a pod range. */
const STORED = `apiServer: {}
apiVersion: kubeadm.k8s.io/v1beta4
caCertificateValidityPeriod: 87600h0m0s
certificateValidityPeriod: 8760h0m0s
certificatesDir: /etc/kubernetes/pki
clusterName: kubernetes
controllerManager: {}
dns: {}
encryptionAlgorithm: RSA-2048
etcd:
  local:
    dataDir: /var/lib/etcd
imageRepository: registry.k8s.io
kind: ClusterConfiguration
kubernetesVersion: v1.37.2
networking:
  dnsDomain: cluster.local
  podSubnet: 10.244.0.0/16
  serviceSubnet: 10.96.0.0/12
proxy: {}
scheduler: {}
`

test('what kubeadm stored is read back without a warning', () => {
  const {cluster, warnings} = clusterFromKubeadm({
    clusterConfiguration: STORED,
    kubelet:
      'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nclusterDNS: [10.96.0.10]\nnewField: 1\n',
    kubeProxy: 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: iptables\n',
    hosts: [hostSpec('worker', 'local')],
    podNetwork: {kind: 'flannel'},
  })

  expect(warnings).toEqual([])
  expect(cluster).toMatchObject({
    name: 'kubernetes',
    version: {text: 'v1.37.2'},
    hosts: [{role: 'worker', ssh: 'local'}],
    apiPort: 6443,
    network: {podSubnets: ['10.244.0.0/16'], serviceSubnets: ['10.96.0.0/12'], plugin: {kind: 'flannel'}},
    extra: {kubelet: {clusterDNS: ['10.96.0.10'], newField: 1}, kubeProxy: {mode: 'iptables'}},
  })
})

test('a pod range that does not exist stays absent', () => {
  const {cluster} = clusterFromKubeadm({clusterConfiguration: STORED.replace(/ {2}podSubnet.*\n/, '')})

  expect(cluster.network.podSubnets).toEqual([])
  expect(cluster.hosts).toEqual([])
})

test('unknown and unsupported fields are warnings, and the rest is still read', () => {
  const {cluster, warnings} = clusterFromKubeadm({
    clusterConfiguration: `${STORED.replace('proxy: {}', 'proxy: {disabled: true}')}someday: {a: 1}\n`,
  })

  expect(cluster.version.text).toBe('v1.37.2')
  expect(cluster.kubeadm).toMatchObject({proxyDisabled: true})
  expect(warnings).toEqual([
    expect.stringMatching(
      /^ConfigMap kube-system\/kubeadm-config:22:1: ClusterConfiguration\.someday: unknown key 'someday'; /,
    ),
  ])
})

test.each([
  ['nothing', '', ['ConfigMap kube-system/kubeadm-config: does not contain a usable ClusterConfiguration']],
  [
    'an older API',
    STORED.replace('v1beta4', 'v1beta2'),
    [
      'ConfigMap kube-system/kubeadm-config: does not contain a usable ClusterConfiguration',
      "ConfigMap kube-system/kubeadm-config:2:13: apiVersion: 'kubeadm.k8s.io/v1beta2' is too old; run 'kubeadm config migrate' of kubeadm v1.22 first",
    ],
  ],
  [
    'an older Kubernetes',
    STORED.replace('v1.37.2', 'v1.34.1'),
    [
      'ConfigMap kube-system/kubeadm-config:15:20: ClusterConfiguration.kubernetesVersion: Kubernetes v1.34.1 is not supported by this version of kadm; use a version from v1.35 to v1.37',
    ],
  ],
])('a cluster that says %s is refused', (_, clusterConfiguration, lines) => {
  expect(problems(() => clusterFromKubeadm({clusterConfiguration}))).toEqual(lines)
})
