import {expect, test} from 'vitest'
import {BALANCER_MANIFEST} from '../../../src/domain/load-balancer.ts'
import {judge} from '../../../src/phases/preflight/judge.ts'
import {input, judged, sampleCluster, tell} from './sample.ts'

const manifest = {type: 'file', mode: '0600', owner: 'root:root', size: 1, sha256: undefined} as const

const told = (facts: object, controlPlaneEndpoint?: string): readonly string[] => {
  const host = judged('node', 10, {role: 'control-plane', ...facts})
  const cluster = {...sampleCluster(), controlPlaneEndpoint}
  return tell(judge(input([host], {cluster})).filter(({name}) => name === 'LoadBalancer'))
}

test('a node does not lose the load balancer that its pods use', () => {
  const files = {[BALANCER_MANIFEST]: manifest}

  expect(told({files, clusterCaHash: 'aa'})).toEqual([
    'error node: reaches the API through its local load balancer, but this run sets none -> write loadBalancer: local in the file; kadm removes the load balancer only when it resets the node',
  ])
  expect(told({files, clusterCaHash: 'aa'}, 'lb.example.com:6443')).toHaveLength(1)
})

test('a load balancer that stays, one that comes, and one of a host without a cluster are fine', () => {
  const files = {[BALANCER_MANIFEST]: manifest}

  expect(told({files, clusterCaHash: 'aa'}, 'api.kadm.internal:7443')).toEqual([])
  expect(told({clusterCaHash: 'aa'}, 'api.kadm.internal:7443')).toEqual([])
  expect(told({files})).toEqual([])
  expect(told({})).toEqual([])
})
