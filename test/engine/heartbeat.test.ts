import {setTimeout as after} from 'node:timers/promises'
import {describe, expect, test} from 'vitest'
import {KadmError} from '../../src/domain/errors.ts'
import type {EngineEvent} from '../../src/domain/events.ts'
import type {Host} from '../../src/remote/host.ts'
import {sh} from '../../src/remote/shell/shell.ts'
import {holder, quick, silentFor, still, take} from './lease-scene.ts'
import {scratchHosts, type ScratchHost} from './scratch-host.ts'

const scratch = scratchHosts()

describe('a heartbeat', () => {
  /** A machine whose connection can be cut. */
  const cuttable = (vm: ScratchHost) => {
    const cut = {is: false}
    const host: Host = {
      ...vm.host,
      run: (script, more) =>
        cut.is
          ? Promise.reject(new KadmError('connect', 'the connection was lost', {host: vm.host.name}))
          : vm.host.run(script, more),
    }
    return {host, cut}
  }

  test('keeps the lease alive', async () => {
    const vm = scratch()
    const lease = await take(vm, holder('ann'), false, {clock: quick()})
    silentFor(vm, 300)
    await expect.poll(() => vm.scripts.filter(script => script.includes('touch -c')).length).toBeGreaterThan(3)

    await expect(take(vm, holder('bob'))).rejects.toMatchObject({code: 'lease'})
    await lease.release()
  })

  test('touches no lease but its own', async () => {
    const vm = scratch()
    const lost = await take(vm, holder('ann'), false, {clock: quick()})
    const bobs = await take(vm, holder('bob'), true)
    silentFor(vm, 300)
    await expect.poll(() => lost.lost.aborted).toBe(true)

    expect(lost.taken.reason).toMatchObject({code: 'lease', host: 'vm-1', evidence: 'held by bob'})
    await (await take(vm, holder('cyd'))).release()
    await Promise.all([lost.release(), bobs.release()])
  })

  test('sees that the machine was reset, and makes nothing there', async () => {
    const vm = scratch()
    const lost = await take(vm, holder('ann'), false, {clock: quick()})
    await (await take(vm, holder('bob'), true)).forget(sh`rm -rf /var/lib/kadm`)
    await expect.poll(() => lost.taken.aborted).toBe(true)

    await lost.release()
    expect(vm.has('/var/lib/kadm')).toBe(false)
  })

  test('continues when the system clock is set back, and what was confirmed before no longer counts', async () => {
    const vm = scratch()
    const time = {back: 0}
    const clock = quick()
    const lease = await take(vm, holder('ann'), false, {clock: {...clock, now: () => clock.now() - time.back}})
    time.back = 3_600_000_000
    const beats = () => vm.scripts.filter(script => script.includes('touch -c')).length
    const before = beats()
    await lease.confirm()
    await expect.poll(beats).toBeGreaterThan(before + 2)
    await lease.release()
  })

  test('that does not arrive is reported once; after two minutes the run cannot claim the lease any more', async () => {
    const vm = scratch()
    const {host, cut} = cuttable(vm)
    const events: EngineEvent[] = []
    const lease = await take({host}, holder('ann'), false, {clock: quick(), emit: event => events.push(event)})
    cut.is = true
    await expect.poll(() => lease.lost.aborted).toBe(true)

    expect(lease.taken.aborted).toBe(false)
    expect(lease.lost.reason).toMatchObject({code: 'lease', host: 'vm-1', evidence: 'the connection was lost'})
    expect(events).toMatchObject([
      {type: 'warning', host: 'vm-1', message: expect.stringContaining('the connection was lost') as string},
    ])
    await expect(lease.confirm()).rejects.toBe(lease.lost.reason)
    cut.is = false
    await lease.release()
  })

  test('that does not arrive while the machine itself keeps the lease, as in a trial of its network, is not a loss', async () => {
    const vm = scratch()
    const {host, cut} = cuttable(vm)
    const lease = await take({host}, holder('ann'), false, {clock: quick()})

    await lease.lend(async () => {
      cut.is = true
      await after(150)
      cut.is = false
    })
    await lease.confirm()

    expect(lease.lost.aborted).toBe(false)
    await lease.release()
  })

  test('is asked for at once by a run that was stopped for a while', async () => {
    const vm = scratch()
    let now = 0
    const lease = await take(vm, holder('ann'), false, {clock: {...still, now: () => now}})
    const asked = vm.scripts.length
    await lease.confirm()
    expect(vm.scripts).toHaveLength(asked)

    const bobs = await take(vm, holder('bob'), true)
    now = 60_000
    await expect(lease.confirm()).rejects.toMatchObject({code: 'lease', evidence: 'held by bob'})
    await Promise.all([lease.release(), bobs.release()])
  })
})
