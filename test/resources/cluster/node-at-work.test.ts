import {describe, expect, test} from 'vitest'
import {hostLost} from '../../../src/domain/errors.ts'
import type {OperationContext} from '../../../src/resources/core/operation.ts'
import {nodeRegistered, nodeRegisteredOperation} from '../../../src/resources/cluster/node-registered.ts'
import {nodeReports, nodeReportsOperation} from '../../../src/resources/cluster/node-reports.ts'
import {fakeKube} from './fake-kube.ts'
import {operationContext} from './operation-context.ts'

const why = 'a test needs it'
const NODE = '/api/v1/nodes/vm-1'
const DEADLINE_MS = 60_000
const GRACE_MS = 10_000

type Sample = ReturnType<typeof operationContext> & {readonly scripts: string[]}

/** What the machine answers to a script, and the cluster to the question for the node, at a time in ms since the start. */
interface CheckContext {
  readonly machine?: (script: string, ms: number) => string
  readonly node: (ms: number, scripts: readonly string[]) => object | undefined
}

function sample({machine = () => '', node}: CheckContext): Sample {
  const scripts: string[] = []
  let since = (): number => 0
  const get = (path: string) => {
    if (path !== NODE) return Promise.reject(new Error(`nobody asks for ${path}`))
    const found = node(since(), scripts)
    return Promise.resolve(found === undefined ? undefined : {...found})
  }
  const context = operationContext({api: fakeKube({}, {get, list: () => Promise.resolve([])})})
  const start = context.clock.now()
  since = () => context.clock.now() - start
  const read: OperationContext['host']['read'] = script => {
    if (script.includes('conflist')) return Promise.resolve('')
    scripts.push(script)
    return Promise.resolve(machine(script, since()))
  }
  return {...context, scripts, host: {...context.host, read}}
}

describe('a node that the cluster should know', () => {
  const resource = nodeRegistered({node: 'vm-1', graceMs: GRACE_MS, deadlineMs: DEADLINE_MS, why})
  const known = {metadata: {name: 'vm-1', labels: {'kubernetes.io/hostname': 'vm-1'}}}

  test('is missing for a look, and there when the cluster has it', async () => {
    expect(await nodeRegisteredOperation.look(resource, sample({node: () => undefined}))).toBe(
      'the cluster does not have a node with this name yet',
    )
    expect(await nodeRegisteredOperation.look(resource, sample({node: () => known}))).toBeUndefined()
  })

  test('is waited for while a kubelet that has just started registers it, which changes nothing', async () => {
    const context = sample({node: ms => (ms < GRACE_MS - 1000 ? undefined : known)})

    expect(await nodeRegisteredOperation.act(resource, context)).toBe('unchanged')
    expect(context.scripts).toEqual([])
  })

  test('that was deleted is registered by one restart of its kubelet, not before its time', async () => {
    let restartedAt: number | undefined
    const context = sample({
      machine: (_, ms) => {
        restartedAt = ms
        return ''
      },
      node: ms => (restartedAt !== undefined && ms >= restartedAt + 3000 ? known : undefined),
    })

    expect(await nodeRegisteredOperation.act(resource, context)).toBe('changed')

    expect(context.scripts).toEqual(['systemctl restart kubelet.service'])
    expect(restartedAt).toBeGreaterThanOrEqual(GRACE_MS)
    expect(context.told).toEqual([
      'the kubelet has not registered the node',
      'the kubelet was restarted to register the node',
    ])
  })

  test('whose registration is not complete is waited for, and its kubelet is left alone', async () => {
    const context = sample({node: ms => (ms < 20_000 ? {metadata: {name: 'vm-1'}} : known)})

    expect(await nodeRegisteredOperation.act(resource, context)).toBe('unchanged')
    expect(context.scripts).toEqual([])
  })

  test('that never comes ends the wait with what was tried', async () => {
    await expect(nodeRegisteredOperation.act(resource, sample({node: () => undefined}))).rejects.toMatchObject({
      code: 'timeout',
      host: 'vm-1',
      message: 'waited 60 s for node vm-1 to register; last seen: the kubelet was restarted to register the node',
    })
  })

  test('ends as lost when its machine is lost, although the cluster still answers', async () => {
    const context = sample({node: () => ({metadata: {name: 'vm-1'}})})
    const host = {...context.host, reach: () => Promise.reject(hostLost('vm-1', 'the connection was lost'))}

    await expect(nodeRegisteredOperation.act(resource, {...context, host})).rejects.toMatchObject({code: 'host-lost'})
  })
})

describe('a node whose present kubelet should report', () => {
  const resource = nodeReports({node: 'vm-1', deadlineMs: DEADLINE_MS, why})
  const UP_SECONDS = 1000
  const EPOCH_SECONDS = 1_800_000_000

  /** As the machine tells it; `startedMs` is when the present kubelet started. */
  const kubelet = (startedMs: number, {state = 'active', restarts = 0} = {}, ms = 0): string =>
    [
      `ActiveState=${state}`,
      `SubState=${state === 'active' ? 'running' : 'auto-restart'}`,
      `NRestarts=${String(restarts)}`,
      `Started=${String(UP_SECONDS * 100 + startedMs / 10)}`,
      `Clock=${String(UP_SECONDS * 100 + ms / 10)}`,
      'Ticks=100',
      `Now=${String(EPOCH_SECONDS + ms / 1000)}`,
    ].join('\n')
  const reported = (ms: number) => ({
    status: {
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          lastHeartbeatTime: new Date(EPOCH_SECONDS * 1000 + ms).toISOString().replace(/\.\d+Z$/, 'Z'),
        },
      ],
    },
  })

  test.each([
    [
      'it stopped',
      kubelet(-60_000, {state: 'activating', restarts: 3}),
      reported(-5000),
      'its kubelet is activating (auto-restart), systemd restarted it 3 times',
    ],
    ['it started a second ago', kubelet(-1000), reported(0), 'its kubelet has just started'],
    [
      'the report is of the kubelet before it',
      kubelet(-20_000),
      reported(-30_000),
      'its kubelet has not reported since it started',
    ],
    [
      'the node does not exist in the cluster',
      kubelet(-20_000, {restarts: 1}),
      undefined,
      'its kubelet has not reported since it started, systemd restarted it 1 time',
    ],
    ['it reported after it started', kubelet(-20_000), reported(-10_000), undefined],
    ['it reported within the second in which it started', kubelet(-20_400), reported(-21_000), undefined],
  ])('is judged by its kubelet, not by Ready: %s', async (_, machine, node, seen) => {
    const context = sample({machine: () => machine, node: () => node})

    expect(await nodeReportsOperation.look(resource, context)).toBe(seen)
  })

  test('is waited for until that report comes, which changes nothing', async () => {
    const context = sample({
      machine: (_, ms) => kubelet(0, {}, ms),
      node: ms => (ms < 8000 ? reported(-5000) : reported(7000)),
    })

    expect(await nodeReportsOperation.act(resource, context)).toBe('unchanged')
    expect(context.told).toEqual(['its kubelet has just started', 'its kubelet has not reported since it started'])
  })

  test('whose kubelet stops again and again is an error with its log, long before the deadline', async () => {
    const context = sample({
      machine: (script, ms) =>
        script.startsWith('journalctl')
          ? 'failed to load kubelet config file'
          : kubelet(ms - 500, {restarts: 7 + Math.floor(ms / 1000)}, ms),
      node: () => reported(-5000),
    })

    await expect(nodeReportsOperation.act(resource, context)).rejects.toMatchObject({
      code: 'remote',
      host: 'vm-1',
      message: 'the kubelet keeps stopping: systemd restarted it 9 times',
      evidence: 'failed to load kubelet config file',
    })
  })

  test('may have been restarted once for a good reason', async () => {
    const context = sample({
      machine: (_, ms) => (ms < 2000 ? kubelet(ms - 500, {}, ms) : kubelet(2000, {restarts: 1}, ms)),
      node: ms => reported(ms < 10_000 ? -5000 : 9000),
    })

    expect(await nodeReportsOperation.act(resource, context)).toBe('unchanged')
  })
})
