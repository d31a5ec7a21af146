import type {SwapSource} from '../../domain/facts.ts'
import {sh} from '../../remote/shell.ts'
import {assigned, linesOf, wordsOf, type Section} from './section.ts'

/** Who else turns swap on at boot: units that are not of type swap. */
const SWAP_SERVICES = [
  'zramswap.service',
  'zram-config.service',
  'armbian-zram-config.service',
  'dphys-swapfile.service',
]

type Part = 'active' | 'fstab' | 'links' | 'units' | 'files' | 'services' | 'generator'

export const swapSection: Section<(isContainer: boolean) => readonly SwapSource[]> = {
  name: 'swap',
  script: sh`echo '#part active'; tail -n +2 /proc/swaps
echo '#part fstab'; awk '!/^[[:space:]]*#/ && $3 == "swap"' /etc/fstab
echo '#part links'; find /dev/disk /dev/mapper -type l -printf '%p %l\n'
if [ -d /run/systemd/system ]; then
  echo '#part units'; timeout 5 systemctl show -p Id -p What -p ActiveState -p SourcePath -p FragmentPath '*.swap'
  echo '#part services'; timeout 5 systemctl show -p Id -p LoadState -p UnitFileState -p ActiveState ${SWAP_SERVICES}
fi
echo '#part files'
for file in /etc/systemd/system/*.swap; do
  [ -f "$file" ] && [ ! -L "$file" ] && sed -n "s|^What=|$file |p" "$file"
done
echo '#part generator'
for file in /etc/systemd/zram-generator.conf /etc/systemd/zram-generator.conf.d/*.conf /usr/lib/systemd/zram-generator.conf; do
  [ -s "$file" ] && grep -o '^\[zram[0-9]*\]' "$file" | tr -d '[]'
done`,
  parse: text => isContainer => sources(split(text), isContainer),
}

type Parts = (part: Part) => string

function split(text: string): Parts {
  const blocks = text.split('#part ').slice(1)
  return part => blocks.find(block => block.startsWith(`${part}\n`))?.slice(part.length + 1) ?? ''
}

/** Joins what is on with what would turn it on; an active area that nothing claims is `unknown`. */
function sources(parts: Parts, isContainer: boolean): readonly SwapSource[] {
  const links = linkTargets(parts('links'))
  const resolve = (device: string): string => links.get(tagPath(device)) ?? tagPath(device)
  const devices = linesOf(parts('active')).flatMap(line => unescape(wordsOf(line)[0] ?? ''))
  // Swap is the kernel's: what a container sees on belongs to the machine around it.
  const active = new Set(isContainer ? [] : devices)
  const isActive = (device: string): boolean => active.has(resolve(device))

  const fstab = linesOf(parts('fstab')).map(line => {
    const device = unescape(wordsOf(line)[0] ?? '')
    return {kind: 'fstab' as const, device, line, active: isActive(device)}
  })
  const claimed = new Set(fstab.map(source => resolve(source.device)))
  const units = unitSources(parts, isActive).filter(source => !claimed.has(resolve(source.device)))
  for (const source of units) claimed.add(resolve(source.device))
  const rest = devices.filter(device => !claimed.has(device))
  return [
    ...fstab,
    ...unique(units),
    ...rest.map(device =>
      isContainer
        ? {kind: 'outside' as const, device, active: true}
        : {kind: isZram(device) ? ('zram' as const) : ('unknown' as const), device, active: true},
    ),
  ]
}

function unitSources(parts: Parts, isActive: (device: string) => boolean): readonly SwapSource[] {
  const loaded = parts('units')
    .split('\n\n')
    .flatMap((block): readonly SwapSource[] => {
      const {Id: unit = '', What: device = '', FragmentPath: path = '', SourcePath: origin = ''} = assigned(block)
      if (device === '' || path === '' || origin === '/etc/fstab') return []
      const active = isActive(device)
      if (isZram(device)) return [{kind: 'zram', device, active, unit}]
      if (path.startsWith('/run/systemd/generator')) return [{kind: 'gpt', device, active, unit}]
      return [{kind: 'unit', unit, device, active}]
    })
  const files = linesOf(parts('files')).map((line): SwapSource => {
    const [path = '', device = ''] = wordsOf(line)
    return {kind: 'unit', unit: path.slice(path.lastIndexOf('/') + 1), device, active: isActive(device)}
  })
  const generator = linesOf(parts('generator')).map((name): SwapSource => {
    const device = `/dev/${name}`
    return {kind: 'zram', device, active: isActive(device), unit: `systemd-zram-setup@${name}.service`}
  })
  const services = parts('services')
    .split('\n\n')
    .flatMap((block): readonly SwapSource[] => {
      const {Id: unit = '', LoadState, UnitFileState, ActiveState} = assigned(block)
      if (LoadState !== 'loaded' || (UnitFileState !== 'enabled' && ActiveState !== 'active')) return []
      if (unit === 'dphys-swapfile.service')
        return [{kind: 'unit', unit, device: '/var/swap', active: isActive('/var/swap')}]
      return [{kind: 'zram', device: '/dev/zram0', active: isActive('/dev/zram0'), unit}]
    })
  return [...services, ...generator, ...loaded, ...files]
}

const isZram = (device: string): boolean => /^\/dev\/zram\d+$/.test(device)

/** The first word about a device stands: the service that makes a zram device before the unit that switches it on. */
const unique = (found: readonly SwapSource[]): readonly SwapSource[] =>
  found.filter((source, i) => found.findIndex(other => other.device === source.device) === i)

/** `UUID=…` and the like are links in /dev/disk. */
function tagPath(device: string): string {
  const match = /^(UUID|LABEL|PARTUUID|PARTLABEL)=(.*)$/.exec(device)
  if (match === null) return device
  return `/dev/disk/by-${(match[1] ?? '').toLowerCase()}/${(match[2] ?? '').replaceAll('"', '')}`
}

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

/** /proc/swaps and fstab write a blank as \040. */
const unescape = (field: string): string =>
  field
    .replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
    .replace(/ \(deleted\)$/, '')
