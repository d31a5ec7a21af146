import {describe, expect, it} from 'vitest'
import type {KubeClient} from '../../src/kube/client.ts'
import type {ApiObject} from '../../src/kube/json.ts'
import {CORDON_MARK, removeLeftovers} from '../../src/verify/test-namespace.ts'
import {fakeCluster} from './fake-cluster.ts'

const NOW = Date.parse('2026-11-24T12:00:00Z')
const minutesAgo = (minutes: number): number => NOW - minutes * 60_000

async function left(objects: {
  readonly namespaces?: readonly ApiObject[]
  readonly nodes?: readonly ApiObject[]
}): Promise<readonly string[]> {
  const cluster = fakeCluster({nodes: []})
  const api: KubeClient = {
    ...cluster.api,
    list: path => Promise.resolve((path.startsWith('/api/v1/namespaces?') ? objects.namespaces : objects.nodes) ?? []),
  }
  await removeLeftovers(api, NOW, new AbortController().signal)
  return cluster.calls
}

describe('what a killed run of verify left', () => {
  const namespace = (minutes: number): ApiObject => ({
    metadata: {name: 'kadm-verify-1', creationTimestamp: new Date(minutesAgo(minutes)).toISOString()},
  })
  const node = (minutes: number): ApiObject => ({
    metadata: {name: 'worker-1', annotations: {[CORDON_MARK]: String(minutesAgo(minutes))}},
  })

  it('is removed by the next: its namespace and its cordon', async () => {
    expect(await left({namespaces: [namespace(20)], nodes: [node(20)]})).toEqual([
      'delete /api/v1/namespaces/kadm-verify-1',
      'patch /api/v1/nodes/worker-1',
    ])
  })

  it('is left alone while that run may still go on', async () => {
    expect(await left({namespaces: [namespace(2)], nodes: [node(2)]})).toEqual([])
  })

  it('is never a node that another person cordoned', async () => {
    expect(await left({nodes: [{metadata: {name: 'worker-2'}, spec: {unschedulable: true}}]})).toEqual([])
  })
})
