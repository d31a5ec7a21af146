import {describe, expect, it} from 'vitest'
import {KadmError} from '../../src/domain/errors.ts'
import {EndedWhileBooting, startUntilLogin} from '../../src/lab/run/ready.ts'

/** A machine whose boots end as the list says, and what was noted about it. */
function machine(ends: readonly (Error | undefined)[]) {
  const notes: string[] = []
  let starts = 0
  const boot = (): Promise<void> =>
    startUntilLogin(
      () => {
        starts += 1
        return Promise.resolve()
      },
      () => {
        const error = ends[starts - 1]
        return error === undefined ? Promise.resolve() : Promise.reject(error)
      },
      note => notes.push(note),
    )
  return {boot, notes, starts: () => starts}
}

const ended = new EndedWhileBooting('remote', 'machine vm ended while it booted', {evidence: 'qemu: abort'})

describe('a VM that boots', () => {
  it('is started once', async () => {
    const vm = machine([undefined])

    await vm.boot()

    expect(vm.starts()).toBe(1)
    expect(vm.notes).toEqual([])
  })

  it('is started again when it ends before a login, and its console is shown', async () => {
    const vm = machine([ended, undefined])

    await vm.boot()

    expect(vm.starts()).toBe(2)
    expect(vm.notes).toEqual([expect.stringContaining('qemu: abort')])
  })

  it('is given up when it ends twice', async () => {
    const vm = machine([ended, ended])

    await expect(vm.boot()).rejects.toBe(ended)
    expect(vm.starts()).toBe(2)
  })

  it('is not started again when it only takes too long', async () => {
    const late = new KadmError('timeout', 'machine vm did not accept a login within 600 s')
    const vm = machine([late])

    await expect(vm.boot()).rejects.toBe(late)
    expect(vm.starts()).toBe(1)
  })
})
