import type {EngineEvent} from '../../src/domain/events.ts'
import type {Machine} from '../../src/engine/hosts/machine.ts'
import type {Run} from '../../src/engine/schedule/run.ts'
import {readTemplates} from '../../src/engine/sources/templates-on-disk.ts'
import type {Phase} from '../../src/phases/phase.ts'
import {select} from '../../src/phases/select.ts'
import {kubeObject} from '../../src/resources/cluster/kube-object.ts'
import {sampleCluster} from '../phases/preflight/sample.ts'
import {fakeKube, type FakeKube} from '../resources/cluster/fake-kube.ts'
import {fakeHost, litter, type FakeHost} from './fake-host.ts'
import {machineAt, NEVER, noValues} from './sample-run.ts'

export const object = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {name: 'demo', namespace: 'default'},
  data: {a: '1'},
}
const phase = (name: string, more: Partial<Phase>): Phase => ({name, title: `Do ${name}`, why: 'a test', ...more})

export const PHASES: readonly Phase[] = [
  phase('tidy', {resources: () => [litter('paper'), litter('glass')]}),
  phase('skipped', {when: () => 'not today', resources: () => [litter('never')]}),
  phase('store', {
    where: 'initial-control-plane',
    resources: () => [litter('late'), kubeObject(object, 'the cluster remembers it')],
  }),
  phase('join', {where: 'worker', needs: ['store'], resources: () => [litter('token')]}),
]

export interface CheckContext {
  readonly run: Run
  readonly events: readonly EngineEvent[]
  readonly api: FakeKube
  /** What the hosts were asked since the last time. */
  readonly asked: () => Readonly<Record<string, readonly string[]>>
}

/** A control plane and a worker; every script takes 100 ms. */
export function scene(
  lies: Readonly<Record<string, readonly string[]>>,
  changes: Partial<Run> & {stuck?: Readonly<Record<string, string>>; fence?: number; says?: readonly string[]} = {},
): CheckContext {
  let now = 1000
  const events: EngineEvent[] = []
  const api = fakeKube()
  const make = (name: string): FakeHost =>
    fakeHost(name, {
      lies: lies[name] ?? [],
      stuck: changes.stuck ?? {},
      says: changes.says ?? [],
      fence: changes.fence ?? 1,
      onRun: () => (now += 100),
    })
  const [master, worker] = [make('master'), make('worker')]
  const machines: readonly Machine[] = [machineAt(master, 1, 'control-plane'), machineAt(worker, 1)]
  let seen = {master: 0, worker: 0}
  return {
    events,
    api,
    asked: () => {
      const since = {master: master.asked.slice(seen.master), worker: worker.asked.slice(seen.worker)}
      seen = {master: master.asked.length, worker: worker.asked.length}
      return since
    },
    run: {
      cluster: sampleCluster(),
      machines,
      nodes: machines.map(({node}) => node),
      initialControlPlane: machines[0]?.node,
      endpoint: 'https://192.168.56.11:6443',
      steps: select(PHASES, [], []),
      bundle: undefined,
      templates: readTemplates(),
      isAdmin: true,
      values: noValues,
      api: () => Promise.resolve(api),
      superApi: () => Promise.reject(new Error('nobody is asked as super admin')),
      etcd: () => Promise.reject(new Error('no etcd is asked')),
      upload: () => Promise.resolve(),
      emit: event => events.push(event),
      clock: {now: () => now, sleep: () => Promise.resolve()},
      signal: NEVER,
      ...changes,
    },
  }
}

export const DIRTY = {master: ['paper', 'late'], worker: ['glass', 'token']}

/** The events of one host, one line each. */
export const told = (events: readonly EngineEvent[], host: string): readonly string[] =>
  events.flatMap(event => {
    if (!('host' in event) || event.host !== host) return []
    switch (event.type) {
      case 'changed':
        return [`${event.phase}: ${event.resource}: ${event.what}`]
      case 'phase-skipped':
        return [`${event.phase} skipped: ${event.reason}`]
      case 'phase-done':
        return [`${event.phase} done, ${event.changes} changes`]
      case 'phase-failed':
        return [`${event.phase} failed: ${event.error}`]
      case 'phase-started':
        return [`${event.phase}: ${event.title}`]
      case 'phase-progress':
      case 'warning':
        return [event.message]
    }
  })
