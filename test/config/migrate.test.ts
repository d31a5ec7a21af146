import {expect, test} from 'vitest'

import {migrate} from '../../src/config/write/migrate.ts'
import {readCluster} from '../../src/config/read/read-cluster.ts'
import {environment, file, problems} from './reading.ts'

/** As `kubeadm config print init-defaults` writes it, with the places filled in. */
const KUBEADM = `apiVersion: kubeadm.k8s.io/v1beta4
bootstrapTokens:
- groups: [system:bootstrappers:kubeadm:default-node-token]
  token: abcdef.0123456789abcdef
  ttl: 24h0m0s
  usages: [signing, authentication]
kind: InitConfiguration
localAPIEndpoint:
  advertiseAddress: 10.0.0.10
  bindPort: 6443
nodeRegistration:
  criSocket: unix:///var/run/containerd/containerd.sock
  imagePullPolicy: IfNotPresent
  imagePullSerial: true
  name: node
  taints: null
timeouts:
  controlPlaneComponentHealthCheck: 4m0s
  discovery: 5m0s
  etcdAPICall: 2m0s
  kubeletHealthCheck: 4m0s
  kubernetesAPICall: 1m0s
  tlsBootstrap: 5m0s
  upgradeManifests: 5m0s
---
apiServer: {}
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
kubernetesVersion: 1.37.2
networking:
  dnsDomain: cluster.local
  serviceSubnet: 10.96.0.0/12
proxy: {}
scheduler:
  extraArgs: [{name: v, value: "2"}]
`

test('a kubeadm file becomes a kadm.yaml that has all of it', async () => {
  const {text, warnings, leftOut} = migrate('kubeadm.yaml', KUBEADM, environment())

  await expect(text).toMatchFileSnapshot('golden/migrated.kadm.yaml')
  expect(warnings).toEqual([
    "kubeadm.yaml:4:3: InitConfiguration.bootstrapTokens[0].token: is the token of kubeadm's example, which everybody knows; remove it, or write one of your own",
  ])
  expect(leftOut).toEqual([])
})

test('what was migrated reads as the same cluster', () => {
  const {cluster} = readCluster('kadm.yaml', migrate('kubeadm.yaml', KUBEADM, environment()).text, environment())

  expect(cluster).toMatchObject({
    hosts: [{nodeName: 'node', role: 'control-plane', address: '10.0.0.10', ssh: {address: '10.0.0.10'}}],
    extra: {scheduler: {args: [{name: 'v', value: '2'}]}},
  })
})

test('what a file says of joining nodes is kept in its own document', () => {
  const join = `---
apiVersion: kubeadm.k8s.io/v1beta4
kind: JoinConfiguration
nodeRegistration:
  kubeletExtraArgs: [{name: node-labels, value: tier=web}]
  taints: [{key: dedicated, value: gpu, effect: NoSchedule}]
  ignorePreflightErrors: [Mem]
  imagePullSerial: false
timeouts: {tlsBootstrap: 10m}
`
  const {text, leftOut} = migrate('kubeadm.yaml', KUBEADM + join, environment())
  const withWorker = text.replace('network:\n', '  - {role: worker, ssh: 10.0.0.11}\nnetwork:\n')
  const {cluster} = readCluster('kadm.yaml', withWorker, environment())

  expect(leftOut).toEqual([])
  expect(cluster.hosts[1]).toMatchObject({
    taints: [{key: 'dedicated', value: 'gpu', effect: 'NoSchedule'}],
    kubeletExtraArgs: [{name: 'node-labels', value: 'tier=web'}],
  })
  expect(cluster.kubeadm?.join).toMatchObject({
    ignorePreflightErrors: ['mem'],
    imagePullSerial: false,
    timeouts: {tlsBootstrap: 600},
  })
})

test('what has no place in a kadm.yaml is listed at its top and in the result', () => {
  const upgrade = '---\napiVersion: kubeadm.k8s.io/v1beta4\nkind: UpgradeConfiguration\n'
  const gate = KUBEADM.replace('proxy: {}', 'featureGates: {RootlessControlPlane: true}')
  const {text, leftOut} = migrate('kubeadm.yaml', gate + upgrade, environment())

  expect(leftOut).toHaveLength(2)
  expect(text.split('\n').slice(0, 2)).toEqual(leftOut.map(line => `# left out: ${line}`))
})

test.each([
  ['a kadm.yaml', file(), ['kubeadm.yaml:2:1: kind: is already a Cluster of kadm; there is nothing to migrate']],
  ['nothing', '', ['kubeadm.yaml:1:1: does not contain an InitConfiguration or a ClusterConfiguration']],
  [
    'an unknown key',
    KUBEADM.replace('proxy: {}', 'prox: {}'),
    ["kubeadm.yaml:44:1: ClusterConfiguration.prox: unknown key 'prox'; did you mean 'proxy'?"],
  ],
])('%s cannot be migrated', (_, text, lines) => {
  expect(problems(() => migrate('kubeadm.yaml', text, environment()))).toEqual(lines)
})
