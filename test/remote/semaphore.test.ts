import {expect, test} from 'vitest'
import {semaphore} from '../../src/remote/ssh/semaphore.ts'

test('lets no more in than there are slots, in the order they came', async () => {
  const slots = semaphore(1)
  const order: string[] = []
  const first = await slots.take()
  const second = slots.take().then(release => (order.push('second'), release))
  const third = slots.take().then(release => (order.push('third'), release))
  await Promise.resolve()
  expect(order).toEqual([])

  first()
  first()
  ;(await second)()
  await third

  expect(order).toEqual(['second', 'third'])
  expect(slots.used()).toBe(1)
})

test('forgets those that stop waiting', async () => {
  const slots = semaphore(1)
  const release = await slots.take()
  const stop = new AbortController()
  const waiting = slots.take(stop.signal)

  stop.abort(new Error('stop'))

  await expect(waiting).rejects.toThrow('stop')
  release()
  expect(slots.used()).toBe(0)
})

test('learns that fewer are allowed, but never fewer than one', async () => {
  const slots = semaphore(3)
  const [a, b, c] = [await slots.take(), await slots.take(), await slots.take()]

  slots.shrink()
  c()
  let got = false
  const next = slots.take().then(release => ((got = true), release))
  await new Promise(resolve => setTimeout(resolve, 1))
  expect(got).toBe(false)
  a()
  ;(await next)()
  b()

  for (let i = 0; i < 5; i++) slots.shrink()
  await slots.take()
})
