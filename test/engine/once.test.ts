import {expect, test} from 'vitest'
import {once, oncePer} from '../../src/engine/hosts/once.ts'

test('what is made once is shared, and a failure is not kept', async () => {
  let made = 0
  const value = once(() => {
    made += 1
    return made === 1 ? Promise.reject(new Error('a hiccup')) : Promise.resolve(made)
  })

  await expect(Promise.allSettled([value(), value()])).resolves.toMatchObject([
    {status: 'rejected'},
    {status: 'rejected'},
  ])
  expect(await Promise.all([value(), value()])).toEqual([2, 2])
})

test('each key has its own', async () => {
  const asked: string[] = []
  const length = oncePer((word: string) => {
    asked.push(word)
    return Promise.resolve(word.length)
  })

  expect(await Promise.all(['one', 'three', 'one'].map(length))).toEqual([3, 5, 3])
  expect(asked).toEqual(['one', 'three'])
})
