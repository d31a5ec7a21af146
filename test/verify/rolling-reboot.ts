import {KadmError} from '../../src/domain/errors.ts'
import type {EngineEvent} from '../../src/domain/events.ts'
import type {KubeClient} from '../../src/kube/client.ts'
import type {ApiObject} from '../../src/kube/json.ts'
import type {RebootTarget, RollingReboot} from '../../src/verify/reboot/rolling-reboot.ts'
import {fakeClock} from '../kube/fake-api.ts'
import {sampleFacts} from '../phases/preflight/sample.ts'
import {fakeKube} from '../resources/cluster/fake-kube.ts'

export interface FakeMachineOptions {
  /** How many connections are refused after the reboot before one is taken. */
  readonly refusals?: number
  /** How many looks the API shows the state from before, once ssh is there. */
  readonly staleLooks?: number
  readonly cordonedByOthers?: boolean
  /** What comes of asking for the reboot, beside the reboot. */
  readonly rebootSays?: Error
}

/** One machine that reboots when it is told to, and the API as it sees its node. */
export function fakeMachine({
  refusals = 2,
  staleLooks = 2,
  cordonedByOthers = false,
  rebootSays,
}: FakeMachineOptions = {}) {
  let boots = 1
  let refused = 0
  let looks = 0
  let unschedulable = cordonedByOthers
  const asked: string[] = []
  const isStale = (): boolean => boots > 1 && looks < staleLooks
  const seenBoot = (): number => (isStale() ? boots - 1 : boots)
  const pod = (): ApiObject => ({
    metadata: {
      namespace: 'kube-system',
      name: 'kube-proxy-x',
      uid: 'p',
      ownerReferences: [{kind: 'DaemonSet', controller: true}],
    },
    status: {
      conditions: [{type: 'Ready', status: 'True'}],
      containerStatuses: [{containerID: `boot-${String(seenBoot())}`}],
    },
  })
  const node = (): ApiObject => ({
    metadata: {name: 'worker-1'},
    spec: unschedulable ? {unschedulable: true} : {},
    status: {nodeInfo: {bootID: `boot-${String(seenBoot())}`}, conditions: [{type: 'Ready', status: 'True'}]},
  })
  const api: KubeClient = fakeKube(
    {},
    {
      get: () => {
        if (boots > 1) looks += 1
        return Promise.resolve(node())
      },
      list: () => Promise.resolve([pod()]),
      patch: (_path, body) => {
        unschedulable = JSON.stringify(body).includes('"unschedulable":true')
        asked.push(unschedulable ? 'cordon' : 'uncordon')
        return Promise.resolve({})
      },
    },
  )
  const read = (script: string): Promise<string> => {
    if (script.includes('reboot')) {
      asked.push('reboot')
      boots += 1
      return rebootSays === undefined ? Promise.resolve('') : Promise.reject(rebootSays)
    }
    return Promise.resolve(`boot-${String(boots)}\n`)
  }
  const none = () => Promise.reject(new Error('not asked for here'))
  const traveller: RebootTarget = {
    node: 'worker-1',
    controlPlane: false,
    addresses: [],
    before: sampleFacts(11),
    host: {
      name: 'worker-1',
      read,
      run: none,
      pipe: none,
      forward: none,
      close: () => Promise.resolve(),
      renew: () =>
        refused++ < refusals
          ? Promise.reject(new KadmError('connect', 'connection refused'))
          : Promise.resolve({address: '192.168.56.11', hasMoved: false}),
    },
  }
  return {api, traveller, asked, isSchedulable: () => !unschedulable}
}

/** A round with a clock that passes only by waiting. */
export function fakeTrip(
  api: KubeClient,
  more: Partial<RollingReboot> = {},
): RollingReboot & {readonly told: readonly EngineEvent[]} {
  const told: EngineEvent[] = []
  return {
    told,
    api,
    prefix: '',
    clock: fakeClock(),
    signal: new AbortController().signal,
    emit: event => told.push(event),
    random: count => new Uint8Array(count),
    images: {first: 'agnhost:1', second: 'agnhost:2'},
    drains: true,
    allAtOnce: false,
    timeoutMs: 60_000,
    drainMs: 10_000,
    explain: (_, error) => Promise.resolve(error),
    ...more,
  }
}
