import {describe, expect, it} from 'vitest'
import type {EngineEvent} from '../../../src/domain/events.ts'
import {DEAD_DRAIN} from '../../../src/engine/removal/drain-settings.ts'
import {lookForRemoval, type LookOptions, type Removal} from '../../../src/engine/removal/look.ts'
import {removeWorkflow} from '../../../src/engine/workflows/remove.ts'
import {readTemplates} from '../../../src/engine/sources/templates-on-disk.ts'
import {fakeClock} from '../../kube/fake-api.ts'
import {kubeadmConfigMap} from '../../../src/manifests/kubeadm-config.ts'
import {clusterOf} from '../../manifests/cluster.ts'
import {sampleCluster, sampleSpec} from '../../phases/preflight/sample.ts'
import {workflowScene} from '../workflow-scene.ts'
import {fakeCluster, type FakeCluster, type FakeNode} from './fake-cluster.ts'

const plane = (last: number, isUp = true): FakeNode => ({address: `10.0.0.${String(last)}`, isControlPlane: true, isUp})
const CONFIG = '/api/v1/namespaces/kube-system/configmaps/kubeadm-config'

const made = (endpoint: string | undefined = 'api.example.org:6443'): FakeCluster =>
  fakeCluster(
    {'cp-1': plane(1), 'cp-2': plane(2), 'cp-3': plane(3, false), 'worker-1': {...plane(21), isControlPlane: false}},
    {'web-a': {node: 'cp-3', owner: 'ReplicaSet'}, alone: {node: 'worker-1', owner: undefined}},
    {[CONFIG]: kubeadmConfigMap(clusterOf('v1.37.2', {controlPlaneEndpoint: endpoint}))},
  )

/** A run that has only a kubeconfig, or reaches etcd too. */
function looking(cluster: FakeCluster, names: readonly string[], more: Partial<LookOptions> = {}): LookOptions {
  const base = workflowScene({}).options
  const clock = fakeClock()
  return {
    ...base,
    clock,
    cluster: sampleCluster(),
    targets: names.map(named => ({named, spec: undefined, isInFile: false})),
    isDead: true,
    specAt: () => sampleSpec(),
    connections: [],
    access: {api: cluster.api, etcd: () => Promise.resolve(cluster.etcd), through: undefined},
    drain: DEAD_DRAIN,
    note: () => undefined,
    ...more,
  }
}

async function carryOut(cluster: FakeCluster, options: LookOptions, removal: Removal): Promise<readonly EngineEvent[]> {
  const events: EngineEvent[] = []
  const base = workflowScene({}).options
  const {clock} = options
  await removeWorkflow({
    ...base,
    templates: readTemplates(),
    clock: {...clock, sleep: (ms, signal) => (ms < 10_000 ? clock.sleep(ms) : untilAborted(signal))},
    emit: event => events.push(event),
    command: 'remove',
    removal,
    access: options.access,
    drain: options.drain,
    stay: [],
  })
  return events
}

const untilAborted = (signal?: AbortSignal): Promise<void> =>
  new Promise(resolve => signal?.addEventListener('abort', () => resolve()))

describe('a removal of a dead machine', () => {
  it('needs no login to it: it is found by the cluster, and leaves etcd and the cluster', async () => {
    const cluster = made()
    const options = looking(cluster, ['10.0.0.3'])
    const removal = await lookForRemoval(options)

    expect(removal.plan).toMatchObject({
      removals: [{name: 'cp-3', isDead: true, drain: {moved: ['default/web-a']}}],
      members: [{node: 'cp-3', id: 'id-of-cp-3'}],
      votersAfter: 2,
      refusals: [],
    })
    const events = await carryOut(cluster, options, removal)
    expect([...cluster.nodes.keys()]).toEqual(['cp-1', 'cp-2', 'worker-1'])
    expect([...cluster.members.keys()]).toEqual(['cp-1', 'cp-2'])
    expect(events.at(-1)).toMatchObject({type: 'run-done', changes: 2})
  })

  it('is refused for one that works', async () => {
    const {plan} = await lookForRemoval(looking(made(), ['cp-2']))
    expect(plan.refusals.join('\n')).toContain('cannot remove cp-2 as dead: its member of etcd answers')
  })

  it('of a control plane is refused with a kubeconfig only, and that of a worker is not', async () => {
    const cluster = made()
    const access = {api: cluster.api, etcd: undefined, through: undefined}
    await expect(lookForRemoval(looking(cluster, ['cp-3'], {access}))).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('--to') as string,
    })
    const {plan} = await lookForRemoval(looking(cluster, ['worker-1'], {access}))
    expect(plan.members).toEqual([])
    expect(plan.removals[0]?.drain.lost).toEqual([{pod: 'default/alone', because: 'no controller'}])
  })

  it('names the nodes of the cluster when it has no such node', async () => {
    await expect(lookForRemoval(looking(made(), ['worker-9']))).rejects.toMatchObject({
      code: 'usage',
      evidence: 'nodes: cp-1, cp-2, cp-3, worker-1',
    })
  })

  it('of the machine of the control plane endpoint is not refused, because the endpoint is lost already', async () => {
    expect((await lookForRemoval(looking(made('10.0.0.3:6443'), ['cp-3']))).plan.refusals).toEqual([])
  })
})
