import {describe, expect, test} from 'vitest'
import type {ApiObject} from '../../src/kube/json.ts'
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

describe('a static pod that the kubelet does not call ready', () => {
  const STARTED = '2026-12-01T10:00:00Z'
  const pod = (container: object, restartCount = 0): ApiObject => ({
    metadata: {name: 'etcd-cp-2', namespace: 'kube-system', annotations: {'kubernetes.io/config.mirror': 'x'}},
    status: {phase: 'Running', containerStatuses: [{restartCount, state: container}]},
  })
  const stateOf = (object: ApiObject, seconds: number | undefined): unknown => {
    const now = seconds === undefined ? {} : {now: Date.parse(STARTED) + seconds * 1000}
    const [row] = componentsOf({pods: [object], deployments: [], daemonSets: [], ...now})
    return [row?.state, row?.ok]
  }
  const running = {running: {startedAt: STARTED}}

  test.each<[string, ApiObject, number | undefined, string]>([
    ['has just started', pod(running), 20, 'starting'],
    ['has run for long', pod(running), 60, 'broken'],
    ['runs again after it ended', pod(running, 1), 20, 'broken'],
    ['does not run', pod({waiting: {reason: 'CrashLoopBackOff'}}), 20, 'broken'],
    ['runs since a time that nobody knows', pod(running), undefined, 'broken'],
  ])('and that %s', (_, object, seconds, state) => {
    expect(stateOf(object, seconds)).toEqual([state, state === 'starting'])
  })
})
