import {cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {ledgerName} from '../../src/engine/hosts/act.ts'
import {revertLedger} from '../../src/engine/ledger/ledger.ts'
import {appliedDocument, originalDocument} from '../../src/engine/ledger/documents.ts'
import {originalFrom0} from '../../src/engine/ledger/migrations.ts'
import {readEntry, type EntryFiles} from '../../src/engine/ledger/read-entry.ts'
import {readLedger} from '../../src/engine/ledger/read-ledger.ts'
import {kindOf} from '../../src/resources/any-resource.ts'
import {file} from '../../src/resources/files/file.ts'
import {caCertificate} from '../../src/resources/pki/ca-certificate.ts'
import {EVERY_KIND} from './every-kind.ts'
import {apply, NEVER, noValues, proving} from './sample-run.ts'
import {ME, scratchHosts, type ScratchHost} from './scratch-host.ts'

const scratch = scratchHosts()
const LEDGERS = join(import.meta.dirname, 'ledgers')

const textOf = (path: string): string | undefined => (existsSync(path) ? readFileSync(path, 'utf8') : undefined)

/** The entries that a released kadm wrote, one of each kind. */
const released = (format: string): readonly EntryFiles[] =>
  readdirSync(join(LEDGERS, format)).map(folder => ({
    folder,
    sequence: '1',
    original: textOf(join(LEDGERS, format, folder, 'original.json')),
    applied: textOf(join(LEDGERS, format, folder, 'applied.json')),
    wasBegun: false,
  }))

describe('the ledger of a released kadm', () => {
  test.each(['v0', 'v1', 'v2'])(
    '%s: is read, each kind of it, and gives the same revert as one that is written now',
    format => {
      const read = released(format).map(readEntry)
      const now = new Map<string, string>(
        EVERY_KIND.map(({resource, original}) => {
          const kind = kindOf(resource)
          return [resource.id, kind.revert(resource, kind.ledgerState?.(resource, original) ?? original).text]
        }),
      )

      expect(read.filter(entry => 'because' in entry)).toStrictEqual([])
      for (const entry of read) {
        if ('because' in entry) continue
        expect(entry.applied.id).toBe(entry.id)
        expect(kindOf(entry.applied).revert(entry.applied, entry.original).text).toBe(now.get(entry.id))
      }
    },
  )

  test('v2: has every kind', () => {
    const ids = released('v2')
      .map(readEntry)
      .map(({id}) => id)

    expect(ids.toSorted()).toEqual(EVERY_KIND.map(({resource}) => resource.id).toSorted())
  })

  // A change here is a new format: raise LEDGER_FORMAT and read the old one by a migration, or let the new key be one
  // that may be absent.
  test.each(EVERY_KIND.map(sample => [sample.resource.kind, sample] as const))(
    'v2: is what is written now for %s',
    async (_, {resource, original}) => {
      const folder = join(LEDGERS, 'v2', ledgerName(resource.id))
      const text = (document: object): string => `${JSON.stringify({...document, kadm: '0.1.0'}, null, 2)}\n`

      await expect(text(originalDocument(resource, original))).toMatchFileSnapshot(join(folder, 'original.json'))
      // The reason is for people, and its words may change.
      const {applied, ...head} = appliedDocument(resource)
      const fixed = {...head, applied: {...applied, why: 'a test needs it'}}
      await expect(text(fixed)).toMatchFileSnapshot(join(folder, 'applied.json'))
    },
  )
})

/** A host with one thing changed by this kadm, and an entry that it cannot read. */
async function withStrange(name: string, files: Readonly<Record<string, string>>) {
  const vm = scratch()
  vm.write('/var/lib/kadm/lease', 'me\n1\n')
  const own = file({path: `${vm.root}/own.conf`, content: 'ours\n', owner: ME, why: 'a test needs it'})
  await apply(vm.host, [own])
  for (const [path, text] of Object.entries(files)) vm.write(`/var/lib/kadm/ledger/${name}/${path}`, text)
  return {vm, own}
}

const GOOD = JSON.stringify({format: 1, kadm: '0.1.0', kind: 'sysctl', id: 'sysctl:x', original: {value: '1'}})
const APPLIED = JSON.stringify({
  format: 1,
  kadm: '7.0.0',
  kind: 'sysctl',
  id: 'sysctl:x',
  applied: {kind: 'sysctl', id: 'sysctl:x', why: 'y', key: 'x', value: '2', path: '/nowhere/x'},
})
const of = (more: object): string => JSON.stringify({...(JSON.parse(APPLIED) as object), ...more})

describe('an entry that this kadm cannot read is left and named, and the rest is undone', () => {
  test.each([
    [
      'a kind of a later kadm',
      {'original.json': of({kind: 'hologram'}), 'applied.json': of({kind: 'hologram'})},
      "this kadm does not know the kind 'hologram'; it was written by kadm 7.0.0",
    ],
    [
      'a later format',
      {'original.json': of({format: 3}), 'applied.json': of({format: 3})},
      'this kadm does not know format 3 of the ledger; it was written by kadm 7.0.0',
    ],
    [
      'a format that is no number',
      {'original.json': of({format: 'new'}), 'applied.json': APPLIED},
      'this kadm does not know format "new" of the ledger; it was written by kadm 7.0.0',
    ],
    [
      'a document that is cut off',
      {'original.json': GOOD.slice(0, 40), 'applied.json': APPLIED},
      'its file original.json is damaged',
    ],
    [
      'an empty document, as a power cut leaves',
      {'original.json': GOOD, 'applied.json': ''},
      'its file applied.json is empty',
    ],
    [
      'a document that is no object',
      {'original.json': '[1]', 'applied.json': APPLIED},
      'its file original.json contains no document',
    ],
    ['a document that does not exist', {'applied.json': APPLIED}, 'cannot read its file original.json'],
    [
      'a folder in the place of a document',
      {'original.json/x': 'x', 'applied.json': APPLIED},
      'cannot read its file original.json',
    ],
    [
      'a state that is none of its kind',
      {'original.json': of({original: {value: 7}}), 'applied.json': APPLIED},
      'its original.json is not valid for a sysctl; it was written by kadm 7.0.0',
    ],
    [
      'a thing that is none of its kind',
      {'original.json': GOOD, 'applied.json': of({applied: {path: '/x'}})},
      'its applied.json is not valid for a sysctl; it was written by kadm 7.0.0',
    ],
    [
      'no kind at all',
      {'original.json': JSON.stringify({id: 'x', state: {}}), 'applied.json': '{}'},
      "this kadm does not know the kind 'undefined'",
    ],
    [
      'a sequence that is no number',
      {'original.json': GOOD, 'applied.json': APPLIED, sequence: 'soon\n'},
      'cannot read its file sequence',
    ],
  ])('%s', async (_, files, because) => {
    const {vm, own} = await withStrange('strange', {sequence: '5\n', ...files})

    const report = await revertLedger(proving(vm.host, 1))

    expect(report.undone).toStrictEqual([own.id])
    expect(report.left).toMatchObject([{because, reason: 'unread'}])
    expect(vm.has(`${vm.root}/own.conf`)).toBe(false)
    for (const [path, text] of Object.entries(files)) expect(vm.read(`/var/lib/kadm/ledger/strange/${path}`)).toBe(text)
  })
})

/** Puts entries of an earlier format on a host. */
function place(vm: ScratchHost, format: string, ...names: readonly string[]): void {
  const ledger = vm.real('/var/lib/kadm/ledger')
  mkdirSync(ledger, {recursive: true})
  for (const name of names) cpSync(join(LEDGERS, format, name), join(ledger, name), {recursive: true})
}

describe('an entry of format 0', () => {
  test('is undone as one that was written now', async () => {
    const vm = scratch()
    vm.write('/var/lib/kadm/lease', 'me\n1\n')
    place(vm, 'v0', ledgerName('authority-copy:/etc/kubernetes/pki/ca.crt'))
    vm.write('/etc/kubernetes/pki/ca.crt', 'an authority')

    expect(await revertLedger(proving(vm.host, 1))).toStrictEqual({
      undone: ['ca-certificate:/etc/kubernetes/pki/ca.crt'],
      left: [],
    })
    expect(vm.has('/etc/kubernetes/pki')).toBe(false)
    expect(await readLedger(vm.host, NEVER)).toStrictEqual({entries: [], unread: []})
  })

  test('says what was turned off by the rules of that time', () => {
    const unit = (name: string, more: object) => ({name, exists: true, active: true, off: false, own: false, ...more})
    const units = [
      unit('a.swap', {}),
      unit('b.swap', {own: true}),
      unit('c.swap', {off: true}),
      unit('d.swap', {exists: false, active: false}),
    ]
    const turnedOff = (source: object, found: object = {}) =>
      originalFrom0(
        'swap-off',
        {active: true, line: true, units, ...found},
        {source: {device: 'UUID=1-2', path: '/dev/sdb2', ...source}, places: {units: '/etc/systemd/system'}},
      )
    const dropIns = ['/etc/systemd/system/b.swap.d/kadm-swap-off.conf']

    expect(turnedOff({kind: 'unit', unit: 'a.swap'})).toMatchObject({
      turnedOff: {masked: ['a.swap'], dropIns, starts: ['a.swap', 'b.swap']},
    })
    expect(turnedOff({kind: 'fstab', line: 'UUID=1-2 none swap'})).toMatchObject({
      turnedOff: {
        line: {from: 'UUID=1-2 none swap', to: '# swap is off for Kubernetes (kadm): UUID=1-2 none swap'},
        masked: ['a.swap', 'd.swap'],
        dropIns,
        starts: ['dev-disk-by\\x2duuid-1\\x2d2.swap'],
      },
    })
    expect(turnedOff({kind: 'gpt', unit: 'a.swap'}, {active: false})).toMatchObject({
      turnedOff: {masked: ['a.swap', 'd.swap'], dropIns, starts: []},
    })
  })

  test('keeps its original when this kadm applies the thing again', async () => {
    const vm = scratch()
    vm.write('/var/lib/kadm/lease', 'me\n1\n')
    const own = file({path: `${vm.root}/own.conf`, content: 'newer\n', owner: ME, why: 'a test needs it'})
    vm.write(`${vm.root}/own.conf`, 'older\n')
    const folder = vm.real(`/var/lib/kadm/ledger/${ledgerName(own.id)}`)
    vm.write(`${folder}/original.json`, JSON.stringify({id: own.id, state: {type: 'absent', missing: []}}))
    writeFileSync(join(folder, 'applied.json'), JSON.stringify({...own, content: undefined}))
    writeFileSync(join(folder, 'sequence'), '1\n')

    await apply(vm.host, [own])

    expect((await readLedger(vm.host, NEVER)).entries).toMatchObject([
      {original: {type: 'absent'}, applied: {sha256: own.sha256}},
    ])
  })
})

describe('an entry under the former name of its kind', () => {
  const FORMER = 'authority-copy:/etc/kubernetes/pki/ca.crt'
  const PRESENT = 'ca-certificate:/etc/kubernetes/pki/ca.crt'
  const renewed = caCertificate('/etc/kubernetes/pki/ca.crt')
  const values = {...noValues, clusterCa: () => Promise.resolve('a CA\n')}

  test.each(['v0', 'v1'])('%s: keeps its original when this kadm applies the thing again', async format => {
    const vm = scratch()
    vm.write('/var/lib/kadm/lease', 'me\n1\n')
    place(vm, format, ledgerName(FORMER))
    vm.write(`/var/lib/kadm/ledger/${ledgerName(FORMER)}/sequence`, '1\n')

    await apply(vm.host, [renewed], {values})

    const {entries} = await readLedger(vm.host, NEVER)
    expect(entries).toMatchObject([{id: PRESENT, folder: ledgerName(PRESENT), sequence: 1n}])
    expect(vm.has(`/var/lib/kadm/ledger/${ledgerName(FORMER)}`)).toBe(false)
    expect(await revertLedger(proving(vm.host, 1))).toStrictEqual({undone: [PRESENT], left: []})
    expect(vm.has('/etc/kubernetes/pki')).toBe(false)
  })

  test('does not replace an entry under the present name', async () => {
    const vm = scratch()
    vm.write('/var/lib/kadm/lease', 'me\n1\n')
    await apply(vm.host, [renewed], {values})
    place(vm, 'v1', ledgerName(FORMER))
    vm.write(`/var/lib/kadm/ledger/${ledgerName(FORMER)}/sequence`, '1\n')
    rmSync(vm.real('/etc/kubernetes/pki/ca.crt'))

    await apply(vm.host, [renewed], {values})

    const {entries} = await readLedger(vm.host, NEVER)
    expect(entries.map(({folder}) => folder).toSorted()).toEqual([FORMER, PRESENT].map(ledgerName).toSorted())
  })
})
