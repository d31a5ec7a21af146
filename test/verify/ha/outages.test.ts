import {setTimeout as after} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {KadmError} from '../../../src/domain/errors.ts'
import type {EngineEvent} from '../../../src/domain/events.ts'
import type {ControlPlane} from '../../../src/engine/cluster/control-plane.ts'
import type {EtcdClient, MemberReport} from '../../../src/kube/etcd/etcd-client.ts'
import type {ApiObject} from '../../../src/kube/json.ts'
import {renderHa} from '../../../src/ui/render-ha.ts'
import {tryOutages, type HaOptions} from '../../../src/verify/ha/outages.ts'
import type {RebootTarget} from '../../../src/verify/reboot/rolling-reboot.ts'
import {etcdStatus} from '../../kube/etcd-members.ts'
import {fakeApi, type FakeApi} from '../../kube/fake-api.ts'
import {fast} from '../../engine/kills/join-scene.ts'
import {sampleFacts} from '../../phases/preflight/sample.ts'
import {fakeKube} from '../../resources/cluster/fake-kube.ts'

const PLANES = ['cp-1', 'cp-2', 'cp-3']
const NAMES = [...PLANES, 'worker']
const none = (): Promise<never> => Promise.reject(new Error('not asked in this test'))

const off = (): Promise<never> => Promise.reject(new KadmError('connect', 'no answer'))

let server: FakeApi
let isAway = false
beforeAll(async () => {
  server = await fakeApi(() => (isAway ? 'reset' : {text: 'ok'}))
})
afterAll(() => server.close())

/** Machines that boot when they are reset; the endpoint is away while the leader of etcd boots. */
function scene({leader = 'cp-1', silent = [] as readonly string[], staysAway = false} = {}) {
  let leads = leader
  const boots = new Map(NAMES.map(name => [name, 1]))
  const booting = new Set<string>()
  const did: string[] = []
  const reset = async (name: string): Promise<void> => {
    did.push(`reset ${name}`)
    booting.add(name)
    isAway = name === leads
    if (name === leads) leads = PLANES.find(other => other !== name) ?? ''
    await after(200)
    boots.set(name, (boots.get(name) ?? 0) + 1)
    booting.delete(name)
    isAway = staysAway
  }
  const machines = NAMES.map((name, i): RebootTarget => {
    const read = async (script: string): Promise<string> => {
      if (!script.includes('boot_id')) void reset(name)
      await Promise.resolve()
      return `${name}-${String(boots.get(name))}\n`
    }
    const host = {name, read, run: none, pipe: none, forward: server.forward, close: () => Promise.resolve()}
    const renew = () => (booting.has(name) ? off() : Promise.resolve({address: '', hasMoved: false}))
    return {
      node: name,
      controlPlane: name !== 'worker',
      addresses: [],
      before: sampleFacts(i + 1),
      host: {...host, renew},
    }
  })
  const node = (name: string): ApiObject => ({
    metadata: {name, labels: name === 'worker' ? {} : {'node-role.kubernetes.io/control-plane': ''}},
    status: {nodeInfo: {bootID: `${name}-${String(boots.get(name))}`}, conditions: [{type: 'Ready', status: 'True'}]},
  })
  const api = fakeKube(
    {},
    {
      get: path => Promise.resolve(node(path.split('/').at(-1) ?? '')),
      list: path => Promise.resolve(path.startsWith('/api/v1/nodes') ? NAMES.map(node) : []),
    },
  )
  const member = (name: string): MemberReport => ({
    ...{id: `id-${name}`, name, peerUrls: [], clientUrls: [], isLearner: false},
    isHealthy: !silent.includes(name) && !booting.has(name),
    status: etcdStatus(1, {memberId: `id-${name}`, leaderId: `id-${leads}`}),
  })
  const etcd: EtcdClient = {...NO_ETCD, askMembers: () => Promise.resolve(PLANES.map(member))}
  const throughs: string[] = []
  const events: EngineEvent[] = []
  const options: HaOptions = {
    endpoint: {host: 'api.kadm.internal', port: 7443},
    way: 'local',
    controlPlaneOf: ({node: name, host}) => {
      throughs.push(name)
      return {...NO_CONTROL_PLANE, host, api: () => Promise.resolve(api), etcd: () => Promise.resolve(etcd)}
    },
    clock: fast(10),
    signal: new AbortController().signal,
    emit: event => events.push(event),
    timeoutMs: 600_000,
    explain: (_, error) => Promise.resolve(error),
  }
  return {machines, options, did, events, throughs}
}

describe('control planes that lose their power', () => {
  it('are one that follows, then the one that leads etcd, and each is measured until all is as before', async () => {
    const {machines, options, did, events, throughs} = scene()

    const outcome = await tryOutages(machines, options)

    expect(did).toEqual(['reset cp-2', 'reset cp-1'])
    expect(outcome.rounds).toMatchObject([
      {machine: 'cp-2', role: 'follower', askedFrom: 'worker', failed: 0, outageMs: 0},
      {machine: 'cp-1', role: 'leader', askedFrom: 'worker'},
    ])
    const [, leader] = outcome.rounds
    expect(leader?.failed).toBeGreaterThan(0)
    expect(leader?.outageMs).toBeGreaterThan(1000)
    expect(leader?.requests).toBeGreaterThan(leader?.failed ?? Infinity)
    // Never through the machine that is off.
    expect(throughs).toEqual(['cp-1', 'cp-1', 'cp-1', 'cp-2'])
    expect(events.flatMap(event => (event.type === 'phase-done' ? [`${event.host} ${event.phase}`] : []))).toEqual([
      ...['reboot', 'return', 'etcd'].map(step => `cp-2 follower/${step}`),
      ...['reboot', 'return', 'etcd'].map(step => `cp-1 leader/${step}`),
    ])
    expect(renderHa(outcome)).toContain('the API through api.kadm.internal:7443 (a load balancer on each node):')
  })

  it('are first the one with the address of the endpoint, of those that do not lead etcd', async () => {
    const {machines, options, did} = scene()
    isAway = false

    await tryOutages(machines, {...options, endpoint: {host: '192.168.56.3', port: 6443}})

    expect(did).toEqual(['reset cp-3', 'reset cp-1'])
  })

  it('are left alone, with the numbers, when etcd could lose its quorum', async () => {
    const {machines, options, did} = scene({silent: ['cp-3']})

    await expect(tryOutages(machines, options)).rejects.toMatchObject({
      code: 'preflight',
      message: expect.stringContaining('3 voting members, of which 2 answer') as string,
    })
    expect(did).toEqual([])
  })

  it('are left alone when the endpoint does not answer before', async () => {
    const {machines, options, did} = scene()
    isAway = true

    await expect(tryOutages(machines, options)).rejects.toThrow('does not answer from worker')
    isAway = false
    expect(did).toEqual([])
  })

  it('are an error when the endpoint does not answer any more, and no second one is powered off', async () => {
    const {machines, options, did} = scene({leader: 'cp-3', staysAway: true})

    await expect(tryOutages(machines, options)).rejects.toMatchObject({
      code: 'verify',
      message: expect.stringContaining('does not answer from worker after cp-1 came back') as string,
    })
    isAway = false
    expect(did).toEqual(['reset cp-1'])
  })

  it('are an error when a machine does not come back, and no second one is powered off', async () => {
    const {machines, options, did} = scene()
    const away = machines.map(one => ({...one, host: {...one.host, renew: off}}))

    await expect(tryOutages(away, {...options, timeoutMs: 5000})).rejects.toThrow(
      'cp-2 is not back 5 s after its reboot',
    )
    expect(did).toEqual(['reset cp-2'])
  })
})

const NO_CONTROL_PLANE: Omit<ControlPlane, 'host' | 'api' | 'etcd'> = {
  superApi: none,
  serviceAccountKey: none,
  authority: none,
  clusterCa: none,
  sharedFile: none,
  forget: () => undefined,
  close: () => Promise.resolve(),
}
const NO_ETCD: EtcdClient = {
  members: none,
  askMembers: none,
  addLearner: none,
  promote: none,
  remove: none,
  status: none,
  alarms: none,
  disarm: none,
  waysTo: () => [],
  defragment: none,
  snapshot: () => {
    throw new Error('not asked in this test')
  },
  close: () => Promise.resolve(),
}
