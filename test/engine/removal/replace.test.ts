import {randomBytes} from 'node:crypto'
import {describe, expect, it} from 'vitest'
import type {EngineEvent} from '../../../src/domain/events.ts'
import type {FileFacts} from '../../../src/domain/facts.ts'
import type {ControlPlane} from '../../../src/engine/cluster/control-plane.ts'
import type {Candidate} from '../../../src/engine/hosts/open-machines.ts'
import {removeLost, withoutLost} from '../../../src/engine/removal/replace.ts'
import type {WorkflowOptions} from '../../../src/engine/workflows/options.ts'
import {askAboutLost, tellOfLost} from '../../../src/engine/workflows/replace-lost.ts'
import type {Session} from '../../../src/engine/workflows/session.ts'
import {sampleCluster, sampleFacts, sampleSpec} from '../../phases/preflight/sample.ts'
import {fakeClock} from '../../kube/fake-api.ts'
import {fakeHost} from '../fake-host.ts'
import {holder} from '../lease-scene.ts'
import {NEVER} from '../sample-run.ts'
import {workflowScene} from '../workflow-scene.ts'
import {fakeCluster, type FakeCluster, type FakeNode} from './fake-cluster.ts'

const plane = (last: number, isUp = true): FakeNode => ({address: `10.0.0.${String(last)}`, isControlPlane: true, isUp})
const manifest: FileFacts = {type: 'file', mode: '0600', owner: 'root:root', size: 1, sha256: undefined}
const never = (): Promise<never> => Promise.reject(new Error('not asked in this test'))

interface FileHost {
  readonly name: string
  readonly last: number
  readonly isMember: boolean
}

interface Scene {
  readonly made: FakeCluster
  readonly session: Session
  readonly options: WorkflowOptions
  readonly asked: readonly string[]
  readonly noted: readonly string[]
  readonly events: readonly EngineEvent[]
}

/** A run over these hosts of a cluster; its person gives this answer. */
function scene(nodes: Readonly<Record<string, FakeNode>>, hosts: readonly FileHost[], answer = true): Scene {
  const made = fakeCluster(nodes, {'web-a': {node: 'cp-3', owner: 'ReplicaSet'}})
  const [asked, noted]: [string[], string[]] = [[], []]
  const base = workflowScene({})
  const candidates = hosts.map(({name, isMember}): Candidate => {
    const files: Record<string, FileFacts> = isMember ? {'/etc/kubernetes/manifests/etcd.yaml': manifest} : {}
    const facts = sampleFacts(10, {clusterCaHash: isMember ? 'a'.repeat(64) : undefined, files})
    return {
      spec: sampleSpec({name, role: 'control-plane'}),
      host: fakeHost(name),
      gathered: {facts, midpointSeconds: 0},
    }
  })
  const runNodes = candidates.map(({spec}, i) => ({
    host: spec,
    role: 'control-plane' as const,
    name: spec.name ?? '',
    address: `10.0.0.${String(hosts[i]?.last)}`,
    networkInterface: '',
  }))
  const controlPlane: ControlPlane = {
    host: fakeHost('cp-1'),
    api: () => Promise.resolve(made.api),
    etcd: () => Promise.resolve(made.etcd),
    superApi: never,
    serviceAccountKey: never,
    authority: never,
    sharedFile: never,
    clusterCa: never,
    forget: () => undefined,
    close: () => Promise.resolve(),
  }
  const own = new Set(hosts.map(({name}) => name))
  const clock = fakeClock()
  return {
    made,
    asked,
    noted,
    events: base.events,
    session: {
      cluster: sampleCluster(),
      candidates,
      nodes: runNodes,
      findings: [],
      endpoint: 'https://10.0.0.9:6443',
      controlPlane,
      initialControlPlane: runNodes[0],
      existingNodes: Object.entries(nodes).flatMap(([name, {address}]) =>
        own.has(name) ? [] : [{name, address, role: 'control-plane' as const}],
      ),
      sources: {},
      dispose: () => Promise.resolve(),
    },
    options: {
      ...base.options,
      clock: {...clock, sleep: (ms, signal) => (ms < 10_000 ? clock.sleep(ms) : untilAborted(signal))},
      random: randomBytes,
      holder: holder('me@laptop 1 1'),
      signal: NEVER,
      replacing: {
        ask: question => {
          asked.push(question)
          return Promise.resolve(answer)
        },
        note: text => noted.push(text),
      },
    },
  }
}

const untilAborted = (signal?: AbortSignal): Promise<void> =>
  new Promise(resolve => signal?.addEventListener('abort', () => resolve()))

const member = (name: string, last: number): FileHost => ({name, last, isMember: true})
const bare = (name: string, last: number): FileHost => ({name, last, isMember: false})
const ONE_DEAD = {'cp-1': plane(1), 'cp-2': plane(2), 'cp-3': plane(3, false)}
const TWO = [member('cp-1', 1), member('cp-2', 2)]

describe('a run over a file with another host instead of a dead control plane', () => {
  it('says which one is dead, asks, and removes it before the other one joins', async () => {
    const {made, options, session, asked, noted} = scene(ONE_DEAD, [...TWO, bare('cp-4', 4)])
    const lost = await askAboutLost(options, session)

    expect(noted.join('\n')).toContain('cp-3 (10.0.0.3) is a control plane that the file does not list, and it is dead')
    expect(asked).toEqual(['Remove cp-3 from the cluster, so that the new control plane can join?'])
    expect(made.wrote).toEqual([])
    if (lost === undefined) throw new Error('nothing was found')
    await removeLost(options, session, lost)
    expect([...made.nodes.keys()]).toEqual(['cp-1', 'cp-2'])
    expect([...made.members.keys()]).toEqual(['cp-1', 'cp-2'])
    expect(made.pods.size).toBe(0)
    expect(withoutLost(session, lost).existingNodes).toEqual([])
  })

  it('finds the former machine of a new host with the same name', async () => {
    const {made, options, session} = scene(ONE_DEAD, [...TWO, bare('cp-3', 9)])
    const lost = await askAboutLost(options, session)
    if (lost === undefined) throw new Error('nothing was found')
    await removeLost(options, session, lost)
    expect([...made.members.keys()]).toEqual(['cp-1', 'cp-2'])
  })

  it('changes nothing when the answer is no', async () => {
    const {made, options, session} = scene(ONE_DEAD, [...TWO, bare('cp-4', 4)], false)
    await expect(askAboutLost(options, session)).rejects.toMatchObject({
      code: 'cancelled',
      hint: expect.stringContaining('kadm remove cp-3 --dead') as string,
    })
    expect(made.wrote).toEqual([])
  })

  it('asks nothing and only warns while no new host waits for it', async () => {
    const {options, session, asked, events} = scene(ONE_DEAD, TWO)
    expect(await askAboutLost(options, session)).toBeUndefined()
    expect(asked).toEqual([])
    expect(events).toMatchObject([
      {type: 'warning', host: 'cp-3', message: expect.stringContaining('kadm remove cp-3 --dead') as string},
    ])
  })

  it('leaves a control plane alone that works, although the file does not list it', async () => {
    const {options, session, asked, events} = scene({...ONE_DEAD, 'cp-3': plane(3)}, [...TWO, bare('cp-4', 4)])
    expect(await askAboutLost(options, session)).toBeUndefined()
    expect([asked, events]).toEqual([[], []])
  })

  it('refuses a new host with the name of a control plane that works', async () => {
    const {options, session} = scene({...ONE_DEAD, 'cp-3': plane(3)}, [...TWO, bare('cp-3', 9)])
    await expect(askAboutLost(options, session)).rejects.toMatchObject({
      code: 'preflight',
      message: expect.stringContaining('the cluster has a control plane cp-3 at 10.0.0.3 that works') as string,
    })
  })

  it('refuses, with the numbers, when etcd cannot agree to it any more', async () => {
    const {options, session, asked} = scene({'cp-1': plane(1), 'cp-2': plane(2, false)}, [
      member('cp-1', 1),
      bare('cp-4', 4),
    ])
    await expect(askAboutLost(options, session)).rejects.toMatchObject({
      code: 'preflight',
      message: expect.stringContaining('etcd has 2 voting members and needs 2, but only 1 answers') as string,
    })
    expect(asked).toEqual([])
  })

  it('asks nothing for a cluster that does not exist yet, and without a person to ask', async () => {
    const {options, session, made} = scene(ONE_DEAD, [bare('cp-4', 4)])
    expect(await askAboutLost(options, session)).toBeUndefined()
    const rest = {...options, replacing: undefined}
    expect(await askAboutLost(rest, scene(ONE_DEAD, [...TWO, bare('cp-4', 4)]).session)).toBeUndefined()
    expect(made.calls()).toBe(0)
  })

  it('is planned with a warning that it will ask', async () => {
    const {options, session, asked, events} = scene(ONE_DEAD, [...TWO, bare('cp-4', 4)])
    await tellOfLost(options, session)
    expect(asked).toEqual([])
    expect(events).toMatchObject([{type: 'warning', message: expect.stringContaining('kadm apply asks') as string}])
  })
})
