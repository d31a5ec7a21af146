import {KadmError} from '../../src/domain/errors.ts'
import {describe, expect, test} from 'vitest'
import type {ControlPlane} from '../../src/engine/cluster/control-plane.ts'
import type {Candidate} from '../../src/engine/hosts/open-machines.ts'
import {closedTo, seedNode, existingNodesOf} from '../../src/engine/cluster/existing-nodes.ts'
import type {KubeClient} from '../../src/kube/client.ts'
import type {Host} from '../../src/remote/host.ts'
import {fakeKube} from '../resources/cluster/fake-kube.ts'
import {judged, sampleSpec} from '../phases/preflight/sample.ts'
import {fakeHost} from './fake-host.ts'
import {NEVER, sampleNode} from './sample-run.ts'

const node = (name: string, address: string, labels: Readonly<Record<string, string>> = {}) => ({
  metadata: {name, labels},
  status: {addresses: [{type: 'InternalIP', address}]},
})

const LISTED = [
  node('master', '192.168.56.10', {'node-role.kubernetes.io/control-plane': ''}),
  node('worker-1', '192.168.56.11'),
]

function controlPlane(changes: Partial<KubeClient>): ControlPlane {
  const none = (): Promise<never> => Promise.reject(new Error('nobody asks for this'))
  const api = () => Promise.resolve(fakeKube({}, changes))
  return {
    host: fakeHost('master'),
    api,
    superApi: none,
    etcd: none,
    serviceAccountKey: none,
    authority: none,
    sharedFile: none,
    clusterCa: none,
    forget: () => undefined,
    close: () => Promise.resolve(),
  }
}

const candidate = (name: string, last: number, clusterCaHash?: string): Candidate => ({
  spec: sampleSpec({name}),
  host: fakeHost(name),
  gathered: {facts: judged(name, last, {clusterCaHash, nodeName: name}).facts, midpointSeconds: 0},
})

describe('the nodes of the cluster that a run does not touch', () => {
  const up = controlPlane({list: () => Promise.resolve(LISTED)})

  test('are none where there is no cluster yet', async () => {
    const candidates = [candidate('master', 10), candidate('worker-1', 11)]

    expect(await existingNodesOf({controlPlane: up, joins: false, candidates, nodes: []})).toEqual([])
  })

  test('are those its API lists, without those of the run', async () => {
    const nodes = [sampleNode('worker-1')]

    expect(
      await existingNodesOf({controlPlane: up, joins: true, candidates: [candidate('worker-1', 11)], nodes}),
    ).toEqual([{name: 'master', address: '192.168.56.10', role: 'control-plane'}])
  })

  test('are unknown where it does not answer, or may not be asked', async () => {
    const candidates = [candidate('master', 10, 'ab')]
    const down = controlPlane({list: () => Promise.reject(new KadmError('connect', 'refused'))})

    expect(await existingNodesOf({controlPlane: down, joins: false, candidates, nodes: []})).toBeUndefined()
    expect(await existingNodesOf({controlPlane: undefined, joins: false, candidates, nodes: []})).toBeUndefined()
  })

  test.each([
    ['a lost machine', new KadmError('host-lost', 'the connection was lost')],
    ['Ctrl-C', new KadmError('cancelled', 'cancelled')],
    ['a bug', new TypeError('x is undefined')],
  ])('are not taken for unknown because of %s', async (_, error) => {
    const candidates = [candidate('master', 10, 'ab')]
    const failing = controlPlane({list: () => Promise.reject(error)})

    await expect(existingNodesOf({controlPlane: failing, joins: false, candidates, nodes: []})).rejects.toBe(error)
  })
})

test('the control plane that is joined has the address its cluster knows it by', () => {
  const master = candidate('master', 10, 'ab')

  expect(seedNode(master, [{name: 'master', address: '10.0.0.1', role: 'control-plane'}])).toMatchObject({
    name: 'master',
    role: 'control-plane',
    address: '10.0.0.1',
  })
})

test('a node that neither answers nor refuses is closed; itself is not asked', async () => {
  const others = ['192.168.56.11', '192.168.56.12', '192.168.56.13', '192.168.56.14'].map((address, i) => ({
    name: `worker-${String(i + 1)}`,
    address,
    role: 'worker' as const,
  }))
  const asked: string[] = []
  const host: Host = {
    ...fakeHost('worker-1'),
    read: script => {
      asked.push(script)
      return Promise.resolve('0 ok\n1 Connection refused\n2 timed out\n')
    },
  }

  const closed = await closedTo({host, node: sampleNode('worker-1'), existingNodes: others, signal: NEVER})

  expect(closed.map(({name}) => name)).toEqual(['worker-4'])
  expect(asked.join('')).not.toContain('192.168.56.11')
})
