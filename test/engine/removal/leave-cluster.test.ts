import {randomBytes} from 'node:crypto'
import {describe, expect, it} from 'vitest'
import type {EngineEvent} from '../../../src/domain/events.ts'
import type {ListedNode} from '../../../src/domain/removal.ts'
import {clusterLeaseOf} from '../../../src/engine/lease/cluster-lease-of.ts'
import {leaveCluster} from '../../../src/engine/removal/leave-cluster.ts'
import type {DrainSettings} from '../../../src/engine/removal/drain-settings.ts'
import {removalPlan, type RemovalPlan} from '../../../src/engine/removal/removal-plan.ts'
import {podsOfNode} from '../../../src/kube/drain/drain.ts'
import {listNodes} from '../../../src/kube/nodes.ts'
import {fakeClock} from '../../kube/fake-api.ts'
import {holder} from '../lease-scene.ts'
import {heldLease, NEVER} from '../sample-run.ts'
import {fakeCluster, type FakeCluster, type FakeNode} from './fake-cluster.ts'

const DRAIN: DrainSettings = {
  rules: {force: false, ignoreDaemonSets: false, deleteEmptyDirData: false, skipWaitForDeleteSeconds: 0},
  disableEviction: false,
  gracePeriodSeconds: undefined,
  timeoutMs: 0,
  podSelector: undefined,
}
const plane = (last: number, isUp = true): FakeNode => ({address: `10.0.0.${String(last)}`, isControlPlane: true, isUp})
const worker = (last: number, isUp = true): FakeNode => ({...plane(last, isUp), isControlPlane: false})
const PODS = {
  'web-a': {node: 'worker-1', owner: 'ReplicaSet'},
  'web-b': {node: 'worker-2', owner: 'ReplicaSet'},
  'web-c': {node: 'cp-3', owner: 'ReplicaSet'},
  'proxy-1': {node: 'worker-1', owner: 'DaemonSet'},
  'proxy-3': {node: 'cp-3', owner: 'DaemonSet'},
  'etcd-cp-3': {node: 'cp-3', owner: 'Node'},
}
const cluster = (isUp = true): FakeCluster =>
  fakeCluster(
    {
      'cp-1': plane(1),
      'cp-2': plane(2),
      'cp-3': plane(3, isUp),
      'worker-1': worker(21, isUp),
      'worker-2': worker(22),
    },
    PODS,
  )

interface Attempt {
  readonly names: readonly string[]
  readonly isDead?: boolean
  readonly run?: number
}

/** Looks at the cluster as it is now, as the command does, and removes these nodes. */
async function remove(made: FakeCluster, {names, isDead = false, run = 1}: Attempt): Promise<readonly EngineEvent[]> {
  const clock = fakeClock()
  const {api, etcd} = made
  const nodes: readonly ListedNode[] = (await listNodes(api)).map(({name, internalAddress, controlPlane}) => ({
    name,
    address: internalAddress,
    role: controlPlane ? 'control-plane' : 'worker',
  }))
  const leavers = await Promise.all(
    names.map(async name => {
      const listed = nodes.find(node => node.name === name)
      const role = name.startsWith('cp') ? ('control-plane' as const) : ('worker' as const)
      const pods = await podsOfNode(api, name)
      return {name, address: listed?.address, role, isListed: listed !== undefined, isDead, pods}
    }),
  )
  const members = await etcd.askMembers()
  const plan: RemovalPlan = removalPlan({leavers, nodes, members, budgets: [], now: clock.now(), ...DRAIN})
  expect(plan.refusals).toEqual([])
  const events: EngineEvent[] = []
  await leaveCluster(plan, {
    access: {api, etcd: () => Promise.resolve(etcd), through: undefined},
    clusterLease: clusterLeaseOf({
      clock: {...clock, sleep: (ms, signal) => (ms < 10_000 ? clock.sleep(ms) : untilAborted(signal))},
      random: randomBytes,
      holder: holder(`me@laptop ${String(run)} 1`, ['me@laptop 1 1']),
    }),
    nodes,
    leaseOf: () => (isDead ? undefined : heldLease(1)),
    drain: DRAIN,
    signal: NEVER,
    emit: event => events.push(event),
    clock,
  })
  return events
}

/** No renewal of the lease is due in this test. */
const untilAborted = (signal?: AbortSignal): Promise<void> =>
  new Promise(resolve => signal?.addEventListener('abort', () => resolve()))

const CASES = [
  ['a worker', {names: ['worker-1']}],
  ['a control plane', {names: ['cp-3']}],
  ['a worker and a control plane together', {names: ['worker-1', 'cp-3']}],
  ['a dead worker', {names: ['worker-1'], isDead: true}],
  ['a dead control plane', {names: ['cp-3'], isDead: true}],
] as const satisfies readonly (readonly [string, Attempt])[]

function isWholeWithout(made: FakeCluster, names: readonly string[]): void {
  const all = ['cp-1', 'cp-2', 'cp-3', 'worker-1', 'worker-2']
  const left = all.filter(name => !names.includes(name))
  expect([...made.nodes.keys()]).toEqual(left)
  expect([...made.members.keys()]).toEqual(left.filter(name => name.startsWith('cp')))
  expect([...made.pods.values()].filter(({node}) => names.includes(node))).toEqual([])
  expect([...made.pods.values()].filter(({node}) => !names.includes(node))).toEqual(
    Object.values(PODS).filter(({node}) => !names.includes(node)),
  )
  expect(made.lostQuorum()).toBe(false)
}

describe('a removal from the cluster', () => {
  it.each(CASES)('takes %s out of it, and nothing else', async (_, attempt) => {
    const made = cluster(!('isDead' in attempt))
    await remove(made, attempt)
    isWholeWithout(made, attempt.names)
  })

  it('drains a node, then takes its member out of etcd, then deletes its Node object', async () => {
    const made = cluster()
    const events = await remove(made, {names: ['cp-3']})
    expect(made.wrote.map(line => line.replace(/ \{.*/, ''))).toEqual([
      'patch /api/v1/nodes/cp-3',
      'POST /api/v1/namespaces/default/pods/web-c/eviction',
      'remove member id-of-cp-3',
      'delete /api/v1/nodes/cp-3',
      'delete /api/v1/namespaces/default/pods/proxy-3',
      'delete /api/v1/namespaces/default/pods/etcd-cp-3',
    ])
    expect(events.flatMap(event => (event.type === 'phase-done' ? [event.phase] : []))).toEqual([
      'drain',
      'leave-etcd',
      'leave',
    ])
  })

  it('does not drain a dead node, whose pods would never stop', async () => {
    const made = cluster(false)
    await remove(made, {names: ['worker-1'], isDead: true})
    expect(made.wrote.filter(line => line.includes('eviction') || line.startsWith('patch'))).toEqual([])
  })

  it('changes nothing when it is already done', async () => {
    const made = cluster()
    await remove(made, {names: ['cp-3']})
    const before = made.wrote.length
    await remove(made, {names: ['cp-3']})
    expect(made.wrote.slice(before)).toEqual(['delete /api/v1/nodes/cp-3'])
  })
})

describe.each(CASES)('a removal of %s that is killed', (_, attempt) => {
  it('at any call never costs etcd its quorum, and converges when it is run again', async () => {
    const isUp = !('isDead' in attempt)
    const whole = cluster(isUp)
    await remove(whole, attempt)
    const calls = whole.calls()
    expect(calls).toBeGreaterThan(8)

    for (let at = 1; at <= calls; at++) {
      for (const isDone of [true, false]) {
        const made = cluster(isUp)
        made.dieAt({at, isDone})
        // The last call only gives the lease of the cluster back, which may fail.
        if (at < calls) await expect(remove(made, attempt)).rejects.toThrow('the connection was lost')
        made.dieAt(undefined)
        await remove(made, {...attempt, run: 2})
        isWholeWithout(made, attempt.names)
      }
    }
  })
})
