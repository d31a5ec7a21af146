import {describe, expect, it} from 'vitest'
import {apiServerPod} from '../../src/manifests/api-server.ts'
import {controllerManagerPod} from '../../src/manifests/controller-manager.ts'
import {kubeletListens, podListens} from '../../src/manifests/listens.ts'
import {schedulerPod} from '../../src/manifests/scheduler.ts'
import {clusterOf, clusterWith, DEBIAN_HOST, hostSpec, nodeOf} from './cluster.ts'

const node = nodeOf()
const local = {address: '127.0.0.1', port: 10_259}
const kubeletHost = {cgroupVersion: 2, resolvedActive: false, swapOutside: false} as const
const args = (given: Readonly<Record<string, string>>) => ({
  args: Object.entries(given).map(([name, value]) => ({name, value})),
})

describe('where a component is asked', () => {
  it.each([
    [{}, {address: '127.0.0.1', port: 10_259}],
    [{'bind-address': '::1'}, {address: '::1', port: 10_259}],
    [{'bind-address': '0.0.0.0'}, {address: '127.0.0.1', port: 10_259}],
    [{'bind-address': '::'}, {address: '::1', port: 10_259}],
    [
      {'bind-address': '192.168.56.10', 'secure-port': '10300'},
      {address: '192.168.56.10', port: 10_300},
    ],
    [{bind_address: '::1'}, {address: '::1', port: 10_259}],
  ])('a scheduler with %j', (given, wanted) => {
    const pod = schedulerPod({cluster: clusterWith('scheduler', args(given)), node, host: DEBIAN_HOST})

    expect(podListens(pod, 'bind-address', local)).toEqual(wanted)
  })

  it('the last word of a flag counts, as in the component', () => {
    const twice = [
      {name: 'secure-port', value: '10300'},
      {name: 'secure-port', value: '10400'},
    ]
    const pod = controllerManagerPod({
      cluster: clusterWith('controllerManager', {args: twice}),
      node,
      host: DEBIAN_HOST,
    })

    expect(podListens(pod, 'bind-address', local).port).toBe(10_400)
  })

  it('an API server at the address that it advertises', () => {
    const pod = apiServerPod({cluster: clusterOf('v1.37.2', {apiPort: 7443}), node, host: DEBIAN_HOST})

    expect(podListens(pod, 'advertise-address', {address: '127.0.0.1', port: 6443})).toEqual({
      address: '192.168.56.10',
      port: 7443,
    })
  })

  it.each([
    [{}, [], {address: '127.0.0.1', port: 10_248}],
    [{healthzPort: 10_268}, [], {address: '127.0.0.1', port: 10_268}],
    [{healthzBindAddress: '::'}, [], {address: '::1', port: 10_248}],
    [{healthzPort: 0}, [], {address: '127.0.0.1', port: 0}],
    [{healthzPort: 10_268}, [{name: 'healthz-port', value: '10278'}], {address: '127.0.0.1', port: 10_278}],
  ])('a kubelet with %j and the flags %j', (kubelet, kubeletExtraArgs, wanted) => {
    const base = clusterOf('v1.37.2')
    const cluster = {...base, extra: {...base.extra, kubelet}}

    expect(kubeletListens(cluster, nodeOf({host: hostSpec({kubeletExtraArgs})}), kubeletHost)).toEqual(wanted)
  })
})
