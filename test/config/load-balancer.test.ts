import {describe, expect, test} from 'vitest'
import {clusterToYaml} from '../../src/config/write/cluster-yaml.ts'
import {balancerOf} from '../../src/domain/load-balancer.ts'
import {file, problems, read} from './reading.ts'

const SECOND = '- {role: control-plane, ssh: b}\n'
const THREE = `${SECOND}- {role: control-plane, ssh: c}\n`

const endpointOf = (more: string): string | undefined => read(file(more)).cluster.controlPlaneEndpoint

describe('how nodes reach the API', () => {
  test.each([
    ['one control plane: at its own address', '', undefined],
    ['several: each through its own load balancer', THREE, 'api.kadm.internal:7443'],
    ['one that is to become several', 'loadBalancer: local\n', 'api.kadm.internal:7443'],
    ['on another port', `${THREE}loadBalancer: {kind: local, port: 9443}\n`, 'api.kadm.internal:9443'],
    ['several behind their own endpoint', `${THREE}controlPlaneEndpoint: lb.example.com:443\n`, 'lb.example.com:443'],
    [
      'the same, said twice',
      `${THREE}controlPlaneEndpoint: lb.example.com\nloadBalancer: external\n`,
      'lb.example.com:6443',
    ],
    ['as kubeadm-config has it', `${THREE}controlPlaneEndpoint: api.kadm.internal:7443\n`, 'api.kadm.internal:7443'],
  ])('%s', (_, more, expected) => {
    expect(endpointOf(more)).toBe(expected)
  })

  test.each([
    [SECOND, '2 control planes: etcd needs 2 of them, so the cluster survives the loss of 0, as with 1 (0); use 3'],
    [
      `${THREE}- {role: control-plane, ssh: d}\n`,
      '4 control planes: etcd needs 3 of them, so the cluster survives the loss of 1, as with 3 (1); use 5',
    ],
  ])('is warned of when the number of control planes is even', (hosts, message) => {
    expect(read(file(hosts)).warnings).toEqual([expect.stringContaining(message)])
  })

  test('is not warned of when the port is the load balancer’s own', () => {
    expect(read(file(THREE)).warnings).toEqual([])
  })

  test.each([
    ['192.168.56.10:6443', '', '192.168.56.10 belongs to one control plane (kadm.yaml:4:3: hosts[0]), so nodes lose'],
    ['b', '', 'b belongs to one control plane (kadm.yaml:6:3: hosts[1]), so nodes lose the API with this machine'],
    ['cp-1:443', '  name: cp-1\n', 'cp-1 belongs to one control plane (kadm.yaml:4:3: hosts[0]), so nodes lose'],
  ])('is warned of when the endpoint %s belongs to one machine', (endpoint, host, message) => {
    const {warnings} = read(file(`${THREE}controlPlaneEndpoint: ${endpoint}\n`, host))

    expect(warnings).toContainEqual(expect.stringContaining(message))
  })

  test('and that of the only control plane is not', () => {
    expect(read(file('controlPlaneEndpoint: 192.168.56.10:6443\n')).warnings).toEqual([])
    expect(read(file(`${THREE}controlPlaneEndpoint: lb.example.com\n`)).warnings).toEqual([])
  })

  test.each(['loadBalancer: local\n', `${THREE}loadBalancer: {kind: local, port: 9443}\n`, THREE])(
    'is the same when it is written and read again: %j',
    more => {
      const {cluster} = read(file(more))
      const text = clusterToYaml(cluster)

      expect(text).toContain('loadBalancer:')
      expect(text).not.toContain('controlPlaneEndpoint')
      expect(read(text).cluster).toEqual(cluster)
    },
  )
})

describe('what does not fit together', () => {
  test.each([
    [
      'local and an endpoint of your own',
      `${THREE}controlPlaneEndpoint: lb.example.com:443\nloadBalancer: local\n`,
      'kadm.yaml:9:15: loadBalancer: local cannot be used together with controlPlaneEndpoint (lb.example.com:443): each node reaches the API through its own load balancer, at api.kadm.internal:7443; remove controlPlaneEndpoint, or write loadBalancer: external',
    ],
    [
      'two ports of a local one',
      'controlPlaneEndpoint: api.kadm.internal:7443\nloadBalancer: {kind: local, port: 9443}\n',
      'kadm.yaml:7:15: loadBalancer: local cannot be used together with controlPlaneEndpoint (api.kadm.internal:7443): each node reaches the API through its own load balancer, at api.kadm.internal:9443; remove controlPlaneEndpoint, or write loadBalancer: external',
    ],
    [
      'external without an address',
      `${THREE}loadBalancer: external\n`,
      'kadm.yaml:8:15: loadBalancer: external needs controlPlaneEndpoint; set it to the address of your load balancer',
    ],
    [
      'external with the name of local ones',
      'controlPlaneEndpoint: api.kadm.internal:7443\nloadBalancer: external\n',
      'kadm.yaml:7:15: loadBalancer: controlPlaneEndpoint has the name of local load balancers (api.kadm.internal); write loadBalancer: local',
    ],
    [
      'external with a port',
      'controlPlaneEndpoint: lb:443\nloadBalancer: {kind: external, port: 443}\n',
      'kadm.yaml:7:15: loadBalancer: sets a port, which only a local load balancer has; write the port in controlPlaneEndpoint',
    ],
    [
      'local with the settings of a virtual address',
      'loadBalancer: {kind: local, address: 192.168.56.100, provider: kube-vip}\n',
      'kadm.yaml:6:15: loadBalancer: sets address and provider, which only vip has; write kind: vip, or remove it',
    ],
    [
      'a word that kadm does not know',
      'loadBalancer: haproxy\n',
      'kadm.yaml:6:15: loadBalancer: must be local, external, {kind: local, port: PORT} or {kind: vip, address: ADDRESS}',
    ],
    [
      'an API server on the port of the load balancer',
      `${THREE}apiPort: 7443\n`,
      'kadm.yaml:8:10: apiPort: the local load balancer of each node needs the ports 7443 and 7444, but Kubernetes uses 7443; write another one, such as loadBalancer: {kind: local, port: 8443}',
    ],
    [
      'a load balancer whose health port is the kubelet’s',
      'loadBalancer: {kind: local, port: 10249}\n',
      'kadm.yaml:6:15: loadBalancer: the local load balancer of each node needs the ports 10249 and 10250, but Kubernetes uses 10250; write another one, such as loadBalancer: {kind: local, port: 7443}',
    ],
  ])('%s', (_, more, expected) => {
    expect(problems(() => read(file(more)))).toContain(expected)
  })

  test('6443 is free for the load balancer when the API server has another port', () => {
    const {cluster} = read(file('apiPort: 8443\nloadBalancer: {kind: local, port: 6443}\n'))

    expect(balancerOf(cluster)).toEqual({port: 6443, healthPort: 6444})
  })
})
