import {utimesSync} from 'node:fs'
import {describe, expect, test} from 'vitest'
import {KadmError} from '../../src/domain/errors.ts'
import {takeLease, withLeases, type Holder} from '../../src/engine/lease.ts'
import {NEVER} from './sample-run.ts'
import {scratchHosts, type ScratchHost} from './scratch-host.ts'

const scratch = scratchHosts()
const FILE = '/var/lib/kadm/lease'

const holder = (text: string, gone: readonly string[] = []): Holder => ({text, isGone: other => gone.includes(other)})
const take = (vm: ScratchHost, who: Holder, force = false) => takeLease(vm.host, who, {force, signal: NEVER})
const silentFor = (vm: ScratchHost, seconds: number): void => {
  const then = new Date(Date.now() - seconds * 1000)
  utimesSync(vm.real(FILE), then, then)
}

describe('a lease', () => {
  test('is taken on a host that kadm never saw, by name and with a number', async () => {
    const vm = scratch()

    const lease = await take(vm, holder("o'brien@laptop 12 3"))

    expect(lease.fence).toBe(1)
    expect(vm.read(FILE)).toMatch(/^o'brien@laptop 12 3\n1\n\d+\n$/)
    await lease.release()
  })

  test('is refused while another run holds it, with the name of that run', async () => {
    const vm = scratch()
    const lease = await take(vm, holder('ann@laptop 1 1'))

    await expect(take(vm, holder('bob@desk 2 2'))).rejects.toMatchObject({
      code: 'lease',
      host: 'vm-1',
      message: expect.stringMatching(
        /another run of kadm is at work there: ann@laptop 1 1, last seen \d s ago/,
      ) as string,
      hint: expect.stringContaining('--take-lease') as string,
    })
    expect(vm.read(FILE)).toContain('ann@laptop')
    await lease.release()
  })

  test('is free again when it was given back, and its number still only rises', async () => {
    const vm = scratch()
    await (await take(vm, holder('ann@laptop 1 1'))).release()

    const second = await take(vm, holder('bob@desk 2 2'))

    expect(second.fence).toBe(2)
    await second.release()
  })

  test('is taken from a holder that is certainly gone', async () => {
    const vm = scratch()
    const dead = await take(vm, holder('ann@laptop 1 1'))

    const lease = await take(vm, holder('ann@laptop 5 9', ['ann@laptop 1 1']))

    expect(lease.fence).toBe(dead.fence + 1)
    expect(vm.read(FILE)).toContain('ann@laptop 5 9')
    await Promise.all([dead.release(), lease.release()])
  })

  test('is taken from a holder that is silent for 45 s, and not from one that is silent for less', async () => {
    const vm = scratch()
    const silent = await take(vm, holder('ann@laptop 1 1'))

    silentFor(vm, 40)
    await expect(take(vm, holder('bob@desk 2 2'))).rejects.toMatchObject({code: 'lease'})
    silentFor(vm, 46)
    const lease = await take(vm, holder('bob@desk 2 2'))

    expect(lease.fence).toBe(2)
    await Promise.all([silent.release(), lease.release()])
  })

  test('is taken by force when the person says so', async () => {
    const vm = scratch()
    const first = await take(vm, holder('ann@laptop 1 1'))
    const lease = await take(vm, holder('bob@desk 2 2'), true)

    expect(lease.fence).toBe(2)
    await Promise.all([first.release(), lease.release()])
  })

  test('that was taken over is not given back by the run that lost it', async () => {
    const vm = scratch()
    const lost = await take(vm, holder('ann@laptop 1 1'))
    const lease = await take(vm, holder('bob@desk 2 2'), true)

    await lost.release()

    expect(vm.read(FILE)).toContain('bob@desk 2 2\n2\n')
    await lease.release()
    expect(vm.read(FILE)).toMatch(/^\n2\n/)
  })

  test('that is damaged counts as none', async () => {
    const vm = scratch()
    vm.write(FILE, '\nnot a number\n')

    const lease = await take(vm, holder('ann@laptop 1 1'))

    expect(lease.fence).toBe(1)
    await lease.release()
  })

  test('that cannot be written is no lease', async () => {
    const vm = scratch()
    vm.write('/var/lib/kadm', 'a file where the folder should be')

    await expect(take(vm, holder('ann@laptop 1 1'))).rejects.toMatchObject({
      code: 'remote',
      message: 'could not take the lease',
      evidence: expect.stringContaining('kadm') as string,
    })
  })

  test('goes to exactly one of many that ask at once', async () => {
    const vm = scratch()
    const asked = await Promise.allSettled(Array.from({length: 6}, (_, i) => take(vm, holder(`run ${i}`))))

    const taken = asked.flatMap(one => (one.status === 'fulfilled' ? [one.value] : []))
    expect(taken).toHaveLength(1)
    await Promise.all(taken.map(lease => lease.release()))
  })
})

describe('the leases of a run', () => {
  const options = (who: Holder) => ({holder: who, takeLease: false, signal: NEVER})
  const isFree = (vm: ScratchHost): boolean => vm.read(FILE).startsWith('\n')

  test('are held while it works and given back after', async () => {
    const hosts = [scratch('a'), scratch('b')]

    const seen = await withLeases(
      hosts.map(({host}) => host),
      options(holder('ann')),
      leases => Promise.resolve([leases.map(({fence}) => fence), hosts.map(isFree)]),
    )

    expect(seen).toStrictEqual([
      [1, 1],
      [false, false],
    ])
    expect(hosts.map(isFree)).toStrictEqual([true, true])
  })

  test('are given back when the work fails', async () => {
    const vm = scratch()

    await expect(
      withLeases([vm.host], options(holder('ann')), () => Promise.reject(new KadmError('remote', 'no'))),
    ).rejects.toThrow('no')
    expect(isFree(vm)).toBe(true)
  })

  test('are all given back when one cannot be had, and the work never begins', async () => {
    const [mine, taken, other] = [scratch('a'), scratch('b'), scratch('c')]
    const bobs = await takeLease(taken.host, holder('bob'), {force: false, signal: NEVER})
    let begun = false

    await expect(
      withLeases([mine.host, taken.host, other.host], options(holder('ann')), () => {
        begun = true
        return Promise.resolve()
      }),
    ).rejects.toMatchObject({code: 'lease', host: 'b'})

    expect(begun).toBe(false)
    expect([mine, taken, other].map(isFree)).toStrictEqual([true, false, true])
    await bobs.release()
  })

  test('that cannot be had on several hosts are all told', async () => {
    const hosts = [scratch('a'), scratch('b')]
    const bobs = await Promise.all(hosts.map(({host}) => takeLease(host, holder('bob'), {force: false, signal: NEVER})))

    await expect(
      withLeases(
        hosts.map(({host}) => host),
        options(holder('ann')),
        () => Promise.resolve(),
      ),
    ).rejects.toThrow(/a: another run[^]*b: another run/)
    await Promise.all(bobs.map(lease => lease.release()))
  })
})
