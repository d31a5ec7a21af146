import {expect, it} from 'vitest'
import type {ApiObject} from '../../../src/kube/json.ts'
import {contentChangedAt, podsInForce, podsInForceOperation} from '../../../src/resources/cluster/pods-in-force.ts'
import {fakeKube} from './fake-kube.ts'
import {operationContext} from './operation-context.ts'

const pod = (name: string, creationTimestamp: string, more: object = {}): ApiObject => ({
  metadata: {name, creationTimestamp, ...more},
})
const changed = (time: string, field = 'f:data'): object => ({time, fieldsV1: {[field]: {}}})
const config = (...managedFields: readonly object[]): ApiObject => ({metadata: {name: 'kube-proxy', managedFields}})

const PODS = [
  pod('old', '2026-11-30T10:00:00Z'),
  pod('ends', '2026-11-30T10:00:00Z', {deletionTimestamp: '2026-11-30T12:00:01Z'}),
  pod('new', '2026-11-30T12:00:00Z'),
]
const resource = podsInForce({
  namespace: 'kube-system',
  configMap: 'kube-proxy',
  selector: 'k8s-app=kube-proxy',
  why: 'a test',
})

function cluster(configMap: ApiObject) {
  const deleted: string[] = []
  const api = fakeKube(
    {},
    {
      get: () => Promise.resolve(configMap),
      list: () => Promise.resolve(PODS),
      delete: path => {
        deleted.push(path)
        return Promise.resolve(true)
      },
    },
  )
  return {context: operationContext({api}), deleted}
}

it('pods that are older than the content of their ConfigMap start again, and no others', async () => {
  const {context, deleted} = cluster(config(changed('2026-11-30T09:00:00Z'), changed('2026-11-30T12:00:00Z')))

  expect(await podsInForceOperation.look(resource, context)).toBe('started before kube-proxy was changed: old')
  expect(await podsInForceOperation.act(resource, context)).toBe('changed')
  expect(deleted).toEqual(['/api/v1/namespaces/kube-system/pods/old'])
})

it.each([
  ['a content that is older', config(changed('2026-11-30T09:00:00Z'))],
  ['labels that changed later', config(changed('2026-11-30T09:00:00Z'), changed('2026-11-30T13:00:00Z', 'f:metadata'))],
  ['an API that does not say when', config()],
])('%s restarts nothing', async (_, configMap) => {
  const {context, deleted} = cluster(configMap)
  expect(await podsInForceOperation.look(resource, context)).toBeUndefined()
  expect(await podsInForceOperation.act(resource, context)).toBe('unchanged')
  expect(deleted).toEqual([])
})

it('the content of a ConfigMap that does not exist never changed', () => {
  expect(contentChangedAt(undefined)).toBeUndefined()
})
