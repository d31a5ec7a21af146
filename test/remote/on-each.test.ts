import {expect, test} from 'vitest'
import {KadmError} from '../../src/domain/errors.ts'
import {onEach} from '../../src/remote/on-each.ts'

test('gives the results in the order of the items, however long each took', async () => {
  const wait = (ms: number): Promise<number> => new Promise(resolve => setTimeout(() => resolve(ms), ms))

  expect(await onEach([30, 1, 10], 3, wait)).toEqual([30, 1, 10])
})

test('never works on more than the width at once', async () => {
  let now = 0
  let most = 0

  await onEach([1, 2, 3, 4, 5, 6, 7], 3, async () => {
    most = Math.max(most, ++now)
    await new Promise(resolve => setTimeout(resolve, 5))
    now--
  })

  expect(most).toBe(3)
})

test('lets all finish before a failure is reported, and throws a single one as it is', async () => {
  const finished: string[] = []
  const failure = new KadmError('remote', 'disk full', {host: 'a'})

  const work = onEach(['a', 'b', 'c'], 3, async name => {
    if (name === 'a') throw failure
    await new Promise(resolve => setTimeout(resolve, 20))
    finished.push(name)
  })

  await expect(work).rejects.toBe(failure)
  expect(finished).toEqual(['b', 'c'])
})

test('tells every failure with its host', async () => {
  const work = onEach(['a', 'b', 'c'], 3, host => Promise.reject(new KadmError('remote', 'disk full', {host})))

  await expect(work).rejects.toMatchObject({
    name: 'AggregateError',
    message: 'a: disk full\nb: disk full\nc: disk full',
    errors: {length: 3},
  })
})
