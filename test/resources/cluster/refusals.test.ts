import {describe, expect, test} from 'vitest'
import {KadmError} from '../../../src/domain/errors.ts'
import type {KubeClient} from '../../../src/kube/client.ts'
import type {ApiObject} from '../../../src/kube/json.ts'
import {operationOf, type OperationResource} from '../../../src/resources/any-resource.ts'
import {nodeRegistered} from '../../../src/resources/cluster/node-registered.ts'
import {nodeReports} from '../../../src/resources/cluster/node-reports.ts'
import {fakeKube, refused} from './fake-kube.ts'
import {operationContext} from './operation-context.ts'

const why = 'a test needs it'
const registered = nodeRegistered({node: 'vm-1', graceMs: 10_000, deadlineMs: 60_000, why})
const reports = nodeReports({node: 'vm-1', deadlineMs: 60_000, why})
const NODE = {
  metadata: {name: 'vm-1', labels: {'kubernetes.io/hostname': 'vm-1'}},
  status: {conditions: [{type: 'Ready', status: 'True', lastHeartbeatTime: '2026-06-01T00:10:00Z'}]},
}
/** A kubelet that started ten minutes before, five minutes before its last report. */
const KUBELET = `ActiveState=active
SubState=running
NRestarts=0
Started=10000
Clock=70000
Ticks=100
Now=${String(Date.parse('2026-06-01T00:15:00Z') / 1000)}
`

/** What the API answers, one after the other, the last again and again; and what is run on the host. */
function bench(...answers: readonly (ApiObject | Error | undefined)[]) {
  const left = [...answers]
  const ran: string[] = []
  const get: KubeClient['get'] = () => {
    const answer = left.length > 1 ? left.shift() : left[0]
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
  }
  const context = operationContext({api: fakeKube({}, {get})})
  const read = (script: string): Promise<string> => {
    ran.push(script)
    return Promise.resolve(KUBELET)
  }
  return {context: {...context, host: {...context.host, read}}, ran, told: context.told}
}
const act = (resource: OperationResource, {context}: ReturnType<typeof bench>) =>
  operationOf(resource).act(resource, context)

const PASSING = [
  refused(403, 'Forbidden'),
  refused(429, 'TooManyRequests'),
  refused(500, 'InternalError'),
  refused(503, 'ServiceUnavailable'),
  new KadmError('connect', 'connection refused'),
]

describe.each([
  ['that a node registers', registered],
  ['that a kubelet reports', reports],
])('a wait %s', (_, resource) => {
  test.each(PASSING)('continues when the API server refuses for a moment: $message', async error => {
    const scene = bench(error, NODE)

    expect(await act(resource, scene)).toBe('unchanged')
    expect(scene.told).toEqual([error.message])
  })

  test('ends with what was refused when that does not change', async () => {
    await expect(act(resource, bench(refused(403, 'Forbidden')))).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('last seen: could not: Forbidden') as string,
    })
  })

  test('ends at once for a bug and for a run that is stopped', async () => {
    const bug = new TypeError('x is undefined')
    await expect(act(resource, bench(bug))).rejects.toBe(bug)
    await expect(act(resource, bench(new KadmError('cancelled', 'stopped')))).rejects.toThrow('stopped')
  })
})

describe('a node that does not exist', () => {
  test('does not count as missing while the API does not say so', async () => {
    const scene = bench(...Array.from({length: 60}, () => refused(500, 'InternalError')), NODE)

    expect(await act(registered, scene)).toBe('unchanged')
    expect(scene.ran.filter(script => script.includes('systemctl'))).toEqual([])
  })
})
