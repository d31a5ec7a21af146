import {describe, expect, test} from 'vitest'
import {KadmError} from '../../src/domain/errors.ts'
import {stoppedBy} from '../../src/engine/schedule/stopped.ts'

const loss = new KadmError('lease', 'the lock on the host has expired: kadm could not renew it for 120 s')
const stopped = (what: string): KadmError => new KadmError('cancelled', `cancelled while waiting for ${what}`)
const refusal = new KadmError('remote', 'the API server refused it')
const ended = (reason: unknown): AbortSignal => AbortSignal.abort(reason)

describe('what ended a lane', () => {
  test.each([
    ['one wait that was stopped', stopped('the node')],
    ['several that were stopped at once', new AggregateError([stopped('the node'), stopped('its pods')], 'both')],
    ['several of several', new AggregateError([new AggregateError([stopped('a')], 'a'), stopped('b')], 'both')],
  ])('is the loss of its lease, not the person, after %s', (_, error) => {
    expect(stoppedBy(ended(loss), error)).toBe(loss)
  })

  test('is reported beside what failed for a reason of its own', () => {
    const both = new AggregateError([stopped('the node'), refusal], 'both')

    expect(stoppedBy(ended(loss), both)).toMatchObject({errors: [loss, refusal]})
  })

  test('is the failure itself where nothing was stopped', () => {
    const failed = new AggregateError([refusal, new KadmError('timeout', 'too slow')], 'both')

    expect(stoppedBy(ended(loss), failed)).toBe(failed)
    expect(stoppedBy(ended(loss), refusal)).toBe(refusal)
  })

  test('is the person where no lease was lost', () => {
    const error = new AggregateError([stopped('the node')], 'one')

    expect(stoppedBy(ended(undefined), error)).toBe(error)
    expect(stoppedBy(new AbortController().signal, error)).toBe(error)
  })
})
