import {expect, test} from 'vitest'
import {sharedOnly, swapOf} from '../../src/engine/cluster/live-cluster.ts'

test('a node that joins decides for itself what hangs on its own kernel and runtime', () => {
  const shared = {clusterDomain: 'cluster.local', memorySwap: {swapBehavior: 'NoSwap'}}

  expect(sharedOnly({...shared, failSwapOn: false, failCgroupV1: false, cgroupDriver: 'systemd'})).toEqual(shared)
  expect(sharedOnly({failSwapOn: false, memorySwap: {swapBehavior: 'LimitedSwap'}})).toEqual({})
  expect(sharedOnly({memorySwap: {}})).toEqual({})
})

test('where kubelets run beside swap and are told no more, pods get none of it on a new node either', () => {
  const none = {memorySwap: {swapBehavior: 'NoSwap'}}

  expect(sharedOnly({failSwapOn: false, memorySwap: {}})).toEqual(none)
  expect(sharedOnly({failSwapOn: false})).toEqual(none)
})

test('a cluster whose kubelets run beside swap keeps it, any other has none', () => {
  expect(swapOf({failSwapOn: false, memorySwap: {swapBehavior: 'LimitedSwap'}})).toBe('keep')
  expect([swapOf({failSwapOn: true}), swapOf({})]).toEqual(['off', 'off'])
})
