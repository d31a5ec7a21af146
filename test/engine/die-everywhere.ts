import {expect} from 'vitest'
import {onEach} from '../../src/remote/on-each.ts'
import type {ScratchHost} from './scratch-host.ts'

export interface Attempt {
  readonly vm: ScratchHost
  readonly work: () => Promise<unknown>
  /** What must hold when it is run again after it died. */
  readonly check: () => Promise<void>
}

/** Lets it die before each `step`-th program that it starts, each time on a fresh host. Gives the number of programs. */
export async function dieEverywhere(step: number, attempt: () => Promise<Attempt>): Promise<number> {
  const whole = await attempt()
  whole.vm.cutAt(0)
  await whole.work()
  const points = whole.vm.started()
  const cuts = Array.from({length: points}, (_, i) => i + 1).filter(at => at % step === points % step)
  await onEach(cuts, 6, async at => {
    const {vm, work, check} = await attempt()
    vm.cutAt(at)
    await expect(work()).rejects.toThrow()
    vm.cutAt(0)
    await check()
  })
  return points
}
