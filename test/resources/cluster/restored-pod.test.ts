import {expect, it} from 'vitest'
import type {ApiObject} from '../../../src/kube/json.ts'
import {restoredPod, restoredPodOperation} from '../../../src/resources/cluster/restored-pod.ts'
import {fakeKube} from './fake-kube.ts'
import {operationContext} from './operation-context.ts'

const pod = (resourceVersion: string, status: string): ApiObject => ({
  metadata: {name: 'etcd-cp-1', resourceVersion},
  status: {phase: 'Running', conditions: [{type: 'Ready', status}]},
})
const resource = restoredPod({
  namespace: 'kube-system',
  name: 'etcd-cp-1',
  revision: 500,
  deadlineMs: 60_000,
  why: 'a test',
})

/** The pod as the API has it in turn; after a deletion, the kubelet creates the next one. */
function cluster(...pods: readonly ApiObject[]) {
  const deleted: string[] = []
  let at = 0
  const api = fakeKube(
    {},
    {
      get: () => Promise.resolve(pods[Math.min(at, pods.length - 1)]),
      delete: path => {
        deleted.push(path)
        at++
        return Promise.resolve(true)
      },
    },
  )
  return {context: operationContext({api}), deleted}
}

it('a pod that is ready only in the snapshot is reported again', async () => {
  const {context, deleted} = cluster(pod('499', 'True'), pod('1000000600', 'True'))

  expect(await restoredPodOperation.look(resource, context)).toBe('its state is the one in the snapshot')
  expect(await restoredPodOperation.act(resource, context)).toBe('unchanged')
  expect(deleted).toEqual(['/api/v1/namespaces/kube-system/pods/etcd-cp-1'])
})

it('a pod that reported since the restore is not deleted, whether it is ready or not', async () => {
  expect(await restoredPodOperation.look(resource, cluster(pod('1000000600', 'True')).context)).toBeUndefined()
  const {context, deleted} = cluster(pod('1000000600', 'False'))
  expect(await restoredPodOperation.look(resource, context)).toBeDefined()
  await expect(restoredPodOperation.act(resource, context)).rejects.toMatchObject({code: 'timeout'})
  expect(deleted).toEqual([])
})
