import {describe, expect, it} from 'vitest'
import {KadmError} from '../../src/domain/errors.ts'
import {passed, type CheckResult, type VerifyOutcome} from '../../src/verify/outcome.ts'
import {verify, type VerifyOptions} from '../../src/verify/verify.ts'
import {fakeClock} from '../kube/fake-api.ts'
import {containing} from '../kube/matchers.ts'
import {fakeCluster, type FakeCluster} from './fake-cluster.ts'

const three = [{name: 'master', controlPlane: true}, {name: 'worker-1'}, {name: 'worker-2'}] as const

const run = (cluster: FakeCluster, more: Partial<VerifyOptions> = {}): Promise<VerifyOutcome> =>
  verify(cluster.api, {
    clock: fakeClock(),
    random: count => new Uint8Array(count).fill(7),
    images: {first: 'agnhost:1', second: 'agnhost:2'},
    signal: new AbortController().signal,
    ...more,
  })

const checkNamed = ({checks}: VerifyOutcome, name: string): CheckResult => {
  const found = checks.find(check => check.name === name)
  if (found === undefined) throw new Error(`no check ${name} in ${checks.map(check => check.name).join(', ')}`)
  return found
}

describe('verify on a cluster that works', () => {
  it('tries everything, once, and says what it saw', async () => {
    const cluster = fakeCluster({nodes: three})
    const started: string[] = []

    const outcome = await run(cluster, {onStart: name => started.push(name)})

    expect(outcome.checks.filter(check => !check.ok)).toEqual([])
    expect(outcome.checks.map(check => check.name).toSorted()).toEqual(
      [
        'every node is Ready',
        'a pod on every node',
        'pod to pod across nodes',
        'a service address from every node',
        'DNS inside the cluster',
        'DNS outside the cluster',
        'logs from every node',
        'exec on every node',
        'a rollout without a failed request',
        'a killed pod is replaced',
        'a node is drained and uncordoned',
        'nothing is left behind',
      ].toSorted(),
    )
    expect(started).toHaveLength(12)
    expect(outcome.checks.some(check => check.skipped !== undefined)).toBe(false)
    expect(checkNamed(outcome, 'pod to pod across nodes').detail).toBe('6 connections between 3 nodes')
  })

  it('leaves no namespace and no cordoned node', async () => {
    const cluster = fakeCluster({nodes: three})

    await run(cluster)

    expect(cluster.calls[0]).toBe('create Namespace')
    expect([...cluster.namespaces]).toEqual([])
    expect([...cluster.cordoned]).toEqual([])
    expect(cluster.calls.some(call => call.endsWith('/eviction'))).toBe(true)
  })

  it('skips what one node alone cannot show, and passes', async () => {
    const outcome = await run(fakeCluster({nodes: [{name: 'alone'}]}))

    expect(passed(outcome)).toBe(true)
    expect(checkNamed(outcome, 'pod to pod across nodes').skipped).toBe('the cluster has only one node')
    expect(checkNamed(outcome, 'a node is drained and uncordoned').skipped).toContain('only one node is schedulable')
  })

  it('skips a name outside that no server answers for', async () => {
    const cluster = fakeCluster({
      nodes: three,
      exec: (_, command) =>
        command.join(' ').includes('kubernetes.io.:443') ? {code: 1, stderr: 'DNS: lookup: server misbehaving'} : {},
    })

    const outcome = await run(cluster)

    expect(passed(outcome)).toBe(true)
    expect(checkNamed(outcome, 'DNS outside the cluster').skipped).toBe('no upstream answers for kubernetes.io')
  })

  it('rolls out, kills and drains nothing in a quick run', async () => {
    const cluster = fakeCluster({nodes: three})

    const outcome = await run(cluster, {quick: true})

    expect(passed(outcome)).toBe(true)
    expect(outcome.checks.filter(check => check.skipped === 'not in a quick run').map(check => check.name)).toEqual([
      'a rollout without a failed request',
      'a killed pod is replaced',
      'a node is drained and uncordoned',
    ])
    expect(cluster.calls.filter(call => !call.startsWith('delete'))).toEqual([
      'create Namespace',
      'apply DaemonSet',
      'apply Service',
    ])
    expect([...cluster.namespaces]).toEqual([])
  })

  it('drains nothing when told not to', async () => {
    const cluster = fakeCluster({nodes: three})

    await run(cluster, {drain: 'never'})

    expect(cluster.calls.some(call => call.endsWith('/eviction'))).toBe(false)
  })
})

describe('verify on a cluster that does not work', () => {
  it('says which way between pods is closed, and continues', async () => {
    const cluster = fakeCluster({
      nodes: three,
      closed: (pod, target) =>
        pod === 'probe-worker-1' && target === '10.244.2.2:8080'
          ? 'Get "http://10.244.2.2:8080/hostname": dial tcp 10.244.2.2:8080: i/o timeout'
          : undefined,
    })

    const outcome = await run(cluster)

    expect(outcome.checks.filter(check => !check.ok).map(check => check.name)).toEqual(['pod to pod across nodes'])
    expect(checkNamed(outcome, 'pod to pod across nodes').detail).toContain(
      'from worker-1 to worker-2 (10.244.2.2:8080): dial tcp 10.244.2.2:8080: i/o timeout',
    )
  })

  it('asks a pod by a command where the API server has no way to it', async () => {
    const commands: string[] = []
    const cluster = fakeCluster({
      nodes: three,
      unreached: ['probe-worker-1'],
      exec: (pod, command) => {
        commands.push(`${pod} ${command.join(' ')}`)
        return command.includes('10.96.0.77:80') ? {code: 1, stderr: 'REFUSED\n'} : {}
      },
    })

    const outcome = await run(cluster)

    expect(outcome.checks.filter(check => !check.ok).map(check => check.name)).toEqual([
      'a service address from every node',
    ])
    expect(checkNamed(outcome, 'a service address from every node').detail).toContain(
      'last seen: from worker-1 to 10.96.0.77:80: REFUSED\n',
    )
    expect(commands).toContain('probe-worker-1 /agnhost connect 10.244.2.2:8080 --timeout=5s')
    expect(commands.some(command => command.startsWith('probe-worker-2 /agnhost connect 10.'))).toBe(false)
  })

  it('names a few of many ways that are closed', async () => {
    const nodes = [{name: 'master', controlPlane: true}, ...Array.from({length: 8}, (_, i) => ({name: `worker-${i}`}))]
    const outcome = await run(fakeCluster({nodes, closed: () => 'no route to host'}))

    expect(checkNamed(outcome, 'pod to pod across nodes').detail).toMatch(
      /last seen: (from [^;]+: no route to host; ){6}and 12 more\n/,
    )
  })

  it('says which names do not resolve, and where', async () => {
    const cluster = fakeCluster({
      nodes: three,
      unreached: ['probe-worker-2'],
      exec: (_, command) => {
        if (command.includes('probe:80')) throw new KadmError('timeout', 'did not end in time')
        return {}
      },
    })

    expect(checkNamed(await run(cluster), 'DNS inside the cluster').detail).toContain(
      'last seen: on worker-2 for probe:80: TIMEOUT of the command that tried\ncheck that CoreDNS runs',
    )
  })

  it('tells failed requests of a rollout', async () => {
    const outcome = await run(fakeCluster({nodes: three, dialErrors: ['connection reset by peer']}))

    expect(checkNamed(outcome, 'a rollout without a failed request')).toMatchObject({
      ok: false,
      detail: containing('requests failed during a rollout\nconnection reset by peer'),
    })
  })

  it('names the node whose pod does not come up with the cluster’s own warning, and tries the rest with the others', async () => {
    const outcome = await run(fakeCluster({nodes: [three[0], three[1], {name: 'worker-2', stuck: true}]}))

    expect(checkNamed(outcome, 'a pod on every node')).toMatchObject({
      ok: false,
      detail: containing('worker-2: waiting: ErrImageNeverPull'),
    })
    expect(checkNamed(outcome, 'a pod on every node').detail).toContain('probe-x: image is not present')
    expect(checkNamed(outcome, 'pod to pod across nodes')).toMatchObject({
      ok: true,
      detail: '2 connections between 2 nodes',
    })
  })

  it('names a node that is not Ready and tests without it', async () => {
    const outcome = await run(fakeCluster({nodes: [three[0], three[1], {name: 'worker-2', ready: false}]}))

    expect(checkNamed(outcome, 'every node is Ready')).toMatchObject({
      ok: false,
      detail: containing('worker-2: kubelet stopped'),
    })
    expect(checkNamed(outcome, 'a pod on every node')).toMatchObject({ok: true, detail: 'master, worker-1'})
  })

  it('skips what needs a pod when none runs', async () => {
    const outcome = await run(fakeCluster({nodes: three.map(node => ({...node, stuck: true}))}))

    expect(
      outcome.checks.filter(check => check.skipped === 'the test pods do not run').map(check => check.name),
    ).toHaveLength(9)
  })

  it('shows a log that does not hold what was written', async () => {
    const outcome = await run(fakeCluster({nodes: three, logs: 'something else'}))

    expect(checkNamed(outcome, 'logs from every node')).toMatchObject({ok: false, detail: containing('something else')})
  })

  it('uncordons the node even when its pods do not leave', async () => {
    const cluster = fakeCluster({
      nodes: three,
      onChange: call => {
        if (call.endsWith('/eviction')) throw new KadmError('remote', 'the API server refuses')
      },
    })

    const outcome = await run(cluster)

    expect(checkNamed(outcome, 'a node is drained and uncordoned')).toMatchObject({
      ok: false,
      detail: containing('refuses'),
    })
    expect([...cluster.cordoned]).toEqual([])
  })
})

describe('verify when it is interrupted', () => {
  it('still removes what it made, and ends as cancelled', async () => {
    const controller = new AbortController()
    const cluster = fakeCluster({
      nodes: three,
      onChange: call => {
        if (call.startsWith('apply DaemonSet')) controller.abort()
      },
    })

    await expect(run(cluster, {signal: controller.signal})).rejects.toMatchObject({code: 'cancelled'})
    expect([...cluster.namespaces]).toEqual([])
  })

  it('removes the namespace when making the rest of it failed', async () => {
    const cluster = fakeCluster({
      nodes: three,
      onChange: call => {
        if (call === 'apply Service') throw new KadmError('remote', 'quota exceeded')
      },
    })

    const outcome = await run(cluster)

    expect(checkNamed(outcome, 'a pod on every node')).toMatchObject({ok: false, detail: containing('quota exceeded')})
    expect([...cluster.namespaces]).toEqual([])
  })

  it('does not hide a bug as a failed check', async () => {
    const cluster = fakeCluster({
      nodes: three,
      exec: () => {
        throw new TypeError('a bug')
      },
    })

    await expect(run(cluster)).rejects.toThrow(TypeError)
    expect([...cluster.namespaces]).toEqual([])
  })
})
