import {describe, expect, it} from 'vitest'
import {countOf} from '../../src/commands/runtime/verify-cluster.ts'
import {KadmError} from '../../src/domain/errors.ts'
import {ApiError} from '../../src/kube/api-error.ts'
import type {CheckResult} from '../../src/verify/outcome.ts'
import {verify} from '../../src/verify/verify.ts'
import {fakeClock} from '../kube/fake-api.ts'
import {fakeCluster, type FakeClusterOptions} from './fake-cluster.ts'

const three = [{name: 'master', controlPlane: true}, {name: 'worker-1'}, {name: 'worker-2'}] as const

const detailOf = async (name: string, options: Partial<FakeClusterOptions>): Promise<string> => {
  const {checks} = await verify(fakeCluster({nodes: three, ...options}).api, {
    clock: fakeClock(),
    random: count => new Uint8Array(count).fill(7),
    images: {first: 'agnhost:1', second: 'agnhost:2'},
    signal: new AbortController().signal,
    quick: true,
  })
  return checks.find(check => check.name === name)?.detail ?? ''
}

describe('when a kubelet does not answer the API server', () => {
  const late = new KadmError(
    'timeout',
    'could not read log of pods kadm-verify/probe: the API server did not answer in time',
  )
  const refused = new ApiError(
    {status: 500, reason: 'InternalError'},
    'could not read log: dial tcp 10.77.0.13:10250: i/o timeout',
  )

  it.each([late, refused])('names its port, not the API server', async error => {
    const logFails = (pod: string) => (pod === 'probe-worker-2' ? error : undefined)

    const detail = await detailOf('logs from every node', {logFails})

    expect(detail).toMatch(
      /^the API server cannot reach the kubelet of worker-2 \(10\.77\.0\.13:10250\)\n.*\ncheck that the control plane can reach TCP port 10250 of worker-2/,
    )
  })

  it('names each of them where there are several', async () => {
    const detail = await detailOf('logs from every node', {logFails: () => late})

    expect(detail).toMatch(/kubelet of master .*; .*worker-1 .*; .*worker-2 /)
  })

  it('blames no kubelet for an API server that answers nothing', async () => {
    const readyz = () => Promise.reject(late)

    const detail = await detailOf('logs from every node', {logFails: () => late, readyz})

    expect(detail).not.toContain('10250')
  })
})

it('says that all ways that fail begin or end at one node', async () => {
  const closed = (pod: string, target: string) =>
    (pod === 'probe-worker-1') !== (target === '10.244.1.2:8080') && /^10\.244/.test(target) ? 'i/o timeout' : undefined

  const detail = await detailOf('pod to pod across nodes', {closed})

  expect(detail).toContain(
    'every failed connection begins or ends at worker-1, and the other nodes reach each other: check worker-1 first',
  )
})

it('blames no node where the ways of several fail', async () => {
  const closed = (_: string, target: string) => (/^10\.244/.test(target) ? 'i/o timeout' : undefined)

  const detail = await detailOf('pod to pod across nodes', {closed})

  expect(detail).not.toContain('every way that fails')
})

describe('the count of checks', () => {
  const check = (more: Partial<CheckResult>): CheckResult => ({name: 'x', ok: true, ms: 1, detail: '', ...more})
  const skipped = check({skipped: 'the test pods do not run'})

  it.each([
    [[check({}), check({})], '2 of 2 checks passed'],
    [[check({}), skipped], '1 of 2 checks passed, 1 skipped'],
    [[check({ok: false}), skipped, check({})], '1 of 3 checks failed, 1 skipped'],
    [[check({ok: false})], '1 of 1 check failed'],
  ])('does not take what was skipped for passed', (checks, text) => {
    expect(countOf(checks)).toBe(text)
  })
})
