import {expect} from 'vitest'
import {onEach} from '../../src/remote/on-each.ts'
import type {ScratchHost} from './scratch-host.ts'

export interface Attempt {
  readonly vm: ScratchHost
  readonly work: () => Promise<unknown>
  /** What must hold when it is run again after it died. */
  readonly check: () => Promise<void>
}

/** Lets it die before every single program that it starts, each time on a fresh host. Gives the number of points. */
export async function dieEverywhere(attempt: () => Promise<Attempt>): Promise<number> {
  const whole = await attempt()
  whole.vm.cutAt(0)
  await whole.work()
  const points = whole.vm.started()
  await onEach(Array.from({length: points}), 6, async (_, i) => {
    const {vm, work, check} = await attempt()
    vm.cutAt(i + 1)
    await expect(work()).rejects.toThrow()
    vm.cutAt(0)
    await check()
  })
  return points
}
