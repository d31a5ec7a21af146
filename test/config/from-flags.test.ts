import {describe, expect, test} from 'vitest'

import {type ClusterFlags, clusterFromFlags} from '../../src/config/read/from-flags.ts'
import {environment, file, problems} from './reading.ts'

const from = (flags: ClusterFlags, text?: string) =>
  clusterFromFlags(
    flags,
    environment({'cni.yaml': 'kind: X\n'}),
    text === undefined ? undefined : {name: 'kadm.yaml', text},
  )

test('no flags at all make this machine a control plane', () => {
  const {cluster, warnings} = from({})

  expect(warnings).toEqual([])
  expect(cluster.hosts).toMatchObject([{role: 'control-plane', ssh: 'local', name: undefined}])
  expect(cluster.network.podSubnets).toEqual(['10.244.0.0/16'])
})

test('workers of a cluster that exists need no control plane beside them, and errors still name their argument', () => {
  const {cluster} = from({workers: ['ubuntu@10.0.0.11', 'local'], partOfCluster: true})

  expect(cluster.hosts).toMatchObject([
    {role: 'worker', ssh: {address: '10.0.0.11', user: 'ubuntu'}},
    {role: 'worker', ssh: 'local'},
  ])
  expect(problems(() => from({workers: ['10.0.0.11', 'a b'], partOfCluster: true}))).toEqual([
    "a b: 'a b' is not an address; write an IP address or a host name",
  ])
})

test('every flag reaches the cluster', () => {
  const {cluster} = from({
    controlPlane: 'ubuntu@10.0.0.10:2222',
    workers: ['10.0.0.11'],
    identityFile: '~/.ssh/id',
    jump: 'gate',
    nodeName: 'master',
    apiserverAdvertiseAddress: '10.0.1.10',
    apiserverBindPort: 7443,
    apiserverCertExtraSans: ['API.example.com'],
    controlPlaneEndpoint: 'api.example.com',
    imageRepository: 'mirror/k8s',
    kubernetesVersion: '1.36.1',
    podNetworkCidr: '10.32.0.0/16',
    serviceCidr: '10.64.0.0/16',
    serviceDnsDomain: 'k8s',
    podNetwork: './cni.yaml',
    bundle: './bundle',
    swap: 'keep',
    ignorePreflightErrors: ['NumCPU'],
  })

  expect(cluster).toMatchObject({
    version: {text: 'v1.36.1'},
    hosts: [
      {
        name: 'master',
        role: 'control-plane',
        address: '10.0.1.10',
        ssh: {address: '10.0.0.10', port: 2222, user: 'ubuntu', keyFile: '~/.ssh/id', jump: 'gate'},
      },
      {role: 'worker', ssh: {address: '10.0.0.11', keyFile: '~/.ssh/id', jump: 'gate'}},
    ],
    controlPlaneEndpoint: 'api.example.com:7443',
    apiPort: 7443,
    imageRepository: 'mirror/k8s',
    network: {
      podSubnets: ['10.32.0.0/16'],
      serviceSubnets: ['10.64.0.0/16'],
      dnsDomain: 'k8s',
      plugin: {kind: 'file', path: 'cni.yaml', text: 'kind: X\n'},
    },
    pki: {apiServerSans: ['api.example.com']},
    source: {kind: 'bundle', path: 'bundle'},
    swap: 'keep',
    extra: {ignorePreflightErrors: ['numcpu']},
  })
})

test('flags count more than a file, which keeps the rest', () => {
  const {cluster} = from(
    {podNetworkCidr: '10.32.0.0/16'},
    file('network: {podSubnet: 10.244.0.0/16, dnsDomain: k8s}\n'),
  )

  expect(cluster.network).toMatchObject({podSubnets: ['10.32.0.0/16'], dnsDomain: 'k8s'})
  expect(cluster.hosts).toMatchObject([{ssh: {address: '192.168.56.10'}}])
})

test("kubeadm's own file needs no host: it is for this machine", () => {
  const text = `apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
nodeRegistration: {name: master}
`
  expect(from({}, text).cluster.hosts).toMatchObject([{role: 'control-plane', ssh: 'local', nodeName: 'master'}])
})

describe('a mistake is reported with its flag or argument', () => {
  const cases: readonly (readonly [ClusterFlags, readonly string[]])[] = [
    [
      {podNetworkCidr: '010.1.1.1'},
      ["--pod-network-cidr: '010.1.1.1' is not an address range; remove the leading zeros"],
    ],
    [{podNetworkCidr: '10.244.1.0/16'}, ["--pod-network-cidr: '10.244.1.0/16' has host bits set; write 10.244.0.0/16"]],
    [
      {serviceCidr: '10.244.0.0/16'},
      ['--service-cidr: 10.244.0.0/16 overlaps the pod range 10.244.0.0/16 (the default)'],
    ],
    [
      {kubernetesVersion: 'v1.30.0'},
      [
        '--kubernetes-version: Kubernetes v1.30.0 is not supported by this version of kadm; use a version from v1.35 to v1.37',
      ],
    ],
    [
      {nodeName: 'My_Node'},
      [
        "--node-name: 'My_Node' is not a node name; use lower-case letters, digits, '-' and '.', at most 63 characters (RFC 1123)",
      ],
    ],
    [{apiserverBindPort: 0}, ['--apiserver-bind-port: must be at least 1, not the number 0']],
    [
      {apiserverAdvertiseAddress: '127.0.0.1'},
      ["--apiserver-advertise-address: other machines cannot reach the address '127.0.0.1'"],
    ],
    [
      {apiserverCertExtraSans: ['a', 'b c']},
      ["--apiserver-cert-extra-sans: 'b c' is not an IP address, DNS name or *.name"],
    ],
    [{podNetwork: 'calico'}, ["--pod-network: cannot read 'calico': no such file"]],
    [{controlPlane: 'a b'}, ["a b: 'a b' is not an address; write an IP address or a host name"]],
    [
      {controlPlane: 'root@10.96.0.4'},
      ['root@10.96.0.4: 10.96.0.4 is in the service range 10.96.0.0/12 (the default); choose another range'],
    ],
    [{controlPlane: 'a', workers: ['b', 'root@a:22']}, ['root@a:22: has the same SSH address as a: a port 22']],
    [
      {controlPlane: 'a', hostKey: 'x'},
      ["--host-key: 'x' is not a host key fingerprint; write SHA256:… as 'ssh-keygen -lf' prints it"],
    ],
    [
      {podNetworkCidr: 'x', serviceCidr: 'y'},
      [
        "--pod-network-cidr: 'x' is not an address range; write it as 10.244.0.0/16",
        "--service-cidr: 'y' is not an address range; write it as 10.244.0.0/16",
      ],
    ],
  ]
  test.each(cases)('%o', (flags, lines) => {
    expect(problems(() => from(flags))).toEqual(lines)
  })

  test('hosts of two lists', () => {
    expect(problems(() => from({controlPlane: 'b', nodeName: 'x'}, file()))).toEqual([
      'b: cannot be used together with the hosts in kadm.yaml:4:1: hosts',
      '--node-name: cannot be used together with the hosts in kadm.yaml:4:1: hosts',
    ])
  })
})
