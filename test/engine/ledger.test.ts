import {describe, expect, test} from 'vitest'
import {ledgerName} from '../../src/engine/hosts/act.ts'
import {revertLedger} from '../../src/engine/ledger/ledger.ts'
import {readLedger} from '../../src/engine/ledger/read-ledger.ts'
import {sh} from '../../src/remote/shell/shell.ts'
import type {AnyHostResource} from '../../src/resources/any-resource.ts'
import {block} from '../../src/resources/files/block.ts'
import {cleanup} from '../../src/resources/steps/cleanup.ts'
import {directory} from '../../src/resources/files/directory.ts'
import {contentOf, file} from '../../src/resources/files/file.ts'
import {apply, NEVER, proving} from './sample-run.ts'
import {dieEverywhere} from './die-everywhere.ts'
import {ME, scratchHosts, type ScratchHost} from './scratch-host.ts'

const scratch = scratchHosts()
const why = 'a test needs it'

/** A host with its lease, a file of its own and a hosts file; what is done there; and what it holds, ledger excepted. */
function bench() {
  const vm = scratch()
  vm.write('/var/lib/kadm/lease', 'me\n1\n')
  vm.write(`${vm.root}/etc/own.conf`, 'original\n')
  vm.write(`${vm.root}/etc/hosts`, '127.0.0.1 localhost\n')
  const own = (content: string): AnyHostResource => file({path: `${vm.root}/etc/own.conf`, content, owner: ME, why})
  const resources: readonly AnyHostResource[] = [
    directory({path: `${vm.root}/opt/new/folder`, owner: ME, why}),
    file({path: `${vm.root}/opt/new/folder/inside`, content: 'inside\n', owner: ME, why}),
    own('ours\n'),
    block({path: `${vm.root}/etc/hosts`, name: 'node', lines: '10.0.0.1 vm-1\n', why}),
  ]
  // Enough to be cut off in: one thing that is new, and one that has an original.
  const few = resources.slice(1, 3)
  return {vm, own, resources, few, before: {own: 'original\n', hosts: '127.0.0.1 localhost\n', opt: false}}
}

const holds = (vm: ScratchHost) => ({
  own: vm.read(`${vm.root}/etc/own.conf`),
  hosts: vm.read(`${vm.root}/etc/hosts`),
  opt: vm.has(`${vm.root}/opt`),
})

describe('the ledger', () => {
  test('keeps the first original although a thing is changed twice, and what was applied last', async () => {
    const {vm, own, before} = bench()
    await apply(vm.host, [own('ours\n')])
    await apply(vm.host, [own('ours, but newer\n')])

    const {entries} = await readLedger(vm.host, NEVER)
    const {undone} = await revertLedger(proving(vm.host, 1))

    expect(entries).toMatchObject([
      {original: {text: 'original\n'}, applied: {sha256: contentOf('ours, but newer\n').sha256}},
    ])
    expect(undone).toStrictEqual([own('').id])
    expect(holds(vm)).toStrictEqual(before)
  })

  test('never holds the content of what was applied', async () => {
    const {vm} = bench()
    await apply(vm.host, [file({path: `${vm.root}/etc/key`, content: 'top secret\n', secret: true, owner: ME, why})])

    const [entry] = (await readLedger(vm.host, NEVER)).entries

    expect(entry?.applied).toMatchObject({kind: 'file', secret: true})
    expect(
      JSON.stringify(entry, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    ).not.toContain('secret\\n')
  })

  test('passes over things that leave nothing to undo', async () => {
    const {vm} = bench()
    vm.write(`${vm.root}/token`, '')
    const path = `${vm.root}/token`
    await apply(vm.host, [
      cleanup({name: 'token', why, remains: sh`[ ! -e ${path} ] || echo token`, clear: sh`rm ${path}`}),
    ])

    expect(await readLedger(vm.host, NEVER)).toStrictEqual({entries: [], unread: []})
  })

  test('is empty on a host that kadm never changed', async () => {
    expect(await readLedger(scratch().host, NEVER)).toStrictEqual({entries: [], unread: []})
    expect(await revertLedger(proving(scratch().host, 1))).toStrictEqual({undone: [], left: []})
  })

  test('passes over an entry that was cut off while it was made or taken away', async () => {
    const {vm, own} = bench()
    await apply(vm.host, [own('ours\n')])
    vm.write('/var/lib/kadm/ledger/file-half.new/original.json', '')
    vm.write('/var/lib/kadm/ledger/file-half-gone/applied.json', '')

    expect((await readLedger(vm.host, NEVER)).entries.map(({id}) => id)).toStrictEqual([own('').id])
  })

  test('makes an entry again that was half taken away, so that what is there now is the original', async () => {
    const {vm, own, before} = bench()
    await apply(vm.host, [own('ours\n')])
    const entry = `/var/lib/kadm/ledger/${ledgerName(own('').id)}`
    vm.write(`${vm.root}/etc/own.conf`, 'original\n')
    await vm.host.read(`rm ${entry}/sequence`)

    await apply(vm.host, [own('ours again\n')])
    expect((await readLedger(vm.host, NEVER)).entries).toMatchObject([{original: {text: 'original\n'}}])
    await revertLedger(proving(vm.host, 1))

    expect(holds(vm)).toStrictEqual(before)
  })
})

describe('undo', () => {
  test('puts everything back, newest change first', async () => {
    const {vm, resources, before} = bench()
    expect(await apply(vm.host, resources)).toBe(4)

    const report = await revertLedger(proving(vm.host, 1))

    expect(report).toStrictEqual({undone: resources.map(({id}) => id).toReversed(), left: []})
    expect(holds(vm)).toStrictEqual(before)
    expect(await readLedger(vm.host, NEVER)).toStrictEqual({entries: [], unread: []})
  })

  test('leaves what others changed since, says why, and puts back the rest', async () => {
    const {vm, own, resources, before} = bench()
    await apply(vm.host, resources)
    vm.write(`${vm.root}/etc/own.conf`, 'by hand\n')

    const {left, undone} = await revertLedger(proving(vm.host, 1))

    expect(left).toStrictEqual([{id: own('').id, because: 'content differs', reason: 'changed'}])
    expect(undone).toHaveLength(3)
    expect(holds(vm)).toStrictEqual({...before, own: 'by hand\n'})
    expect((await readLedger(vm.host, NEVER)).entries.map(({id}) => id)).toStrictEqual([own('').id])
  })

  test('does not mistake an unchanged thing for a change by another program', async () => {
    const {vm, own} = bench()
    await apply(vm.host, [own('ours\n')])
    vm.write(`${vm.root}/etc/own.conf`, 'original\n')

    expect(await revertLedger(proving(vm.host, 1))).toStrictEqual({undone: [own('').id], left: []})
    expect(await readLedger(vm.host, NEVER)).toStrictEqual({entries: [], unread: []})
  })

  test('stops before the first thing when another run took the lease over', async () => {
    const {vm, own} = bench()
    await apply(vm.host, [own('ours\n')])
    vm.write('/var/lib/kadm/lease', 'somebody else\n2\n')

    await expect(revertLedger(proving(vm.host, 1))).rejects.toMatchObject({code: 'lease', host: 'vm-1'})
    expect(vm.read(`${vm.root}/etc/own.conf`)).toBe('ours\n')
  })

  test('names what could not be put back, and keeps its original', async () => {
    const {vm, own} = bench()
    await apply(vm.host, [own('ours\n')])
    const kept = `/var/lib/kadm/ledger/${ledgerName(own('').id)}/keep/original`
    const original = vm.read(kept)
    vm.stub('cp', 'echo "no space left" >&2; exit 1')

    await expect(revertLedger(proving(vm.host, 1))).rejects.toMatchObject({
      code: 'remote',
      host: 'vm-1',
      message: `could not undo ${own('').id}`,
      evidence: expect.stringContaining('no space left') as string,
    })
    expect(vm.read(kept)).toBe(original)
  })
})

describe('a script that is killed', () => {
  test('at any point of a change can be run again, and the true originals are still present', async () => {
    const points = await dieEverywhere(1, () => {
      const {vm, few: resources, before} = bench()
      return Promise.resolve({
        vm,
        work: () => apply(vm.host, resources),
        check: async () => {
          await apply(vm.host, resources)
          expect(holds(vm)).toStrictEqual({...before, own: 'ours\n', opt: true})
          await revertLedger(proving(vm.host, 1))
          expect(holds(vm)).toStrictEqual(before)
        },
      })
    })

    expect(points).toBeGreaterThan(15)
  }, 120_000)

  test('at any point of an undo can be run again, and nothing is mistaken for a change by another program', async () => {
    const points = await dieEverywhere(1, async () => {
      const {vm, few: resources, before} = bench()
      await apply(vm.host, resources)
      return {
        vm,
        work: () => revertLedger(proving(vm.host, 1)),
        check: async () => {
          expect((await revertLedger(proving(vm.host, 1))).left).toStrictEqual([])
          expect(holds(vm)).toStrictEqual(before)
          expect(await readLedger(vm.host, NEVER)).toStrictEqual({entries: [], unread: []})
        },
      }
    })

    expect(points).toBeGreaterThan(5)
  }, 120_000)
})
