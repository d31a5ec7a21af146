import {describe, expect, it} from 'vitest'
import {
  apiServiceAddress,
  dnsServiceAddress,
  endpointServer,
  hostPort,
  localServer,
  publicServer,
  splitHostPort,
} from '../../src/domain/endpoint.ts'
import {balancerEndpoint} from '../../src/domain/load-balancer.ts'
import {clusterOf, nodeOf} from '../manifests/cluster.ts'

describe('an endpoint', () => {
  it.each([
    ['api.example', {host: 'api.example', port: 6443}],
    ['api.example:443', {host: 'api.example', port: 443}],
    ['10.0.0.1:443', {host: '10.0.0.1', port: 443}],
    ['fd00::1', {host: 'fd00::1', port: 6443}],
    ['[fd00::1]', {host: 'fd00::1', port: 6443}],
    ['[fd00::1]:443', {host: 'fd00::1', port: 443}],
  ])('%s is taken apart', (text, parts) => {
    expect(splitHostPort(text, 6443)).toEqual(parts)
  })

  it('has brackets round an IPv6 address only', () => {
    expect([hostPort('fd00::1', 1), hostPort('10.0.0.1', 1), hostPort('a.b', 1)]).toEqual([
      '[fd00::1]:1',
      '10.0.0.1:1',
      'a.b:1',
    ])
  })

  it('of the cluster is the control plane’s own address unless the user names another', () => {
    const cluster = clusterOf('v1.37.2')
    const node = nodeOf()

    expect(endpointServer(cluster, node)).toBe('https://192.168.56.10:6443')
    expect(endpointServer({...cluster, controlPlaneEndpoint: 'api.example'}, node)).toBe('https://api.example:6443')
    expect(localServer({...cluster, controlPlaneEndpoint: 'api.example'}, node)).toBe('https://192.168.56.10:6443')
    expect(publicServer({...cluster, controlPlaneEndpoint: 'api.example'}, node)).toBe('https://api.example:6443')
  })

  it('of local load balancers is for nodes, and people get that of a control plane', () => {
    const cluster = {...clusterOf('v1.37.2'), controlPlaneEndpoint: balancerEndpoint()}

    expect(endpointServer(cluster, nodeOf())).toBe('https://api.kadm.internal:7443')
    expect(publicServer(cluster, nodeOf())).toBe('https://192.168.56.10:6443')
  })
})

it('the services of the cluster have fixed places in the first range', () => {
  const cluster = clusterOf('v1.37.2')
  const v6 = {...cluster, network: {...cluster.network, serviceSubnets: ['fd02::/112', '10.96.0.0/12']}}

  expect([apiServiceAddress(cluster), dnsServiceAddress(cluster)]).toEqual(['10.96.0.1', '10.96.0.10'])
  expect([apiServiceAddress(v6), dnsServiceAddress(v6)]).toEqual(['fd02::1', 'fd02::a'])
})
