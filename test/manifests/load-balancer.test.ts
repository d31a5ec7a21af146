import {describe, expect, it} from 'vitest'
import type {Cluster} from '../../src/domain/cluster.ts'
import {balancerEndpoint} from '../../src/domain/load-balancer.ts'
import {kubeProxyObjects} from '../../src/manifests/kube-proxy.ts'
import {balancerConfig, balancerHosts, balancerPod, type BalancerInput} from '../../src/manifests/load-balancer.ts'
import {toYaml} from '../../src/manifests/yaml.ts'
import {clusterOf, nodeOf, templates} from './cluster.ts'

const server = (host: string) => ({host, port: 6443})

const inputOf = (changes: Partial<BalancerInput> = {}): BalancerInput => ({
  cluster: clusterOf('v1.37.2'),
  balancer: {port: 7443, healthPort: 7444},
  node: nodeOf(),
  apiServers: ['192.168.56.10', '192.168.56.11', '192.168.56.12'].map(server),
  ...changes,
})

describe('the load balancer of a node', () => {
  const input = inputOf()
  const config = balancerConfig(templates, input)

  it('is a static pod with its configuration', async () => {
    await expect(config).toMatchFileSnapshot('golden/haproxy.cfg')
    await expect(toYaml(balancerPod(input, config))).toMatchFileSnapshot('golden/kadm-haproxy.yaml')
  })

  it('has the same configuration whatever the order of the control planes', () => {
    const {apiServers} = input
    expect(balancerConfig(templates, {...input, apiServers: apiServers.toReversed()})).toBe(config)
    expect(balancerConfig(templates, {...input, apiServers: [...apiServers, server('192.168.56.11')]})).toBe(config)
  })

  it('is another pod when a control plane comes or goes, so that the kubelet starts it again', () => {
    const fewer = {...input, apiServers: input.apiServers.slice(1)}
    expect(balancerPod(fewer, balancerConfig(templates, fewer))).not.toEqual(balancerPod(input, config))
  })

  it('listens on the loopback address of the family of its node', () => {
    const node = nodeOf({address: 'fd00::10'})
    const six = balancerConfig(templates, inputOf({node, apiServers: [server('fd00::10')]}))

    expect(six).toContain('bind [::1]:7443\n')
    expect(six).toContain('bind [::1]:7444\n')
    expect(six).toContain('server fd00::10 [fd00::10]:6443\n')
    expect(balancerHosts(node)).toBe('::1 api.kadm.internal\n')
    expect(balancerHosts(nodeOf())).toBe('127.0.0.1 api.kadm.internal\n')
  })

  it('makes kube-proxy start again when the address of the API changes', () => {
    const templateOf = (cluster: Cluster): string =>
      toYaml(
        kubeProxyObjects({cluster, controlPlane: nodeOf(), setsConntrack: true}).filter(
          ({kind}) => kind === 'DaemonSet',
        )[0] ?? {},
      )
    const single = clusterOf('v1.37.2')
    const [local, elsewhere] = [7443, 8443].map(port =>
      templateOf({...single, controlPlaneEndpoint: balancerEndpoint(port)}),
    )

    expect(templateOf(single)).not.toContain('annotations')
    const [one, another] = ['192.168.56.100', '192.168.56.101'].map(address =>
      templateOf({
        ...single,
        controlPlaneEndpoint: `${address}:6443`,
        virtualAddress: {address, provider: 'keepalived', networkInterface: undefined},
      }),
    )

    expect(new Set([templateOf(single), local, elsewhere, one, another]).size).toBe(5)
  })

  it('gives API servers of slow machines more time to answer', () => {
    const slow = balancerConfig(templates, inputOf({cluster: clusterOf('v1.37.2', {startupSeconds: 900})}))
    expect([config, slow].map(text => /timeout check (\d+)s/.exec(text)?.[1])).toEqual(['3', '12'])
  })
})
