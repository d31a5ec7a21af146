import {describe, expect, test} from 'vitest'
import {swapSection} from '../../src/facts/gather/swap.ts'

const read = (given: Readonly<Record<string, string>>, isContainer = false) =>
  swapSection.parse(
    Object.entries(given)
      .map(([name, text]) => `#part ${name}\n${text}\n`)
      .join(''),
  )(isContainer)
const sources = (...args: Parameters<typeof read>) => read(...args).swap
const area = (path: string, active = true) => ({device: path, path, active})

describe('swap', () => {
  test("of Ubuntu's file is the line in fstab, and its generated unit is not reported twice", () => {
    const line = '/swap.img\tnone\tswap\tsw\t0\t0'

    expect(
      sources({
        active: '/swap.img                               file\t\t4194300\t\t0\t\t-2',
        fstab: line,
        units:
          'What=/swap.img\nId=swap.img.swap\nActiveState=active\nSourcePath=/etc/fstab\nFragmentPath=/run/systemd/generator/swap.img.swap',
      }),
    ).toEqual([{kind: 'fstab', ...area('/swap.img'), line}])
  })

  test('by UUID is active when its link points at an active device', () => {
    const line = 'UUID=12-34 none swap sw 0 0'
    const given = {fstab: line, links: '/dev/disk/by-uuid/12-34 ../../sda5\n/dev/mapper/vg-swap ../dm-1'}

    expect(sources({...given, active: '/dev/sda5 partition 1 0 -2'})).toEqual([
      {kind: 'fstab', device: 'UUID=12-34', path: '/dev/sda5', line, active: true},
    ])
    expect(sources(given)).toEqual([{kind: 'fstab', device: 'UUID=12-34', path: '/dev/sda5', line, active: false}])
    expect(
      sources({...given, fstab: '/dev/mapper/vg-swap none swap sw 0 0', active: '/dev/dm-1 partition 1 0 -2'}),
    ).toMatchObject([{kind: 'fstab', path: '/dev/dm-1', active: true}])
  })

  test('that fstab names but never turns on by itself is none, unless it is on', () => {
    const fstab = '/swap.img none swap noauto,pri=5 0 0'

    expect(sources({fstab})).toEqual([])
    expect(sources({fstab, active: '/swap.img file 1 0 5'})).toMatchObject([{kind: 'fstab', active: true}])
  })

  test('of a partition in fstab will be of its GPT type when the line is gone, and so will another that fstab kept still', () => {
    const line = '/dev/vda2 none swap sw 0 0'
    const gpt = '/dev/vda2 0657fd6d-a4ab-43c4-84e5-0933c84b4f4f\n/dev/vda3 0657fd6d-a4ab-43c4-84e5-0933c84b4f4f'

    expect(sources({fstab: line, gpt, active: '/dev/vda2 partition 1 0 -2'})).toEqual([
      {kind: 'fstab', ...area('/dev/vda2'), line, unit: 'dev-vda2.swap'},
      {kind: 'gpt', ...area('/dev/vda3', false), unit: 'dev-vda3.swap'},
    ])
    expect(sources({gpt}, true)).toEqual([])
  })

  test('of a unit, of GPT and of zram are distinguished', () => {
    const units = [
      'What=/dev/sda3\nId=dev-sda3.swap\nActiveState=active\nSourcePath=\nFragmentPath=/run/systemd/generator.late/dev-sda3.swap',
      'What=/data/swap\nId=data-swap.swap\nActiveState=active\nSourcePath=\nFragmentPath=/etc/systemd/system/data-swap.swap',
      'What=/dev/zram0\nId=dev-zram0.swap\nActiveState=active\nSourcePath=/etc/systemd/zram-generator.conf\nFragmentPath=/run/systemd/generator/dev-zram0.swap',
    ]
    const active = '/dev/sda3 partition 1 0 -2\n/data/swap file 1 0 -3\n/dev/zram0 partition 1 0 100'

    expect(sources({active, units: units.join('\n\n'), generator: 'zram0'})).toEqual([
      {kind: 'zram', ...area('/dev/zram0'), unit: 'systemd-zram-setup@zram0.service'},
      {kind: 'gpt', ...area('/dev/sda3'), unit: 'dev-sda3.swap'},
      {kind: 'unit', unit: 'data-swap.swap', ...area('/data/swap')},
    ])
  })

  test('of services that make it and of unit files that are not loaded are found before they are on', () => {
    const services =
      'Id=zramswap.service\nLoadState=loaded\nActiveState=inactive\nUnitFileState=enabled\n\nId=dphys-swapfile.service\nLoadState=not-found\nActiveState=inactive\nUnitFileState='
    const files = '/etc/systemd/system/data-swap.swap /data/swap\n/etc/systemd/system/my-swap.service /srv/swap'

    expect(sources({services, files})).toEqual([
      {kind: 'zram', ...area('/dev/zram0', false), unit: 'zramswap.service'},
      {kind: 'unit', unit: 'data-swap.swap', ...area('/data/swap', false)},
      {kind: 'unit', unit: 'my-swap.service', ...area('/srv/swap', false)},
    ])
  })

  test('of a unit file is found by its whole name and path, however systemd writes them', () => {
    const files = String.raw`/etc/systemd/system/data-my\x20swap.swap /data/my swap`
    const unit = String.raw`data-my\x20swap.swap`

    expect(sources({files})).toEqual([{kind: 'unit', unit, ...area('/data/my swap', false)}])
    expect(sources({files, off: unit})).toEqual([])
  })

  test('that is masked or kept from starting, and is off, is not a source any more', () => {
    const given = {
      files: '/etc/systemd/system/data-swap.swap /data/swap',
      generator: 'zram0',
      gpt: '/dev/vda2 0657fd6d-a4ab-43c4-84e5-0933c84b4f4f',
      off: 'systemd-zram-setup@zram0.service\ndev-vda2.swap\ndata-swap.swap',
    }

    expect(sources(given)).toEqual([])
    expect(sources({...given, active: '/dev/vda2 partition 1 0 -2'})).toEqual([
      {kind: 'gpt', ...area('/dev/vda2'), unit: 'dev-vda2.swap'},
    ])
  })

  test('that nothing claims is unknown, and in a container it is the one outside', () => {
    const active = '/swap\\040file file 1000 8 -2'

    expect(read({active})).toEqual({swap: [{kind: 'unknown', ...area('/swap file')}], swapUsedBytes: 8192})
    expect(read({active}, true)).toEqual({swap: [{kind: 'outside', ...area('/swap file')}], swapUsedBytes: 0})
  })
})
