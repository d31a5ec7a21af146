import {expect, test} from 'vitest'
import {KadmError} from '../../src/domain/errors.ts'
import type {Host} from '../../src/remote/host.ts'
import {returningHost} from '../../src/remote/returning-host.ts'

function connection(name: string, closed: string[]): Host {
  const none = () => Promise.reject(new Error('not asked for here'))
  return {
    name: 'vm',
    run: none,
    read: () => Promise.resolve(name),
    pipe: none,
    forward: none,
    close: () => Promise.resolve(void closed.push(name)),
  }
}

test('whoever holds a machine goes on with its new connection, and the old one is closed', async () => {
  const closed: string[] = []
  const host = returningHost(connection('first', closed), () => Promise.resolve(connection('second', closed)))

  expect(await host.read('')).toBe('first')
  await host.reconnect()

  expect(await host.read('')).toBe('second')
  expect(closed).toEqual(['first'])
})

test('a machine that cannot be reached keeps its old connection', async () => {
  const closed: string[] = []
  const away = new KadmError('connect', 'connection refused')
  const host = returningHost(connection('first', closed), () => Promise.reject(away))

  await expect(host.reconnect()).rejects.toBe(away)
  expect([await host.read(''), closed]).toEqual(['first', []])
})
