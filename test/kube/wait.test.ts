import {describe, expect, it} from 'vitest'
import {KadmError} from '../../src/domain/errors.ts'
import {waitFor, type WaitOptions} from '../../src/kube/wait.ts'
import {fakeClock} from './fake-api.ts'
import {containing} from './matchers.ts'

const options = (more: Partial<WaitOptions> = {}): WaitOptions => ({
  what: 'the moon',
  deadlineMs: 2_000,
  intervalMs: 500,
  clock: fakeClock(),
  ...more,
})

describe('waiting', () => {
  it('gives the value at the first look that finds it', async () => {
    let looks = 0

    const value = await waitFor(options(), () => Promise.resolve(++looks < 3 ? {seen: 'half of it'} : {value: 'full'}))

    expect(value).toBe('full')
    expect(looks).toBe(3)
  })

  it('says what it waited for, how long, and what it saw last', async () => {
    let looks = 0
    const clock = fakeClock()
    const wait = waitFor(options({clock, host: 'm', hint: 'look up'}), () => Promise.resolve({seen: `look ${++looks}`}))

    await expect(wait).rejects.toMatchObject({
      code: 'timeout',
      message: 'waited 2 s for the moon; last seen: look 5',
      host: 'm',
      hint: 'look up',
    })
    expect(clock.slept).toEqual([500, 500, 500, 500])
  })

  it('continues while the API server is not reachable, and reports it as seen', async () => {
    const wait = waitFor(options(), () => Promise.reject(new KadmError('connect', 'not reachable')))

    await expect(wait).rejects.toMatchObject({
      code: 'timeout',
      message: containing('last seen: not reachable'),
    })
  })

  it('ends at once on any other error', async () => {
    const clock = fakeClock()

    await expect(
      waitFor(options({clock}), () => Promise.reject(new KadmError('remote', 'forbidden'))),
    ).rejects.toMatchObject({message: 'forbidden'})
    expect(clock.slept).toEqual([])
  })

  describe('for a machine whose connection is lost', () => {
    const lost = new KadmError('host-lost', 'the connection to 10.0.0.2 was lost', {host: 'm'})

    it('reports it at once and continues when it returns', async () => {
      const clock = fakeClock()
      const told: string[] = []
      const back = clock.now() + 30_000
      const wait = waitFor(options({clock, deadlineMs: 240_000, onSeen: seen => told.push(seen)}), () =>
        clock.now() < back ? Promise.reject(lost) : Promise.resolve({value: 'full'}),
      )

      expect(await wait).toBe('full')
      expect(told).toEqual(['m: the connection to 10.0.0.2 was lost; trying to reconnect'])
    })

    it.each([
      ['for 90 s', 240_000, 90_000],
      ['for the rest of a shorter wait', 20_000, 20_000],
    ])('continues %s and then says that it is lost', async (_, deadlineMs, waited) => {
      const clock = fakeClock()
      const began = clock.now()
      const wait = waitFor(options({clock, deadlineMs}), () => Promise.reject(lost))

      await expect(wait).rejects.toMatchObject({
        code: 'host-lost',
        host: 'm',
        message: 'the connection to 10.0.0.2 was lost (while waiting for the moon)',
        cause: lost,
      })
      expect(clock.now() - began).toBe(waited)
    })

    it('counts its absences one by one', async () => {
      const clock = fakeClock()
      let looks = 0
      const wait = waitFor(options({clock, deadlineMs: 400_000, intervalMs: 60_000}), () =>
        ++looks % 2 === 0 ? Promise.reject(lost) : Promise.resolve({seen: 'half'}),
      )

      await expect(wait).rejects.toMatchObject({code: 'timeout'})
    })

    it('is not hidden by looks that go by another machine', async () => {
      let looks = 0
      const reach = () => Promise.reject(lost)
      const wait = waitFor(options({deadlineMs: 240_000, reach}), () => Promise.resolve({seen: String(++looks)}))

      await expect(wait).rejects.toMatchObject({code: 'host-lost'})
      expect(looks).toBe(0)
    })
  })

  it('ends at once with a bug of a look', async () => {
    const bug = new TypeError('x is undefined')

    await expect(waitFor(options(), () => Promise.reject(bug))).rejects.toBe(bug)
  })

  it('ends when it is cancelled', async () => {
    const controller = new AbortController()

    const wait = waitFor(options({signal: controller.signal}), () => {
      controller.abort()
      return Promise.resolve({seen: 'nothing'})
    })

    await expect(wait).rejects.toMatchObject({code: 'cancelled', message: 'cancelled while waiting for the moon'})
  })

  it('tells each new thing seen once', async () => {
    const told: string[] = []
    const states = ['a', 'a', 'b', 'b']

    await waitFor(options({onSeen: seen => told.push(seen)}), () => {
      const seen = states.shift()
      return Promise.resolve(seen === undefined ? {value: 1} : {seen})
    })

    expect(told).toEqual(['a', 'b'])
  })
})
