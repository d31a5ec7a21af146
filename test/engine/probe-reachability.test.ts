import {expect, test} from 'vitest'
import type {Node} from '../../src/domain/cluster.ts'
import {probeReachability, type Reachable} from '../../src/engine/preflight/probe-reachability.ts'
import type {Host} from '../../src/remote/host.ts'
import {judged, sampleCluster, tell} from '../phases/preflight/sample.ts'
import {fakeHost} from './fake-host.ts'
import {NEVER} from './sample-run.ts'

interface Answers {
  readonly listener?: string
  /** What the prober says of each probe; absent for a host that breaks off. */
  readonly probes?: (count: number) => string
}

/** A node that listens as process 70 + its number; `did` tells what it was asked, in order. */
function node(name: string, last: number, role: Node['role'], answers: Answers = {}) {
  const did: string[] = []
  const host: Host = {
    ...fakeHost(name),
    read: script => {
      if (script.includes('kadm-probe')) {
        did.push('listens')
        return Promise.resolve(answers.listener ?? `pid ${70 + last}\n`)
      }
      did.push('asks')
      const probes = script.match(/\b\d+,(tcp|udp),/g)?.length ?? 0
      return answers.probes === undefined
        ? Promise.reject(new Error(`${name} broke off`))
        : Promise.resolve(answers.probes(probes))
    },
    run: script => {
      did.push(`stops ${/kill (\d+)/.exec(script)?.[1] ?? '?'}`)
      return Promise.resolve({code: 0, stdout: '', stderr: ''})
    },
  }
  const reachable: Reachable = {...judged(name, last, {role}), host}
  return {did, reachable}
}

const all = (answer: string) => (count: number) =>
  Array.from({length: count}, (_, i) => `${String(i)} ${answer}\n`).join('')
const probe = (...hosts: readonly Reachable[]) => probeReachability({cluster: sampleCluster(), hosts, signal: NEVER})

test('all listen before the first asks, and every listener is ended', async () => {
  const [master, worker] = [
    node('master', 1, 'control-plane', {probes: all('ok')}),
    node('worker', 2, 'worker', {probes: all('ok')}),
  ]

  const findings = await probe(master.reachable, worker.reachable)

  expect(tell(findings)).toEqual([])
  expect(master.did).toEqual(['listens', 'asks', 'stops 71'])
  expect(worker.did).toEqual(['listens', 'asks', 'stops 72'])
})

test('what does not get through is a finding', async () => {
  const [master, worker] = [
    node('master', 1, 'control-plane', {probes: all('ok')}),
    node('worker', 2, 'worker', {probes: all('timed out')}),
  ]

  const told = tell(await probe(master.reachable, worker.reachable))

  expect(told.join('\n')).toMatch(/^error .*worker/m)
  expect(told.join('\n')).toContain('6443')
})

test('the listeners are ended too when a host breaks off while it asks', async () => {
  const [master, worker] = [node('master', 1, 'control-plane', {probes: all('ok')}), node('worker', 2, 'worker')]

  await expect(probe(master.reachable, worker.reachable)).rejects.toThrow('worker broke off')
  expect(master.did).toContain('stops 71')
  expect(worker.did).toContain('stops 72')
})

test('a host that cannot listen has nothing to end, and nobody is blamed for its silence', async () => {
  const [master, worker] = [
    node('master', 1, 'control-plane', {listener: 'missing\n', probes: all('ok')}),
    node('worker', 2, 'worker', {probes: all('timed out')}),
  ]

  const findings = await probe(master.reachable, worker.reachable)

  expect(findings.filter(({severity}) => severity === 'error')).toEqual([])
  expect(master.did.filter(step => step.startsWith('stops'))).toEqual([])
})

test('a host whose address is not known yet is not asked', async () => {
  const master = node('master', 1, 'control-plane', {probes: all('ok')})
  const worker = node('worker', 2, 'worker', {probes: all('ok')})
  const nameless = {...worker.reachable, node: {...worker.reachable.node, address: ''}}

  await probe(master.reachable, nameless)

  expect(worker.did).toEqual([])
})
