import {envsOf, mergeMounts, samePath} from '../../src/manifests/static-pod.ts'
import {describe, expect, test} from 'vitest'

import {readCluster} from '../../src/config/read/read-cluster.ts'
import {environment, file, read} from './reading.ts'
import {CA} from './sample.ts'

const kubeadm = (kind: string, body: string): string =>
  `---\napiVersion: kubeadm.k8s.io/v1beta4\nkind: ${kind}\n${body}`

test('a file of only hosts has the defaults for the rest', () => {
  const {cluster, warnings} = read(file())

  expect(warnings).toEqual([])
  expect(cluster).toMatchObject({
    name: 'kubernetes',
    version: {text: 'v1.37.2'},
    controlPlaneEndpoint: undefined,
    apiPort: 6443,
    network: {
      podSubnets: ['10.244.0.0/16'],
      serviceSubnets: ['10.96.0.0/12'],
      dnsDomain: 'cluster.local',
      plugin: {kind: 'flannel'},
    },
    pki: {algorithm: 'RSA-2048', caHours: 87_600, leafHours: 8760, apiServerSans: []},
    source: {kind: 'online'},
    swap: 'off',
  })
})

test('a host may be its target, this machine or its parts', () => {
  const {cluster} = read(
    file('- {role: worker, ssh: local}\n- {role: worker, ssh: {address: a, keyFile: keys/id}}\n').replace(/^/, ''),
  )

  expect(cluster.hosts.map(({ssh}) => ssh)).toEqual([
    {address: '192.168.56.10', user: 'ubuntu'},
    'local',
    {address: 'a', keyFile: 'keys/id'},
  ])
})

test('paths count from the folder of the file, but not absolute ones and those of the home folder', () => {
  const text = file('source: {kind: bundle, path: ./bundle}\nnetwork: {plugin: {file: cni.yaml}}\n').replace(
    'ubuntu@192.168.56.10',
    '{address: a, keyFile: ~/.ssh/id}',
  )
  const {cluster} = readCluster('clusters/demo/kadm.yaml', text, environment({'clusters/demo/cni.yaml': 'kind: X\n'}))

  expect(cluster.source).toEqual({kind: 'bundle', path: 'clusters/demo/bundle'})
  expect(cluster.network.plugin).toEqual({kind: 'file', path: 'clusters/demo/cni.yaml', text: 'kind: X\n'})
  expect(cluster.hosts[0]?.ssh).toMatchObject({keyFile: '~/.ssh/id'})
})

test('the key of a package mirror lies beside the file', () => {
  const text = file('source: {kind: online, packages: {url: "https://mirror/deb", keyFile: keys/mirror.asc}}\n')

  expect(readCluster('clusters/demo.yaml', text, environment()).cluster.source).toEqual({
    kind: 'online',
    packages: {url: 'https://mirror/deb', keyFile: 'clusters/keys/mirror.asc'},
  })
})

test('a mirror of images has the authority that its file names, beside the file of the cluster', () => {
  const text = file('source: {kind: online, images: [{registry: ghcr.io, mirror: "https://m", caFile: ca.pem}]}\n')

  expect(readCluster('clusters/demo.yaml', text, environment({'clusters/ca.pem': CA})).cluster.source).toEqual({
    kind: 'online',
    images: [{registry: 'ghcr.io', url: 'https://m', ca: {path: 'clusters/ca.pem', pem: CA}}],
  })
})

test('kubeadm documents say what ours does not', () => {
  const {cluster, warnings} = read(
    file(
      '- {name: w, role: worker, ssh: b, taints: []}\n- {role: worker, ssh: c}\nignorePreflightErrors: [Mem]\npki: {apiServerSANs: [A.example.com]}\n',
    ) +
      kubeadm(
        'ClusterConfiguration',
        `clusterName: demo
kubernetesVersion: 1.36.1
controlPlaneEndpoint: api.example.com
imageRepository: mirror/k8s
networking: {podSubnet: "10.32.0.0/16,fd00:1::/56", dnsDomain: k8s}
apiServer: {certSANs: [b.example.com, a.example.com], extraArgs: [{name: v, value: "2"}]}
encryptionAlgorithm: ECDSA-P384
caCertificateValidityPeriod: 43800h0m0s
etcd: {local: {dataDir: /var/lib/etcd, extraArgs: [{name: a, value: b}]}}
certificatesDir: /etc/kubernetes/pki
dns: {}
proxy: {disabled: false}
`,
      ) +
      kubeadm(
        'InitConfiguration',
        `localAPIEndpoint: {advertiseAddress: 10.0.0.9, bindPort: 7443}
nodeRegistration:
  name: master
  criSocket: unix:///var/run/containerd/containerd.sock
  taints: null
  imagePullPolicy: IfNotPresent
  ignorePreflightErrors: [NumCPU]
timeouts: {discovery: 5m0s, controlPlaneComponentHealthCheck: 10m}
`,
      ) +
      kubeadm(
        'JoinConfiguration',
        'nodeRegistration: {taints: [{key: a, effect: NoSchedule}], kubeletExtraArgs: [{name: v, value: "4"}]}\n',
      ),
  )

  expect(warnings).toEqual([])
  expect(cluster).toMatchObject({
    name: 'demo',
    version: {text: 'v1.36.1'},
    controlPlaneEndpoint: 'api.example.com:7443',
    apiPort: 7443,
    imageRepository: 'mirror/k8s',
    startupSeconds: 600,
    network: {podSubnets: ['10.32.0.0/16', 'fd00:1::/56'], dnsDomain: 'k8s'},
    pki: {algorithm: 'ECDSA-P384', caHours: 43_800, apiServerSans: ['a.example.com', 'b.example.com']},
    extra: {
      apiServer: {args: [{name: 'v', value: '2'}]},
      etcd: {args: [{name: 'a', value: 'b'}]},
      ignorePreflightErrors: ['mem', 'numcpu'],
    },
  })
  expect(cluster.hosts).toMatchObject([
    {name: undefined, nodeName: 'master', address: '10.0.0.9', taints: undefined, kubeletExtraArgs: []},
    {name: 'w', taints: [], kubeletExtraArgs: [{name: 'v', value: '4'}]},
    {name: undefined, taints: [{key: 'a', effect: 'NoSchedule'}]},
  ])
})

test('what a host says itself counts more than what kubeadm says of all', () => {
  const own = '  kubeletExtraArgs: [{name: v, value: "9"}]\n'
  const {cluster} = read(
    file('', own) +
      kubeadm(
        'InitConfiguration',
        'nodeRegistration: {kubeletExtraArgs: [{name: v, value: "1"}, {name: a, value: b}]}\n',
      ),
  )

  expect(cluster.hosts[0]?.kubeletExtraArgs).toEqual([
    {name: 'a', value: 'b'},
    {name: 'v', value: '9'},
  ])
})

test("the components' documents are taken as they are, read as Go reads them", () => {
  const {cluster} = read(
    file(
      '---\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nfailSwapOn: no\nmaxPods: 0100\nevictionHard: {memory.available: 100Mi}\n' +
        '---\napiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: nftables\n',
    ),
  )

  expect(cluster.extra.kubelet).toEqual({failSwapOn: false, maxPods: 64, evictionHard: {'memory.available': '100Mi'}})
  expect(cluster.extra.kubeProxy).toEqual({mode: 'nftables'})
})

test('anchors and merge keys work', () => {
  const text = `apiVersion: kadm/v1
kind: Cluster
hosts:
- &first {role: control-plane, ssh: a}
- {<<: *first, role: worker, ssh: b}
`
  expect(read(text).cluster.hosts.map(({role}) => role)).toEqual(['control-plane', 'worker'])
})

test('controller manager flags change how large a pod range may be', () => {
  const withMask = (range: string): string =>
    file(`network: {podSubnet: ${range}}\n`) +
    kubeadm('ClusterConfiguration', 'controllerManager: {extraArgs: [{name: node-cidr-mask-size-ipv4, value: "26"}]}\n')
  const withoutRanges =
    file('network: {podSubnet: 10.244.0.0/25}\n') +
    kubeadm('ClusterConfiguration', 'controllerManager: {extraArgs: [{name: allocate-node-cidrs, value: "false"}]}\n')

  expect(read(withMask('10.244.0.0/26')).cluster.network.podSubnets).toEqual(['10.244.0.0/26'])
  expect(() => read(withMask('10.244.0.0/27'))).toThrow('each node takes a /26 of it')
  expect(read(withoutRanges).cluster.network.podSubnets).toEqual(['10.244.0.0/25'])
})

describe('what works on few machines is warned of', () => {
  test.each([
    [
      'controlPlaneEndpoint: api:443\n',
      'kadm.yaml:6:23: controlPlaneEndpoint: clients connect to port 443, but the API server listens on port 6443; make sure that a load balancer forwards port 443 to 6443',
    ],
    ['pki: {caValidity: 900000h}\n', 'kadm.yaml:6:19: pki.caValidity: is longer than the usual ten years (87600h)'],
    [
      'pki: {caValidity: 100h}\n',
      'kadm.yaml:6:19: pki.caValidity: certificates (8760h) would be valid for longer than their CA (100h)',
    ],
    [
      'pki: {certificateValidity: 9000h}\n',
      'kadm.yaml:6:28: pki.certificateValidity: is longer than the usual year (8760h)',
    ],
    [
      'network: {podSubnet: "10.244.0.0/16,fec0::/56"}\n',
      'kadm.yaml:6:22: network.podSubnet: fec0::/56 is in the deprecated site-local range fec0::/10',
    ],
    [
      '---\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nclusterDNS: [10.96.0.53]\n',
      'kadm.yaml:9:13: KubeletConfiguration.clusterDNS: is ["10.96.0.53"], but the rest of the cluster expects ["10.96.0.10"]',
    ],
    [
      '---\napiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nclusterCIDR: 10.1.0.0/16\n',
      'kadm.yaml:9:14: KubeProxyConfiguration.clusterCIDR: is "10.1.0.0/16", but the rest of the cluster expects "10.244.0.0/16"',
    ],
  ])('%s', (more, warning) => {
    expect(read(file(more)).warnings).toEqual([warning])
  })
})

test('of several volumes or variables with one name, the last one counts, with a warning', () => {
  const {cluster, warnings} = read(
    file(
      '---\napiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nscheduler:\n  extraVolumes: [{name: a, hostPath: /a, mountPath: /a}, {name: a, hostPath: /b, mountPath: /b}]\n  extraEnvs: [{name: A, value: "1"}, {name: B, value: "1"}, {name: A, value: "2"}]\n',
    ),
  )

  expect(warnings).toEqual([
    "kadm.yaml:10:18: ClusterConfiguration.scheduler.extraVolumes[0]: 'a' is in the list again, and the last one counts",
    "kadm.yaml:11:15: ClusterConfiguration.scheduler.extraEnvs[0]: 'A' is in the list again, and the last one counts",
  ])
  const mounts = mergeMounts([samePath('a', '/own', 'File')], cluster.extra.scheduler)
  expect(mounts.map(({hostPath}) => hostPath)).toEqual(['/b'])
  expect(envsOf(cluster.extra.scheduler).map(({value}) => value)).toEqual(['2', '1'])
})
