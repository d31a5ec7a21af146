import {describe, expect, test} from 'vitest'
import {componentsOf, startupSecondsOf} from '../../src/kube/components.ts'

test('the patience of a cluster is what its API server is started with', () => {
  const apiServer = (startupProbe: object) => ({spec: {containers: [{startupProbe}]}})

  expect(startupSecondsOf(apiServer({failureThreshold: 90, periodSeconds: 10}))).toBe(900)
  expect(startupSecondsOf(apiServer({}))).toBe(0)
})

describe('a workload for which nothing is wanted', () => {
  const set = (name: string, wanted: number, nodeSelector: object = {}) => ({
    metadata: {name, namespace: 'kube-system'},
    spec: {template: {spec: {nodeSelector}}},
    status: {desiredNumberScheduled: wanted, numberAvailable: wanted},
  })
  const stateOf = (daemonSet: ReturnType<typeof set>): unknown =>
    componentsOf({pods: [], deployments: [], daemonSets: [daemonSet]})[0]

  test('is broken where no cluster does without it', () => {
    expect(stateOf(set('kube-proxy', 0))).toMatchObject({state: 'broken', ok: false, detail: '0 of 0 available'})
  })

  test.each([set('calico-node-windows', 0), set('kube-proxy', 0, {'non-calico': 'true'})])(
    'is unused where the cluster does without it',
    daemonSet => {
      expect(stateOf(daemonSet)).toMatchObject({state: 'unused', ok: true})
    },
  )

  test('scaled to 0 it counts alike', () => {
    const deployment = (name: string) => ({metadata: {name, namespace: 'kube-system'}, spec: {replicas: 0}, status: {}})

    const rows = componentsOf({pods: [], daemonSets: [], deployments: ['coredns', 'metrics'].map(deployment)})

    expect(rows.map(({state}) => state)).toEqual(['broken', 'unused'])
  })
})
