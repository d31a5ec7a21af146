import {describe, expect, test} from 'vitest'
import {hostLost, KadmError} from '../../src/domain/errors.ts'
import {withLeases} from '../../src/engine/lease/lease.ts'
import {sh} from '../../src/remote/shell/shell.ts'
import {FILE, holder, numberIn, options, quick, silentFor, take} from './lease-scene.ts'
import {scratchHosts, type ScratchHost} from './scratch-host.ts'

const scratch = scratchHosts()

describe('a lease', () => {
  test('is taken on a host that kadm never saw, by name and with a number', async () => {
    const vm = scratch()

    const lease = await take(vm, holder("o'brien@laptop 12 3"))

    expect(vm.read(FILE)).toMatch(new RegExp(`^o'brien@laptop 12 3\n${lease.fence}\n\\d+\n$`))
    await lease.release()
  })

  test('is refused while another run holds it, with the name of that run', async () => {
    const vm = scratch()
    const lease = await take(vm, holder('ann@laptop 1 1'))

    await expect(take(vm, holder('bob@desk 2 2'))).rejects.toMatchObject({
      code: 'lease',
      host: 'vm-1',
      message: expect.stringMatching(
        /another kadm run holds the lock on vm-1: ann@laptop 1 1, last seen \d s ago/,
      ) as string,
      hint: expect.stringContaining('--take-lease') as string,
    })
    expect(vm.read(FILE)).toContain('ann@laptop')
    await lease.release()
  })

  test('is free again when it was given back, and nobody has its number then', async () => {
    const vm = scratch()
    const first = await take(vm, holder('ann@laptop 1 1'))
    await first.release()

    expect(vm.read(FILE)).toMatch(/^\n\d+\n\d+\n$/)
    expect(numberIn(vm)).not.toBe(first.fence)
    await (await take(vm, holder('bob@desk 2 2'))).release()
  })

  test('never has a number that was given before, also when the machine forgets everything in between', async () => {
    const vm = scratch()
    const numbers = new Set<number>()
    for (let i = 0; i < 20; i++) {
      const lease = await take(vm, holder('ann@laptop 1 1'))
      numbers.add(lease.fence)
      await lease.forget(sh`rm -rf /var/lib/kadm`)
    }

    expect(numbers.size).toBe(20)
    expect([...numbers].every(n => Number.isSafeInteger(n + 1) && /^[1-9]\d{15}$/.test(String(n)))).toBe(true)
  })

  test('that could not be removed with all the rest is still given back', async () => {
    const vm = scratch()
    const lease = await take(vm, holder('ann@laptop 1 1'))

    await expect(lease.forget(sh`echo 'a mount is in the way' >&2; exit 1`)).rejects.toMatchObject({
      code: 'remote',
      evidence: expect.stringContaining('a mount is in the way') as string,
    })
    await lease.release()
    expect(vm.read(FILE)).toMatch(/^\n/)
  })

  test('is taken from a holder that is certainly gone', async () => {
    const vm = scratch()
    const dead = await take(vm, holder('ann@laptop 1 1'))

    const lease = await take(vm, holder('ann@laptop 5 9', ['ann@laptop 1 1']))

    expect(lease.fence).not.toBe(dead.fence)
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

    expect(numberIn(vm)).toBe(lease.fence)
    await Promise.all([silent.release(), lease.release()])
  })

  test('is held although the connection was lost after it was written', async () => {
    const vm = scratch()
    let cuts = 1
    const host: ScratchHost['host'] = {
      ...vm.host,
      run: async script => {
        const result = await vm.host.run(script)
        if (script.includes('kadm_locked=0') && cuts-- > 0) throw hostLost('vm-1', 'the connection was lost')
        return result
      },
    }

    const lease = await take({host}, holder('ann@laptop 1 1'), false, {clock: quick()})

    expect(cuts).toBeLessThan(0)
    expect(vm.read(FILE)).toMatch(new RegExp(`^ann@laptop 1 1\n${lease.fence}\n`))
    await lease.release()
  })

  test('is taken by force when the person says so', async () => {
    const vm = scratch()
    const first = await take(vm, holder('ann@laptop 1 1'))
    const lease = await take(vm, holder('bob@desk 2 2'), true)

    expect(numberIn(vm)).toBe(lease.fence)
    await Promise.all([first.release(), lease.release()])
  })

  test('that was taken over is not given back by the run that lost it', async () => {
    const vm = scratch()
    const lost = await take(vm, holder('ann@laptop 1 1'))
    const lease = await take(vm, holder('bob@desk 2 2'), true)

    await lost.release()

    expect(vm.read(FILE)).toContain(`bob@desk 2 2\n${lease.fence}\n`)
    await lease.release()
    expect(vm.read(FILE)).toMatch(/^\n/)
  })

  test('that is damaged counts as none', async () => {
    const vm = scratch()
    vm.write(FILE, '\nnot a number\n')

    const lease = await take(vm, holder('ann@laptop 1 1'))

    expect(numberIn(vm)).toBe(lease.fence)
    await lease.release()
  })

  test('that cannot be written does not count as a lease', async () => {
    const vm = scratch()
    vm.write('/var/lib/kadm', 'a file where the folder should be')

    await expect(take(vm, holder('ann@laptop 1 1'))).rejects.toMatchObject({
      code: 'remote',
      message: 'could not take the lock on the host',
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
  const isFree = (vm: ScratchHost): boolean => vm.read(FILE).startsWith('\n')

  test('are held while it works and given back after', async () => {
    const hosts = [scratch('a'), scratch('b')]

    const seen = await withLeases(
      hosts.map(({host}) => host),
      options(holder('ann')),
      leases =>
        Promise.resolve([leases.map(({fence}, i) => fence === numberIn(hosts[i] ?? scratch())), hosts.map(isFree)]),
    )

    expect(seen).toStrictEqual([
      [true, true],
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

  test('are all released when one is not available, and the work never begins', async () => {
    const [mine, taken, other] = [scratch('a'), scratch('b'), scratch('c')]
    const bobs = await take(taken, holder('bob'))
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

  test('that one run holds on several hosts are reported once', async () => {
    const hosts = [scratch('a'), scratch('b')]
    const bobs = await Promise.all(hosts.map(vm => take(vm, holder('bob'))))

    await expect(
      withLeases(
        hosts.map(({host}) => host),
        options(holder('ann')),
        () => Promise.resolve(),
      ),
    ).rejects.toMatchObject({
      code: 'lease',
      message: expect.stringMatching(/^another kadm run holds the lock on a, b: bob, last seen \d s ago$/) as string,
    })
    await Promise.all(bobs.map(lease => lease.release()))
  })

  test('are not worked with any more once another run took one of them, and that is reported once', async () => {
    const hosts = [scratch('a'), scratch('b')]

    const work = withLeases(
      hosts.map(({host}) => host),
      options(holder('ann'), {clock: quick()}),
      async (_, signal) => {
        const bobs = await take(hosts[1] ?? scratch(), holder('bob'), true)
        await expect.poll(() => signal.aborted).toBe(true)
        await bobs.release()
        throw new AggregateError([new KadmError('cancelled', 'a'), new KadmError('cancelled', 'b')])
      },
    )

    await expect(work).rejects.toMatchObject({
      code: 'lease',
      host: 'b',
      message: 'another kadm run took over the lock',
      evidence: 'held by bob',
    })
    expect(hosts.map(isFree)).toStrictEqual([true, true])
  })

  test('that were lost do not hide what failed besides', async () => {
    const vm = scratch()

    const work = withLeases([vm.host], options(holder('ann'), {clock: quick()}), async (_, signal) => {
      await take(vm, holder('bob'), true)
      await expect.poll(() => signal.aborted).toBe(true)
      throw new AggregateError([new KadmError('cancelled', 'a'), new KadmError('remote', 'the disk is full')])
    })

    await expect(work).rejects.toMatchObject({errors: [{code: 'lease'}, {code: 'remote', message: 'the disk is full'}]})
  })

  test('end with what the run leaves to do when it succeeded, and without it when it failed', async () => {
    const vm = scratch()
    const leave = sh`echo done >/var/lib/kadm/left`

    await expect(
      withLeases([vm.host], options(holder('ann')), () => Promise.reject(new Error('no')), leave),
    ).rejects.toThrow('no')
    expect(vm.has('/var/lib/kadm/left')).toBe(false)
    await withLeases([vm.host], options(holder('ann')), () => Promise.resolve(), leave)
    expect(vm.read('/var/lib/kadm/left')).toBe('done\n')
    expect(isFree(vm)).toBe(true)
  })
})

describe('kadm 0.1.0', () => {
  const old = (vm: ScratchHost, who: string, number: number): void => vm.write(FILE, `${who}\n${number}\n1800000000\n`)

  test('that holds the lease keeps others out, and is replaced when it is silent', async () => {
    const vm = scratch()
    old(vm, 'ann@laptop process 3', 4)

    await expect(take(vm, holder('bob'))).rejects.toMatchObject({code: 'lease'})
    silentFor(vm, 46)
    const lease = await take(vm, holder('bob'))
    expect(numberIn(vm)).not.toBe(4)
    await lease.release()
  })

  test('that takes the lease over is noticed', async () => {
    const vm = scratch()
    const lease = await take(vm, holder('ann'), false, {clock: quick()})
    old(vm, 'bob@desk process 9', lease.fence + 1)

    await expect.poll(() => lease.taken.aborted).toBe(true)
    await lease.release()
    expect(vm.read(FILE)).toContain('bob@desk')
  })
})
