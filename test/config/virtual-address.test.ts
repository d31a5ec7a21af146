import {describe, expect, test} from 'vitest'
import {clusterFromKubeadm} from '../../src/config/read/from-kubeadm.ts'
import {clusterToYaml} from '../../src/config/write/cluster-yaml.ts'
import {noProxy} from '../../src/domain/no-proxy.ts'
import {VIP_NOTE} from '../../src/domain/virtual-address.ts'
import {wantedCertificate} from '../../src/domain/certificates.ts'
import {kubeadmConfigMap} from '../../src/manifests/kubeadm-config.ts'
import {nodeOf} from '../manifests/cluster.ts'
import {file, problems, read} from './reading.ts'

const VIP = 'loadBalancer: {kind: vip, address: 192.168.56.100}\n'
const clusterOf = (more: string) => read(file(more)).cluster

describe('a virtual address', () => {
  test('is the endpoint, with the port of the API servers, and keepalived moves it', () => {
    expect(clusterOf(VIP)).toMatchObject({
      controlPlaneEndpoint: '192.168.56.100:6443',
      virtualAddress: {address: '192.168.56.100', provider: 'keepalived'},
    })
    expect(clusterOf(`${VIP}apiPort: 8443\n`).controlPlaneEndpoint).toBe('192.168.56.100:8443')
    expect(
      clusterOf('loadBalancer: {kind: vip, address: fd00::64, provider: kube-vip, interface: eth1}\n'),
    ).toMatchObject({
      controlPlaneEndpoint: '[fd00::64]:6443',
      virtualAddress: {address: 'fd00::64', provider: 'kube-vip', networkInterface: 'eth1'},
    })
  })

  test('may have a name; certificates and NO_PROXY have both then', () => {
    const {cluster, warnings} = read(file(`${VIP}controlPlaneEndpoint: api.example.com\nproxy: {http: http://p:1}\n`))
    const {dns, ips} = wantedCertificate('apiserver', cluster, nodeOf()).sans
    const network = {interfaces: [], routes: [], connectedAddress: undefined, defaultRoute: undefined}
    const direct = noProxy({cluster, node: nodeOf(), nodes: [], facts: {network}, endpoint: undefined})

    expect(warnings).toEqual([])
    expect(cluster.controlPlaneEndpoint).toBe('api.example.com:6443')
    expect([dns, ips].flat()).toEqual(expect.arrayContaining(['api.example.com', '192.168.56.100']))
    expect(direct).toEqual(expect.arrayContaining(['api.example.com', '192.168.56.100']))
  })

  test.each([
    VIP,
    `${VIP}controlPlaneEndpoint: api.example.com\n`,
    'loadBalancer: {kind: vip, address: fd00::64, provider: kube-vip, interface: eth1}\n',
  ])('is the same when it is written and read again: %j', more => {
    const cluster = clusterOf(more)

    expect(read(clusterToYaml(cluster)).cluster).toEqual(cluster)
  })

  test('is known from the cluster alone, for machines that join it', () => {
    const cluster = clusterOf('loadBalancer: {kind: vip, address: 192.168.56.100, interface: eth1}\n')
    const {metadata, data} = kubeadmConfigMap(cluster)
    const live = (virtualAddress: string | undefined) =>
      clusterFromKubeadm({clusterConfiguration: data['ClusterConfiguration'] ?? '', virtualAddress}).cluster

    expect(live(metadata.annotations?.[VIP_NOTE]).virtualAddress).toEqual(cluster.virtualAddress)
    for (const note of [undefined, 'x', '{}', '{"address": "a", "provider": "other"}'])
      expect(live(note).virtualAddress).toBeUndefined()
  })
})

describe('a virtual address that cannot work', () => {
  test.each([
    [
      'without an address',
      'loadBalancer: vip\n',
      'kadm.yaml:6:15: loadBalancer: vip needs an address; write {kind: vip, address: ADDRESS}',
    ],
    [
      'with settings, and without an address',
      'loadBalancer: {kind: vip, provider: keepalived}\n',
      'kadm.yaml:6:15: loadBalancer: vip needs an address: a free one in the network of the control planes',
    ],
    [
      'that is not an address',
      'loadBalancer: {kind: vip, address: api.example.com}\n',
      "kadm.yaml:6:36: loadBalancer.address: 'api.example.com' is not an IP address",
    ],
    [
      'with a program that kadm does not know',
      'loadBalancer: {kind: vip, address: 192.168.56.100, provider: ucarp}\n',
      "kadm.yaml:6:62: loadBalancer.provider: must be one of keepalived, kube-vip, not 'ucarp'",
    ],
    [
      'with a port',
      'loadBalancer: {kind: vip, address: 192.168.56.100, port: 443}\n',
      'kadm.yaml:6:15: loadBalancer: sets a port, which only a local load balancer has; the virtual address has the port of the API servers (apiPort)',
    ],
    [
      'of a host',
      'loadBalancer: {kind: vip, address: 192.168.56.10}\n',
      'kadm.yaml:6:15: loadBalancer: 192.168.56.10 is the address of a host (kadm.yaml:4:3: hosts[0]); write a free address in the same network',
    ],
    [
      'in the range of services',
      'loadBalancer: {kind: vip, address: 10.96.0.10}\n',
      'kadm.yaml:6:15: loadBalancer: 10.96.0.10 is in the service range 10.96.0.0/12 (the default); choose another range',
    ],
    [
      'beside an endpoint elsewhere',
      `${VIP}controlPlaneEndpoint: 192.168.56.99\n`,
      'kadm.yaml:7:23: controlPlaneEndpoint: 192.168.56.99 is not the virtual address 192.168.56.100; remove controlPlaneEndpoint, or write a name that resolves to 192.168.56.100',
    ],
    [
      'beside an endpoint with another port',
      `${VIP}controlPlaneEndpoint: api.example.com:443\n`,
      'kadm.yaml:7:23: controlPlaneEndpoint: clients would connect to port 443 of 192.168.56.100, but the API server listens there on port 6443; write the same port, or set apiPort',
    ],
  ])('%s', (_, more, expected) => {
    expect(problems(() => read(file(more)))).toEqual([expected])
  })
})
