import {expect, test} from 'vitest'
import type {HostSpec} from '../../src/domain/cluster.ts'
import {KadmError} from '../../src/domain/errors.ts'
import {waitForBoot, type BootWait} from '../../src/engine/workflows/reboot.ts'
import type {Host} from '../../src/remote/host.ts'
import {sampleSpec} from '../phases/preflight/sample.ts'
import {fakeHost} from './fake-host.ts'
import {NEVER} from './sample-run.ts'

const HERE = sampleSpec({name: 'worker-2'})
const THERE = sampleSpec({name: 'worker-2', address: '192.168.56.57'})

/** A machine that at each time is off, or answers with a boot id; time passes only while it is waited for. */
function waiting(answers: (seconds: number, spec: HostSpec) => string | undefined, more: Partial<BootWait> = {}) {
  let now = 0
  let open = 0
  const said: string[] = []
  const host = (bootId: string): Host => {
    open += 1
    return {
      ...fakeHost('worker-2'),
      read: () => Promise.resolve(`${bootId}\n`),
      close: () => Promise.resolve(void (open -= 1)),
    }
  }
  const wait: BootWait = {
    spec: HERE,
    bootId: 'old',
    connect: spec => {
      const bootId = answers(now / 1000, spec)
      if (bootId === undefined) return Promise.reject(new KadmError('connect', 'it does not answer'))
      return Promise.resolve(host(bootId))
    },
    search: () => Promise.resolve(undefined),
    progress: message => said.push(message),
    clock: {now: () => now, sleep: ms => Promise.resolve(void (now += ms))},
    signal: NEVER,
    ...more,
  }
  return {result: waitForBoot(wait), said, seconds: () => now / 1000, open: () => open}
}

test('the machine is back when it answers in another boot, and not while it is still going down', async () => {
  const {result, seconds, said, open} = waiting(at => (at < 5 ? 'old' : at < 15 ? undefined : 'new'))

  expect((await result).spec.address).toBe(HERE.address)
  expect(seconds()).toBe(16)
  expect(new Set(said)).toEqual(new Set(['reboots', 'reboots (it does not answer)']))
  expect(open()).toBe(1)
})

test('one that does not come back at its address is looked for, now and then, and found at another', async () => {
  let searches = 0
  const {result, seconds} = waiting((_, {address}) => (address === THERE.address ? 'new' : undefined), {
    search: () => Promise.resolve(++searches < 3 ? undefined : THERE),
  })

  expect((await result).spec).toEqual(THERE)
  expect([searches, seconds()]).toEqual([3, 60])
})

test('one that never comes back is reported with what was seen last and where to look', async () => {
  await expect(waiting(() => undefined).result).rejects.toMatchObject({
    code: 'timeout',
    message: 'the host did not come back within 15 minutes of its reboot',
    evidence: 'it does not answer',
    hint: 'check its console; when it is up, note its address there and run the same command again',
  })
})

test('a bug in the way there is not taken for a machine that is down', async () => {
  const connect = (): Promise<Host> => Promise.reject(new TypeError('a bug'))

  await expect(waiting(() => 'new', {connect}).result).rejects.toThrow(TypeError)
})

test('it stops when the run is stopped', async () => {
  const stop = new AbortController()
  stop.abort()

  await expect(waiting(() => undefined, {signal: stop.signal}).result).rejects.toMatchObject({code: 'cancelled'})
})
