import {setTimeout as after} from 'node:timers/promises'
import {expect, test} from 'vitest'
import {explainRefusal, lookBeside} from '../../../src/diagnose/cluster/explain-refusal.ts'
import {KadmError} from '../../../src/domain/errors.ts'
import type {Host} from '../../../src/remote/host.ts'
import {capture} from '../captures.ts'
import {noFile} from './cases/changes.ts'

const never = new AbortController().signal
const silent = new KadmError('connect', 'could not list nodes: the API server at 10.77.1.11:6443 is not reachable')

/** A control plane whose manifest of the API server was moved away; counts how often it is looked at. */
function withoutApiServer(): {readonly host: Host; readonly looks: () => number} {
  let looks = 0
  const no = (): never => {
    throw new Error('not asked for here')
  }
  const stdout = capture('control-plane')
    .replace('kubeconfig yes', 'kubeconfig yes\nadmin yes\napiserver yes')
    .replace(/^manifest kube-apiserver.*\n/m, '')
  const run = (): ReturnType<Host['run']> => {
    looks++
    return Promise.resolve({code: 0, stdout, stderr: ''})
  }
  return {host: {name: 'master', run, read: no, pipe: no, forward: no, close: no}, looks: () => looks}
}

test('the cause is what the host shows, with its repair and where to see all of it', async () => {
  const {host} = withoutApiServer()
  const look = lookBeside(host, never)

  const error = await explainRefusal(silent, look, noFile.repair)
  look.end()

  expect(error.code).toBe('connect')
  expect(error.message).toMatch(/gives no answer, asked through master\ncause: .*has no kube-apiserver\.yaml/)
  expect(error.hint).toMatch(/it writes the missing files\n.* in full$/)
})

test('the host is looked at beside a request that takes long, and once only', async () => {
  const {host, looks} = withoutApiServer()
  const look = lookBeside(host, never, 1)

  await after(50)
  expect(looks()).toBe(1)
  await explainRefusal(silent, look, noFile.repair)
  look.end()

  expect(looks()).toBe(1)
})

test('an API that answers at once needs no look at the host', async () => {
  const {host, looks} = withoutApiServer()

  lookBeside(host, never, 20).end()
  await after(50)

  expect(looks()).toBe(0)
})
