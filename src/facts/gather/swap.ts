import {program} from '../../remote/shell/program.ts'
import type {Facts, SwapSource} from '../../domain/facts.ts'
import {octalUnescaped, SWAP_OFF_DROP_IN, swapUnit, tagPath} from '../swap-unit.ts'
import {assigned, linesOf, wholeNumber, wordsOf, type Section} from '../section.ts'

/** Who else turns swap on at boot: units that are not of type swap. */
const SWAP_SERVICES = [
  'zramswap.service',
  'zram-config.service',
  'armbian-zram-config.service',
  'dphys-swapfile.service',
]

/** Of a partition that systemd-gpt-auto-generator turns on where fstab names no swap (Discoverable Partitions Specification). */
const GPT_SWAP_TYPE = '0657fd6d-a4ab-43c4-84e5-0933c84b4f4f'

const UNITS = '/etc/systemd/system'

type Part = 'active' | 'fstab' | 'links' | 'gpt' | 'units' | 'files' | 'services' | 'generator' | 'off'

export const swapSection: Section<(isContainer: boolean) => Pick<Facts, 'swap' | 'swapUsedBytes'>> = {
  name: 'swap',
  script: program('facts-swap', {
    gpt_swap_type: GPT_SWAP_TYPE,
    swap_services: SWAP_SERVICES,
    units: UNITS,
    swap_off_drop_in: SWAP_OFF_DROP_IN,
  }),
  parse: text => isContainer => {
    const parts = split(text)
    return {swap: sources(parts, isContainer), swapUsedBytes: isContainer ? 0 : usedBytes(parts)}
  },
}

type Parts = (part: Part) => string

function split(text: string): Parts {
  const blocks = text.split('#part ').slice(1)
  return part => blocks.find(block => block.startsWith(`${part}\n`))?.slice(part.length + 1) ?? ''
}

const usedBytes = (parts: Parts): number =>
  linesOf(parts('active')).reduce((sum, line) => sum + wholeNumber(wordsOf(line)[3]) * 1024, 0)

/** How devices are named and which are on. */
interface Areas {
  readonly resolve: (device: string) => string
  readonly isActive: (device: string) => boolean
}

/** Joins what is on with what would turn it on; an active area that nothing claims is `unknown`. */
function sources(parts: Parts, isContainer: boolean): readonly SwapSource[] {
  const links = linkTargets(parts('links'))
  const resolve = (device: string): string => links.get(tagPath(device)) ?? tagPath(device)
  const devices = linesOf(parts('active')).map(line =>
    octalUnescaped(wordsOf(line)[0] ?? '').replace(/ \(deleted\)$/, ''),
  )
  // Swap is the kernel's: what a container sees on belongs to the machine around it.
  const active = new Set(isContainer ? [] : devices)
  const areas = {resolve, isActive: (device: string): boolean => active.has(resolve(device))}

  const partitions = isContainer ? [] : linesOf(parts('gpt')).flatMap(line => wordsOf(line)[0] ?? [])
  const off = new Set(linesOf(parts('off')))
  const isLeft = (source: SwapSource): boolean =>
    source.active || source.kind === 'fstab' || !off.has(unitOf(source) ?? '')
  const found = unique(
    [
      ...fstabSources(parts, areas, partitions),
      ...serviceSources(parts, areas),
      ...generatorSources(parts, areas),
      ...unitSources(parts, areas),
      ...partitions.map(path => ({
        kind: 'gpt' as const,
        device: path,
        path,
        active: areas.isActive(path),
        unit: swapUnit(path),
      })),
    ].filter(isLeft),
  )
  const claimed = new Set(found.map(({path}) => path))
  return [
    ...found,
    ...devices
      .filter(device => !claimed.has(device))
      .map(device =>
        isContainer
          ? {kind: 'outside' as const, device, path: device, active: true}
          : {kind: isZram(device) ? ('zram' as const) : ('unknown' as const), device, path: device, active: true},
      ),
  ]
}

const unitOf = (source: SwapSource): string | undefined => ('unit' in source ? source.unit : undefined)

function fstabSources(parts: Parts, {resolve, isActive}: Areas, partitions: readonly string[]): readonly SwapSource[] {
  return linesOf(parts('fstab')).flatMap(line => {
    const [first = '', , , options = ''] = wordsOf(line)
    const device = octalUnescaped(first)
    const path = resolve(device)
    const active = isActive(device)
    if (!active && options.split(',').includes('noauto')) return []
    const unit = partitions.includes(path) ? {unit: swapUnit(path)} : {}
    return [{kind: 'fstab', device, path, line, active, ...unit}]
  })
}

function serviceSources(parts: Parts, {isActive}: Areas): readonly SwapSource[] {
  return parts('services')
    .split('\n\n')
    .flatMap((block): readonly SwapSource[] => {
      const {Id: unit = '', LoadState, UnitFileState, ActiveState} = assigned(block)
      if (LoadState !== 'loaded' || (UnitFileState !== 'enabled' && ActiveState !== 'active')) return []
      const path = unit === 'dphys-swapfile.service' ? '/var/swap' : '/dev/zram0'
      return [{kind: isZram(path) ? 'zram' : 'unit', device: path, path, active: isActive(path), unit}]
    })
}

const generatorSources = (parts: Parts, {isActive}: Areas): readonly SwapSource[] =>
  linesOf(parts('generator')).map(name => {
    const path = `/dev/${name}`
    return {kind: 'zram', device: path, path, active: isActive(path), unit: `systemd-zram-setup@${name}.service`}
  })

/** Units that systemd has loaded, then unit files that lie there for the next boot. */
function unitSources(parts: Parts, {resolve, isActive}: Areas): readonly SwapSource[] {
  const loaded = parts('units')
    .split('\n\n')
    .flatMap((block): readonly SwapSource[] => {
      const {Id: unit = '', What: device = '', FragmentPath: file = '', SourcePath: origin = ''} = assigned(block)
      if (device === '' || file === '' || origin === '/etc/fstab') return []
      const area = {device, path: resolve(device), active: isActive(device)}
      if (isZram(area.path)) return [{kind: 'zram', ...area, unit}]
      return [{kind: file.startsWith('/run/systemd/generator') ? 'gpt' : 'unit', ...area, unit}]
    })
  const files = linesOf(parts('files')).map((line): SwapSource => {
    const [file = ''] = wordsOf(line)
    const device = line.slice(file.length).trim()
    const area = {device, path: resolve(device), active: isActive(device)}
    return {kind: isZram(area.path) ? 'zram' : 'unit', ...area, unit: file.slice(file.lastIndexOf('/') + 1)}
  })
  return [...loaded, ...files]
}

const isZram = (device: string): boolean => /^\/dev\/zram\d+$/.test(device)

/** The first word stands about a zram device, which a service makes before a unit switches it on; else a file and a unit both count. */
const unique = (found: readonly SwapSource[]): readonly SwapSource[] =>
  found.filter((source, i) => found.findIndex(other => keyOf(other) === keyOf(source)) === i)

const keyOf = (source: SwapSource): string =>
  source.kind === 'zram' ? source.path : `${source.path} ${unitOf(source) ?? ''}`

function linkTargets(text: string): ReadonlyMap<string, string> {
  return new Map(
    linesOf(text).map(line => {
      const [path = '', target = ''] = wordsOf(line)
      const folder = path.slice(0, path.lastIndexOf('/'))
      return [path, target.startsWith('/') ? target : normalise(`${folder}/${target}`)]
    }),
  )
}

const normalise = (path: string): string =>
  path
    .split('/')
    .reduce(
      (done, part) =>
        part === '..' ? done.slice(0, done.lastIndexOf('/')) : part === '' || part === '.' ? done : `${done}/${part}`,
      '',
    )
