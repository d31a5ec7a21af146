import {describe, expect, test} from 'vitest'
import {KadmError} from '../../src/domain/errors.ts'
import type {KubeClient} from '../../src/kube/client.ts'
import {rebootOne} from '../../src/verify/reboot/come-back.ts'
import {REBOOT_CORDON_MARK, whileDrained} from '../../src/verify/reboot/drained.ts'
import {isWell, removeRebootLeftovers} from '../../src/verify/reboot/reboot.ts'
import {containing, matching} from '../kube/matchers.ts'
import {fakeCluster} from './fake-cluster.ts'
import {fakeMachine, fakeTrip} from './rolling-reboot.ts'

describe('a machine that is rebooted', () => {
  test('is back when ssh, its node and its pods are, each of the new boot', async () => {
    const {api, traveller} = fakeMachine({refusals: 3, staleLooks: 4})
    const trip = fakeTrip(api)

    const times = await rebootOne(trip, traveller)

    expect(times).toEqual({sshMs: 3000, readyMs: 6000, podsMs: 6000})
    expect(trip.told.flatMap(event => (event.type === 'phase-progress' ? [event.message] : []))).toEqual([
      'waiting for ssh after a new boot: connection refused',
      'ssh answers after 3 s',
      'waiting for the node to be Ready again: its kubelet has not reported yet',
      'Ready after 6 s',
    ])
  })

  test('may lose the connection while it gets the command', async () => {
    const {api, traveller, asked} = fakeMachine({rebootSays: new KadmError('connect', 'the connection was lost')})
    await rebootOne(fakeTrip(api), traveller)

    expect(asked).toEqual(['reboot'])
  })

  test('that refuses to is reported, and nothing is waited for', async () => {
    const refused = new KadmError('remote', 'Call to Reboot failed: Access denied')
    const {api, traveller} = fakeMachine({rebootSays: refused})

    await expect(rebootOne(fakeTrip(api), traveller)).rejects.toBe(refused)
  })

  test('that does not come back is reported with the last thing seen, and what to do', async () => {
    const {api, traveller} = fakeMachine({refusals: 1000})

    await expect(rebootOne(fakeTrip(api), traveller)).rejects.toMatchObject({
      code: 'timeout',
      host: 'worker-1',
      message:
        'worker-1 is not back 60 s after its reboot: waited for ssh after a new boot; last seen: connection refused',
      hint: containing('console'),
    })
  })

  test('whose node does not come back is asked for the cause', async () => {
    const {api, traveller} = fakeMachine({staleLooks: 1000})
    const cause = new KadmError('timeout', 'cause: swap is on')
    const explain = (): Promise<KadmError> => Promise.resolve(cause)

    await expect(rebootOne(fakeTrip(api, {explain}), traveller)).rejects.toBe(cause)
  })

  test('is not a failure of kadm while the API is away too', async () => {
    const {api, traveller} = fakeMachine()
    let away = 3
    const flaky: KubeClient = {
      ...api,
      get: (path, options) =>
        away-- > 0 ? Promise.reject(new KadmError('remote', 'the API server starts')) : api.get(path, options),
    }

    expect((await rebootOne(fakeTrip(flaky), traveller)).podsMs).toBeGreaterThan(0)
  })
})

describe('a node that is emptied for its reboot', () => {
  test('is open again afterwards, also when the reboot failed', async () => {
    for (const work of [() => Promise.resolve(), () => Promise.reject(new KadmError('timeout', 'not back'))]) {
      const {api, asked, isSchedulable} = fakeMachine()
      await whileDrained(fakeTrip(api), 'worker-1', work).catch(() => undefined)

      expect([asked, isSchedulable()]).toEqual([['cordon', 'uncordon'], true])
    }
  })

  test('stays cordoned when it was cordoned before', async () => {
    const {api, isSchedulable} = fakeMachine({cordonedByOthers: true})
    await whileDrained(fakeTrip(api), 'worker-1', () => Promise.resolve())

    expect(isSchedulable()).toBe(false)
  })

  test('is left as it is when no pod must move', async () => {
    const {api, asked} = fakeMachine()
    await whileDrained(fakeTrip(api, {drains: false}), 'worker-1', () => Promise.resolve())

    expect(asked).toEqual([])
  })

  test('is not rebooted when a budget holds its pods, and names the budget and what to do', async () => {
    const {api, asked} = fakeMachine()
    const web = {
      metadata: {
        namespace: 'shop',
        name: 'web-1',
        labels: {app: 'web'},
        ownerReferences: [{kind: 'ReplicaSet', controller: true}],
      },
    }
    const causes = [
      {reason: 'DisruptionBudget', message: 'The disruption budget web needs 1 healthy pods and has 1 currently'},
    ]
    const held: KubeClient = {
      ...api,
      list: () => Promise.resolve([web]),
      raw: () => Promise.resolve({status: 429, text: JSON.stringify({details: {causes}})}),
    }
    const rebooted: string[] = []

    await expect(
      whileDrained(fakeTrip(held), 'worker-1', () => Promise.resolve(rebooted.push('worker-1'))),
    ).rejects.toMatchObject({
      code: 'timeout',
      message: matching(
        /^kadm did not reboot worker-1: .*shop\/web-1: the disruption budget web needs 1 healthy pods and has 1 currently$/,
      ),
      hint: containing('--drain never'),
    })
    expect([rebooted, asked]).toEqual([[], ['cordon', 'uncordon']])
  })
})

test('what a killed run left is removed by the next: its namespace and its cordon, and nobody else has its cordon taken', async () => {
  const cluster = fakeCluster({nodes: []})
  const api: KubeClient = {
    ...cluster.api,
    list: path =>
      Promise.resolve(
        path.includes('kadm-verify-reboot')
          ? [{metadata: {name: 'kadm-verify-1'}}]
          : [
              {metadata: {name: 'worker-1', annotations: {[REBOOT_CORDON_MARK]: '1'}}},
              {metadata: {name: 'worker-2'}, spec: {unschedulable: true}},
            ],
      ),
  }
  await removeRebootLeftovers(api, new AbortController().signal)

  expect([...cluster.calls].sort()).toEqual(['delete /api/v1/namespaces/kadm-verify-1', 'patch /api/v1/nodes/worker-1'])
})

test('a round is well when each node and the cluster are', () => {
  const ok = {name: 'swap', ok: true, ms: 0, detail: 'off'}
  const times = {sshMs: 1, readyMs: 2, podsMs: 3}
  const round = (node: boolean, cluster: boolean) => ({
    name: 'all at once',
    nodes: [{node: 'worker-1', times, checks: [ok, {...ok, ok: node}]}],
    checks: [{...ok, ok: cluster}],
  })

  expect([round(true, true), round(false, true), round(true, false)].map(isWell)).toEqual([true, false, false])
})
