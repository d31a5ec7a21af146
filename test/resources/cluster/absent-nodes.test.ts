import {expect, it} from 'vitest'
import type {ApiObject} from '../../../src/kube/json.ts'
import {absentNodes, absentNodesOperation} from '../../../src/resources/cluster/absent-nodes.ts'
import {fakeKube} from './fake-kube.ts'
import {operationContext} from './operation-context.ts'

const node = (name: string, address: string): ApiObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {name},
  status: {addresses: [{type: 'InternalIP', address}], conditions: [{type: 'Ready', status: 'True'}]},
})

/** A cluster that lists these nodes; the kubelets of `alive` renew their Leases. */
function cluster(nodes: readonly ApiObject[], alive: readonly string[]) {
  const deleted: string[] = []
  let turn = 0
  const api = fakeKube(
    {},
    {
      get: path => {
        const name = path.split('/').at(-1) ?? ''
        if (!path.includes('/leases/'))
          return Promise.resolve(nodes.find(one => JSON.stringify(one).includes(`"${name}"`)))
        turn++
        return Promise.resolve({spec: {renewTime: alive.includes(name) ? `turn ${String(turn)}` : 'before'}})
      },
      list: path => Promise.resolve(path.includes('/pods') ? [] : nodes),
      delete: path => {
        deleted.push(path)
        return Promise.resolve(true)
      },
    },
  )
  return {context: operationContext({api}), deleted}
}

const NODES = [
  node('cp-1', '10.0.0.1'),
  node('moved', '10.0.0.7'),
  node('gone', '10.0.0.8'),
  node('joined', '10.0.0.9'),
]
const resource = absentNodes({present: ['cp-1', '10.0.0.1', '10.0.0.7'], why: 'a test'})

it('nodes of machines that do not report are removed; those of the file and those that report stay', async () => {
  const {context, deleted} = cluster(NODES, ['joined'])

  expect(await absentNodesOperation.look(resource, context)).toBe('the cluster lists other nodes: gone, joined')
  expect(await absentNodesOperation.act(resource, context)).toBe('changed')
  expect(deleted).toEqual(['/api/v1/nodes/gone'])
  expect(context.told).toContain('removes the node gone: its machine does not report')
})

it('nothing is removed while all other nodes report', async () => {
  const {context, deleted} = cluster(NODES, ['joined', 'gone'])
  expect(await absentNodesOperation.act(resource, context)).toBe('unchanged')
  expect(deleted).toEqual([])
})

it('a cluster with the nodes of the file alone is as it must be', async () => {
  const {context} = cluster(NODES.slice(0, 2), [])
  expect(await absentNodesOperation.look(resource, context)).toBeUndefined()
})
