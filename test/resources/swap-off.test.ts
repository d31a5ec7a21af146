import {existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import type {SwapSource} from '../../src/domain/facts.ts'
import {swapOff, swapOffKind} from '../../src/resources/swap/swap-off.ts'
import {FSTAB_NOTE} from '../../src/resources/swap/turned-off.ts'
import {swapUnit} from '../../src/facts/swap-unit.ts'
import {lifecycle, workbenches, type Workbench} from './shell-runner.ts'

const bench = workbenches()
const LINE = '/swap.img\tnone\tswap\tsw\t0\t0'
const area = (path: string) => ({device: path, path, active: true})
const FSTAB: SwapSource = {kind: 'fstab', ...area('/swap.img'), line: LINE}

/** Stand-ins that keep /proc/swaps and the units' states in files, and masks as systemd does. */
function machine(): Workbench {
  const b = bench()
  const swaps = join(b.root, 'swaps')
  writeFileSync(swaps, 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n')
  free(b, 1000)
  mkdirSync(join(b.root, 'units'))
  mkdirSync(join(b.root, 'state'))
  b.stub('swapoff', `grep -v "^$2 " ${swaps} >${swaps}.new; cat ${swaps}.new >${swaps}; rm ${swaps}.new`)
  b.stub('swapon', `echo "$2 file 1 0 -2" >>${swaps}`)
  b.stub(
    'systemctl',
    `for last; do :; done; state=${b.root}/state/$last; mask=${b.root}/units/$last
case "$*" in
show*) if [ -L "$mask" ]; then echo LoadState=masked; elif [ -e "$state" ]; then echo LoadState=loaded; else echo LoadState=not-found; fi
  if [ -e "$state" ]; then echo ActiveState="$(cat "$state")"; else echo ActiveState=inactive; fi;;
*' mask '*) [ ! -f "$mask" ] || exit 1; ln -sfn /dev/null "$mask";;
*' unmask '*) rm -f "$mask";;
stop*) echo inactive >"$state";;
start*) [ -e "$state" ] && echo active >"$state";;
esac`,
  )
  return b
}
const free = (b: Workbench, kibibytes: number): void =>
  writeFileSync(join(b.root, 'meminfo'), `MemTotal: 2000 kB\nMemAvailable: ${kibibytes} kB\n`)
const turnOn = (b: Workbench, path: string, used = 0): void =>
  writeFileSync(join(b.root, 'swaps'), `${path}                                file\t\t1048572\t\t${used}\t\t-2\n`, {
    flag: 'a',
  })
const hasUnit = (b: Workbench, name: string): void => writeFileSync(join(b.root, 'state', name), 'active\n')
const resource = (b: Workbench, source: SwapSource) =>
  swapOff({
    source,
    why: 'kubelet wants it off',
    places: {
      fstab: join(b.root, 'fstab'),
      swaps: join(b.root, 'swaps'),
      meminfo: join(b.root, 'meminfo'),
      units: join(b.root, 'units'),
    },
  })
const read = (b: Workbench, name: string): string => readFileSync(join(b.root, name), 'utf8')

describe('a line of fstab', () => {
  test('is commented with a note and kept, the device is turned off, and undo brings both back', () => {
    const b = machine()
    const text = `# / was on /dev/sda1\nUUID=1 / ext4 defaults 0 1\n${LINE}\n`
    writeFileSync(join(b.root, 'fstab'), text, {mode: 0o600})
    turnOn(b, '/swap.img')
    const cycle = lifecycle(b, swapOffKind, resource(b, FSTAB))

    expect(cycle.diff()).toBe('/swap.img is in use, fstab enables it at boot')
    expect(cycle.detail()).toBe(`-${LINE}\n+${FSTAB_NOTE}${LINE}`)
    const original = cycle.apply()
    expect(read(b, 'fstab')).toBe(text.replace(LINE, FSTAB_NOTE + LINE))
    expect(statSync(join(b.root, 'fstab')).mode & 0o777).toBe(0o600)
    expect(cycle.diff()).toBeUndefined()
    cycle.undo(original)

    expect(read(b, 'fstab')).toBe(text)
    expect(read(b, 'calls')).toContain('swapon -- /swap.img')
  })

  test('is put back by undo and nothing else, when others changed fstab since', () => {
    const b = machine()
    writeFileSync(join(b.root, 'fstab'), `old\n${LINE}\n`)
    const cycle = lifecycle(b, swapOffKind, resource(b, FSTAB))

    const original = cycle.apply()
    writeFileSync(join(b.root, 'fstab'), `new\n${FSTAB_NOTE}${LINE}\nmore\n`)
    cycle.undo(original)

    expect(read(b, 'fstab')).toBe(`new\n${LINE}\nmore\n`)
  })

  test('comes back byte for byte, whatever stands around it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('UUID=1 / ext4 x 0 1', '', '# *) a note', '\\040 $x `y`', LINE), {maxLength: 5}),
        fc.boolean(),
        (lines, ended) => {
          const b = machine()
          const text = [...lines, LINE].join('\n') + (ended ? '\n' : '')
          writeFileSync(join(b.root, 'fstab'), text)
          const cycle = lifecycle(b, swapOffKind, resource(b, FSTAB))

          const original = cycle.apply()
          expect(read(b, 'fstab')).not.toMatch(/^\/swap/m)
          expect(cycle.diff()).toBeUndefined()
          cycle.undo(original)

          expect(read(b, 'fstab')).toBe(text)
        },
      ),
      {numRuns: 5},
    )
  })

  test('of a partition whose GPT type systemd would follow next is not the last word: that unit is masked before it is there', () => {
    const b = machine()
    const line = 'UUID=1-2 none swap sw 0 0'
    writeFileSync(join(b.root, 'fstab'), `${line}\n`)
    turnOn(b, '/dev/vda2')
    const cycle = lifecycle(
      b,
      swapOffKind,
      resource(b, {kind: 'fstab', device: 'UUID=1-2', path: '/dev/vda2', active: true, line, unit: 'dev-vda2.swap'}),
    )

    expect(cycle.diff()).toBe('/dev/vda2 is in use, fstab enables it at boot, dev-vda2.swap can enable it')
    const original = cycle.apply()
    expect(cycle.diff()).toBeUndefined()
    cycle.undo(original)

    expect(cycle.look()).toEqual(original)
  })

  test('and another one come back when both are undone, the last first', () => {
    const b = machine()
    const other = '/more none swap sw 0 0'
    const text = `${LINE}\n${other}`
    writeFileSync(join(b.root, 'fstab'), text)
    const first = lifecycle(b, swapOffKind, resource(b, FSTAB))
    const second = lifecycle(
      {...b, keep: b.root},
      swapOffKind,
      resource(b, {kind: 'fstab', ...area('/more'), line: other}),
    )

    const firstFound = first.apply()
    b.run(`mv ${b.keep}/original ${b.root}/first`)
    const secondFound = second.apply()
    second.undo(secondFound)
    b.run(`mv ${b.root}/first ${b.keep}/original`)
    first.undo(firstFound)

    expect(read(b, 'fstab')).toBe(text)
  })
})

describe('what else turns swap on', () => {
  test.each<[string, SwapSource, string]>([
    ['a packaged unit', {kind: 'unit', unit: 'data-swapfile.swap', ...area('/data/swapfile')}, 'data-swapfile.swap'],
    ['a GPT partition', {kind: 'gpt', unit: 'dev-sda3.swap', ...area('/dev/sda3')}, 'dev-sda3.swap'],
    ['zram', {kind: 'zram', ...area('/dev/zram0')}, 'systemd-zram-setup@zram0.service'],
    ['something unknown', {kind: 'unknown', ...area('/dev/dm-1')}, 'dev-dm\\x2d1.swap'],
  ])('is masked so that no boot turns it on, and unmasked by undo: %s', (_, source, unit) => {
    const b = machine()
    hasUnit(b, unit)
    turnOn(b, source.path)
    const cycle = lifecycle(b, swapOffKind, resource(b, source))

    expect(cycle.diff()).toBe(`${source.path} is in use, ${unit} can enable it`)
    const original = cycle.apply()
    expect(cycle.diff()).toBeUndefined()
    expect(cycle.look().units.filter(({exists}) => exists)).toEqual([
      {name: unit, exists: true, active: false, off: true, own: false},
    ])
    cycle.undo(original)

    expect(cycle.look()).toEqual(original)
  })

  test('is kept from starting by a drop-in where the unit file is the administrator’s own, which stays as it is', () => {
    const b = machine()
    const unit = 'data-my\\x20swap.swap'
    writeFileSync(join(b.root, 'units', unit), '[Swap]\nWhat=/data/my swap\n')
    hasUnit(b, unit)
    turnOn(b, '/data/my\\040swap')
    const cycle = lifecycle(b, swapOffKind, resource(b, {kind: 'unit', unit, ...area('/data/my swap')}))

    const original = cycle.apply()

    expect(cycle.diff()).toBe('/data/my swap is in use')
    expect(read(b, 'calls')).toContain('swapoff -- /data/my swap')
    expect(read(b, `units/${unit}.d/kadm-swap-off.conf`)).toMatch(/\[Unit\]\nConditionPathExists=!\/\n$/)
    cycle.undo(original)
    expect(existsSync(join(b.root, 'units', `${unit}.d`))).toBe(false)
    expect(read(b, `units/${unit}`)).toBe('[Swap]\nWhat=/data/my swap\n')
  })

  test('that was masked before is left masked by undo', () => {
    const b = machine()
    symlinkSync('/dev/null', join(b.root, 'units', 'dev-sda3.swap'))
    turnOn(b, '/dev/sda3')
    const cycle = lifecycle(b, swapOffKind, resource(b, {kind: 'gpt', unit: 'dev-sda3.swap', ...area('/dev/sda3')}))

    cycle.undo(cycle.apply())

    expect(cycle.look()).toMatchObject({active: true, units: [{off: true}]})
  })
})

test('nothing is touched when more of it is in use than there is free memory', () => {
  const b = machine()
  writeFileSync(join(b.root, 'fstab'), `${LINE}\n`)
  turnOn(b, '/swap.img', 1000)
  const cycle = lifecycle(b, swapOffKind, resource(b, FSTAB))

  expect(() => cycle.apply()).toThrow('more of the swap /swap.img is in use than there is free memory')
  expect(read(b, 'fstab')).toBe(`${LINE}\n`)

  free(b, 1001)
  cycle.apply()
  expect(cycle.diff()).toBeUndefined()
})

test.each([
  ['/swap.img', 'swap.img.swap'],
  ['/dev/disk/by-uuid/1-2', 'dev-disk-by\\x2duuid-1\\x2d2.swap'],
  ['/.hidden/ü x', '\\x2ehidden-\\xc3\\xbc\\x20x.swap'],
])('%s is %s to systemd', (device, unit) => {
  expect(swapUnit(device)).toBe(unit)
})
