import {expect, test} from 'vitest'
import {readTemplates} from '../../src/engine/sources/templates-on-disk.ts'
import {runtimePhase} from '../../src/phases/host/runtime.ts'
import {sampleContext} from './sample-context.ts'

const VXLAN = 50
const CONFLIST = 'file:/etc/containerd/pod-network.conflist'

/** The configuration of the pod network on a worker whose interface has the MTU 1500 before the run. */
const conflistOf = (network: Readonly<Record<string, number | undefined>>): string => {
  const context = sampleContext(readTemplates(), {on: 'worker'})
  const interfaces = Object.fromEntries(
    Object.entries(network).map(([name, mtu]) => [
      name,
      {addresses: ['192.168.56.11/24'], gateway: undefined, nameservers: [], mtu},
    ]),
  )
  const node = {...context.node, host: {...context.node.host, netplan: {interfaces}}}
  return JSON.stringify(runtimePhase.resources?.({...context, node}).find(({id}) => id === CONFLIST))
}

test('the pod network has the MTU of the interface, less the header of VXLAN', () => {
  expect(conflistOf({})).toContain(`mtu\\": ${1500 - VXLAN}`)
})

test('an MTU that the cluster file sets counts before netplan has set it', () => {
  expect(conflistOf({enp0s8: 1450})).toContain(`mtu\\": ${1450 - VXLAN}`)
  expect(conflistOf({enp0s8: 9000})).toContain(`mtu\\": ${9000 - VXLAN}`)
})

test('the MTU of another interface, or none, does not count', () => {
  expect(conflistOf({enp0s3: 1400, enp0s8: undefined})).toContain(`mtu\\": ${1500 - VXLAN}`)
})
