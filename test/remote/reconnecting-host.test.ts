import {describe, expect, test} from 'vitest'
import {hostLost, KadmError} from '../../src/domain/errors.ts'
import type {Host} from '../../src/remote/host.ts'
import {reconnectingHost, type Connection} from '../../src/remote/reconnect/reconnecting-host.ts'

/** A connection that answers every script with its own address, until it is lost or closed. */
function connectionTo(address: string) {
  const gone = new AbortController()
  const closed = {is: false}
  const none = (): Promise<never> => Promise.reject(new Error('nobody asks for that in this test'))
  const host: Host = {
    name: 'vm-1',
    run: () => {
      gone.signal.throwIfAborted()
      return Promise.resolve({code: 0, stdout: address, stderr: ''})
    },
    read: none,
    pipe: none,
    forward: none,
    close: () => {
      closed.is = true
      gone.abort(new KadmError('connect', 'the connection was closed'))
      return Promise.resolve()
    },
  }
  const connection: Connection = {host, address, gone: gone.signal}
  return {connection, closed, lose: () => gone.abort(hostLost('vm-1', 'the connection was lost'))}
}

describe('a connection that was renewed at another address while it was dialled again at the old one', () => {
  const setUp = async () => {
    const [first, moved, late] = ['old', 'new', 'old'].map(connectionTo)
    if (first === undefined || moved === undefined || late === undefined) throw new Error('three connections')
    const dialled = Promise.withResolvers<Connection>()
    let times = 0
    const host = reconnectingHost(first.connection, ({address}) => {
      if (address === 'new') return Promise.resolve(moved.connection)
      times += 1
      return times === 1 ? dialled.promise : Promise.reject(new KadmError('connect', 'nothing there'))
    })
    first.lose()
    const reached = host.reach?.()
    await expect.poll(() => times).toBe(1)
    await host.renew?.(['new'])
    return {host, reached, dialled, moved, late}
  }

  test('stays the new one when the old address works too', async () => {
    const {host, reached, dialled, moved, late} = await setUp()
    dialled.resolve(late.connection)
    await reached

    expect(await host.run('true')).toMatchObject({stdout: 'new'})
    expect([moved.closed.is, late.closed.is]).toEqual([false, true])
    await host.close()
  })

  test('does not fail when the old address does not work', async () => {
    const {host, reached, dialled} = await setUp()
    dialled.reject(new KadmError('connect', 'nothing there'))
    await reached

    expect(await host.run('true')).toMatchObject({stdout: 'new'})
    await host.close()
  })
})
