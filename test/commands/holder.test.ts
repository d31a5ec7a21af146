import {spawnSync} from 'node:child_process'
import {expect, test} from 'vitest'
import {thisHolder} from '../../src/commands/runtime/wiring/holder.ts'

const {text, isGone} = thisHolder()
const [, place = ''] = / on (\w+)$/.exec(text) ?? []
/** A process that has ended; its id is not used again within a test. */
const ended = spawnSync('true').pid

test('the holder of a lease names the user, the machine and the process, and where that id counts', () => {
  expect(text).toMatch(new RegExp(`^\\S+@\\S+ process ${process.pid} on [0-9a-f]{12}$`))
})

test('a holder is certainly gone only when its process ended in the place where kadm can see it', () => {
  expect(isGone(text)).toBe(false)
  expect(isGone(`ann@laptop process ${ended} on ${place}`)).toBe(true)
  expect(isGone(`ann@laptop process ${ended} on 0123456789ab`)).toBe(false)
  expect(isGone(`ann@laptop process ${ended}`)).toBe(false)
  expect(isGone('somebody')).toBe(false)
})
