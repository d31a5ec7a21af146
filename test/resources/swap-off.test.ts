import {readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import fc from 'fast-check'
import {expect, test} from 'vitest'
import type {SwapSource} from '../../src/domain/facts.ts'
import {FSTAB_NOTE, swapOff, swapOffKind, swapUnit} from '../../src/resources/swap-off.ts'
import {lifecycle, workbenches, type Workbench} from './shell-runner.ts'

const bench = workbenches()
const LINE = '/swap.img\tnone\tswap\tsw\t0\t0'
const FSTAB: SwapSource = {kind: 'fstab', device: '/swap.img', line: LINE, active: true}

/** Stand-ins that keep /proc/swaps and the units' states in files. */
function machine(): Workbench {
  const b = bench()
  const swaps = join(b.root, 'swaps')
  writeFileSync(swaps, 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n')
  b.stub('swapoff', `grep -v "^$2 " ${swaps} >${swaps}.new; cat ${swaps}.new >${swaps}; rm ${swaps}.new`)
  b.stub('swapon', `echo "$2 file 1 0 -2" >>${swaps}`)
  b.stub(
    'systemctl',
    `for last; do :; done; state=${b.root}/$last
case "$*" in
show*) [ -e "$state" ] || { echo LoadState=not-found; echo ActiveState=inactive; echo UnitFileState=; exit; }
  if [ -e "$state.masked" ]; then echo LoadState=masked; echo UnitFileState=masked; else echo LoadState=loaded; echo UnitFileState=generated; fi
  echo ActiveState="$(cat "$state")";;
*' mask '*) : >"$state.masked";;
*' unmask '*) rm -f "$state.masked";;
stop*) echo inactive >"$state";;
start*) echo active >"$state";;
esac`,
  )
  return b
}
const turnOn = (b: Workbench, device: string): void =>
  writeFileSync(join(b.root, 'swaps'), `${device}                                file\t\t1048572\t\t0\t\t-2\n`, {
    flag: 'a',
  })
const resource = (b: Workbench, sources: readonly SwapSource[]) =>
  swapOff({sources, why: 'kubelet wants it off', fstab: join(b.root, 'fstab'), swaps: join(b.root, 'swaps')})

test('a line of fstab is commented with a note and kept, the device is turned off, and undo brings both back', () => {
  const b = machine()
  const text = `# / was on /dev/sda1\nUUID=1 / ext4 defaults 0 1\n${LINE}\n`
  writeFileSync(join(b.root, 'fstab'), text, {mode: 0o600})
  turnOn(b, '/swap.img')
  const cycle = lifecycle(b, swapOffKind, resource(b, [FSTAB]))

  expect(cycle.diff()).toBe('/swap.img in use, fstab turns it on at boot')
  expect(cycle.detail()).toBe(`-${LINE}\n+${FSTAB_NOTE}${LINE}`)
  const original = cycle.apply()
  expect(readFileSync(join(b.root, 'fstab'), 'utf8')).toBe(text.replace(LINE, FSTAB_NOTE + LINE))
  expect(statSync(join(b.root, 'fstab')).mode & 0o777).toBe(0o600)
  expect(cycle.diff()).toBeUndefined()
  cycle.undo(original)

  expect(readFileSync(join(b.root, 'fstab'), 'utf8')).toBe(text)
  expect(readFileSync(join(b.root, 'calls'), 'utf8')).toContain('swapon -- /swap.img')
})

test('undo mends only its own line when others changed fstab since', () => {
  const b = machine()
  writeFileSync(join(b.root, 'fstab'), `old\n${LINE}\n`)
  const cycle = lifecycle(b, swapOffKind, resource(b, [FSTAB]))

  const original = cycle.apply()
  writeFileSync(join(b.root, 'fstab'), `new\n${FSTAB_NOTE}${LINE}\nmore\n`)
  cycle.undo(original)

  expect(readFileSync(join(b.root, 'fstab'), 'utf8')).toBe(`new\n${LINE}\nmore\n`)
})

test('any fstab comes back byte for byte', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('UUID=1 / ext4 x 0 1', '', '# *) a note', '\\040 $x `y`', LINE), {maxLength: 5}),
      fc.boolean(),
      (lines, ended) => {
        const b = machine()
        const text = [...lines, LINE].join('\n') + (ended ? '\n' : '')
        writeFileSync(join(b.root, 'fstab'), text)
        const cycle = lifecycle(b, swapOffKind, resource(b, [FSTAB]))

        const original = cycle.apply()
        expect(readFileSync(join(b.root, 'fstab'), 'utf8')).not.toMatch(/^\/swap/m)
        expect(cycle.diff()).toBeUndefined()
        cycle.undo(original)

        expect(readFileSync(join(b.root, 'fstab'), 'utf8')).toBe(text)
      },
    ),
    {numRuns: 5},
  )
})

test.each<[string, SwapSource, string]>([
  ['a unit', {kind: 'unit', unit: 'data-swapfile.swap', device: '/data/swapfile', active: true}, 'data-swapfile.swap'],
  ['a GPT partition', {kind: 'gpt', device: '/dev/sda3', active: true}, 'dev-sda3.swap'],
  ['zram', {kind: 'zram', device: '/dev/zram0', active: true}, 'systemd-zram-setup@zram0.service'],
  ['something unknown', {kind: 'unknown', device: '/dev/dm-1', active: true}, 'dev-dm\\x2d1.swap'],
])('%s is masked so that no boot turns it on, and unmasked by undo', (_, source, unit) => {
  const b = machine()
  writeFileSync(join(b.root, unit), 'active')
  turnOn(b, source.device)
  const cycle = lifecycle(b, swapOffKind, resource(b, [source]))

  expect(cycle.diff()).toBe(`${source.device} in use, ${unit} can turn it on`)
  const original = cycle.apply()
  expect(cycle.diff()).toBeUndefined()
  expect(cycle.look().units.filter(({exists}) => exists)).toEqual([
    {name: unit, exists: true, active: false, masked: true},
  ])
  cycle.undo(original)

  expect(cycle.look()).toEqual(original)
})

test('swap of the kernel around a container is left alone', () => {
  const b = machine()
  turnOn(b, '/dev/outer')
  const cycle = lifecycle(b, swapOffKind, resource(b, [{kind: 'outside', device: '/dev/outer', active: true}]))

  expect(cycle.diff()).toBeUndefined()
})

test.each([
  ['/swap.img', 'swap.img.swap'],
  ['/dev/disk/by-uuid/1-2', 'dev-disk-by\\x2duuid-1\\x2d2.swap'],
  ['/.hidden/ü x', '\\x2ehidden-\\xc3\\xbc\\x20x.swap'],
])('%s is %s to systemd', (device, unit) => {
  expect(swapUnit(device)).toBe(unit)
})
