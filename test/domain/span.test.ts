import {describe, expect, test} from 'vitest'
import {KadmError} from '../../src/domain/errors.ts'
import type {EngineEvent} from '../../src/domain/events.ts'
import {reportPhase} from '../../src/domain/span.ts'

const ABOUT = {host: 'vm-1', phase: 'undo', title: 'Restore the original state'}

/** Listens, by a clock on which each look takes 10 ms. */
function listening() {
  const events: EngineEvent[] = []
  let now = 0
  return {
    events,
    to: {
      emit: (event: EngineEvent) => void events.push(event),
      clock: {now: () => (now += 10), sleep: () => Promise.resolve()},
    },
  }
}

describe('a phase is reported', () => {
  test('when it starts, while it continues, and with its changes and its time when it is done', async () => {
    const {events, to} = listening()

    const result = await reportPhase(
      to,
      ABOUT,
      progress => {
        progress('half of it')
        return Promise.resolve(['a', 'b'])
      },
      made => made.length,
    )

    expect(result).toStrictEqual(['a', 'b'])
    expect(events).toStrictEqual([
      {type: 'phase-started', ...ABOUT, at: 10},
      {type: 'phase-progress', host: 'vm-1', phase: 'undo', message: 'half of it', at: 20},
      {type: 'phase-done', ...ABOUT, changes: 2, durationMs: 20, at: 30},
    ])
  })

  test('as failed, with the hint, and the error is passed on', async () => {
    const {events, to} = listening()
    const error = new KadmError('remote', 'no space left', {host: 'vm-1', hint: 'make room'})

    await expect(
      reportPhase(
        to,
        ABOUT,
        () => Promise.reject(error),
        () => 0,
      ),
    ).rejects.toBe(error)

    expect(events.at(-1)).toStrictEqual({
      type: 'phase-failed',
      ...ABOUT,
      error: 'no space left',
      hint: 'make room',
      durationMs: 10,
      at: 20,
    })
  })
})
