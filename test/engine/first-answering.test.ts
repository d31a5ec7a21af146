import {describe, expect, it} from 'vitest'
import {hostLost, KadmError} from '../../src/domain/errors.ts'
import {firstAnswering} from '../../src/engine/cluster/first-answering.ts'

const away = new KadmError('connect', 'no route')
const lost = hostLost('cp-2', 'lost')
const cancelled = new KadmError('cancelled', 'stopped')

async function ask(answers: readonly (string | Error)[]) {
  const passed: string[] = []
  const result = await firstAnswering(
    answers,
    answer => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)),
    (_, {message}) => passed.push(message),
  )
  return {result, passed}
}

describe('several control planes', () => {
  it('are asked in order until one answers', async () => {
    expect(await ask(['one', 'two'])).toEqual({result: 'one', passed: []})
    expect(await ask([away, lost, 'three'])).toEqual({result: 'three', passed: ['no route', 'lost']})
  })

  it('that all fail give the failure of the first', async () => {
    await expect(ask([away, lost])).rejects.toBe(away)
    await expect(ask([])).rejects.toThrow('no control plane given')
  })

  it('are not asked further after Ctrl-C or a bug', async () => {
    await expect(ask([cancelled, 'two'])).rejects.toBe(cancelled)
    await expect(ask([new TypeError('a bug'), 'two'])).rejects.toThrow('a bug')
  })
})
