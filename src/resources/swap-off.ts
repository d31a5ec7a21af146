import type {SwapSource} from '../domain/facts.ts'
import {join, type Script, sh} from '../remote/shell.ts'
import {besides} from './host-path.ts'
import type {Kind, ResourceBase} from './kind.ts'
import {keepCopy} from './put.ts'

/** Swap that is off and stays off, because what turns it on at boot is off: each source by its own kind. */
export interface SwapOffResource extends ResourceBase {
  readonly kind: 'swap-off'
  readonly sources: readonly SwapSource[]
  readonly fstab: string
  readonly swaps: string
}

export interface SwapFound {
  /** Devices in use, without those of the kernel around a container. */
  readonly active: readonly string[]
  /** Lines of fstab that are still in force. */
  readonly lines: readonly string[]
  readonly units: readonly SwapUnit[]
}

interface SwapUnit {
  readonly name: string
  readonly active: boolean
  readonly masked: boolean
  readonly exists: boolean
}

export const swapOff = (spec: {
  readonly sources: readonly SwapSource[]
  readonly why: string
  readonly fstab?: string
  readonly swaps?: string
}): SwapOffResource => ({
  kind: 'swap-off',
  id: 'swap-off',
  why: spec.why,
  sources: spec.sources,
  fstab: spec.fstab ?? '/etc/fstab',
  swaps: spec.swaps ?? '/proc/swaps',
})

/** Begins a line of fstab that was turned off, with the line itself behind it. */
export const FSTAB_NOTE = '# swap is off for Kubernetes (kadm): '

/** What systemd calls the swap unit of a device or file (systemd-escape --path --suffix=swap). */
export const swapUnit = (device: string): string =>
  `${device
    .replace(/^\/+/, '')
    .split('/')
    .map((part, i) => escaped(part, i === 0))
    .join('-')}.swap`

const escaped = (part: string, isFirst: boolean): string =>
  [...Buffer.from(part)]
    .map((byte, i) => {
      const char = String.fromCharCode(byte)
      const plain = /[A-Za-z0-9:_.]/.test(char) && !(char === '.' && i === 0 && isFirst)
      return plain ? char : `\\x${byte.toString(16).padStart(2, '0')}`
    })
    .join('')

/** Masking outdoes every generator, since /etc comes before /run/systemd/generator; a line of fstab needs no mask. */
function unitsOf(source: SwapSource): readonly string[] {
  switch (source.kind) {
    case 'unit':
      return [source.unit]
    case 'zram': {
      const name = source.device.split('/').at(-1) ?? source.device
      const known = [
        `systemd-zram-setup@${name}.service`,
        'zramswap.service',
        'zram-config.service',
        swapUnit(source.device),
      ]
      return source.unit === undefined || known.includes(source.unit) ? known : [source.unit, ...known]
    }
    case 'gpt':
      return [source.unit ?? swapUnit(source.device)]
    case 'unknown':
      return source.device.startsWith('/') ? [swapUnit(source.device)] : []
    case 'fstab':
    case 'outside':
      return []
  }
}

const allUnits = (sources: readonly SwapSource[]): readonly string[] => [...new Set(sources.flatMap(unitsOf))]
const linesOf = (sources: readonly SwapSource[]): readonly string[] =>
  sources.flatMap(source => (source.kind === 'fstab' ? [source.line] : []))

export const swapOffKind: Kind<SwapOffResource, SwapFound> = {
  look: ({
    sources,
    fstab,
    swaps,
  }) => sh`sed 1d <${swaps} 2>/dev/null | while read -r kadm_device kadm_rest; do printf 'swap %s\n' "$kadm_device"; done
${join(linesOf(sources).map((line, i) => sh`if grep -qsxF -e ${line} -- ${fstab}; then echo ${`line ${i}`}; fi`))}
for kadm_unit in ${allUnits(sources)}; do
printf 'unit %s %s\n' "$kadm_unit" "$(systemctl show -p LoadState -p ActiveState -p UnitFileState -- "$kadm_unit" | tr '\n' ' ')"
done`,
  parse: (output, {sources}) => {
    const rows = output.split('\n').map(line => line.split(' '))
    const outside = new Set(sources.flatMap(({kind, device}) => (kind === 'outside' ? [device] : [])))
    const lines = linesOf(sources)
    return {
      active: rows.flatMap(([word, device]) => (word === 'swap' && device && !outside.has(device) ? [device] : [])),
      lines: rows.flatMap(([word, i]) => (word === 'line' ? lines.slice(Number(i), Number(i) + 1) : [])),
      units: rows.flatMap(([word, name, ...properties]) =>
        word === 'unit' && name ? [swapUnitState(name, properties)] : [],
      ),
    }
  },
  diff: (_, {active, lines, units}) => {
    const atBoot = units.filter(({masked, exists}) => exists && !masked).map(({name}) => name)
    const parts = [
      ...(active.length === 0 ? [] : [`${active.join(', ')} in use`]),
      ...(lines.length === 0 ? [] : ['fstab turns it on at boot']),
      ...(atBoot.length === 0 ? [] : [`${atBoot.join(', ')} can turn it on`]),
    ]
    return parts.length === 0 ? undefined : parts.join(', ')
  },
  detail: (_, {lines}) => lines.map(line => `-${line}\n+${FSTAB_NOTE}${line}`).join('\n') || undefined,
  act: ({fstab, swaps}, {active, lines, units}) => {
    const toMask = units.filter(({exists, masked}) => exists && !masked).map(({name}) => name)
    return join([
      ...(lines.length === 0
        ? []
        : [
            rewriteLines(
              fstab,
              lines.map(line => ({from: line, to: FSTAB_NOTE + line})),
            ),
            place(fstab),
          ]),
      sh`if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi`,
      ...toMask.map(
        name => sh`systemctl --quiet mask -- ${name}
systemctl stop -- ${name} || :`,
      ),
      ...active.map(
        device => sh`if grep -qsF -e ${`${device} `} -e ${`${device}	`} ${swaps}; then swapoff -- ${device}; fi`,
      ),
    ])
  },
  keep: ({fstab}, {lines}) => (lines.length === 0 ? sh`:` : keepCopy(fstab)),
  undo: ({fstab, swaps}, {active, lines, units}) => {
    const masked = units.filter(unit => unit.exists && !unit.masked)
    return join([
      ...(lines.length === 0
        ? []
        : [
            rewriteLines(
              fstab,
              lines.map(line => ({from: FSTAB_NOTE + line, to: line})),
            ),
            // Byte for byte, a missing newline at the end too, when nobody else changed it.
            sh`if [ "$(cat "$kadm_new")" = "$(cat "$KEEP"/original)" ]; then cp -a -- "$KEEP"/original "$kadm_new"; fi`,
            place(fstab),
          ]),
      ...masked.map(({name}) => sh`systemctl --quiet unmask -- ${name}`),
      sh`if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi`,
      ...masked.filter(unit => unit.active).map(({name}) => sh`systemctl start -- ${name} || :`),
      ...active.map(
        device =>
          sh`grep -qsF -e ${`${device} `} -e ${`${device}	`} ${swaps} || swapon -- ${device} || printf '%s could not be turned on again\n' ${device} >&2`,
      ),
      sh`:`,
    ])
  },
}

function swapUnitState(name: string, properties: readonly string[]): SwapUnit {
  const has = (property: string): boolean => properties.includes(property)
  return {
    name,
    exists: !has('LoadState=not-found'),
    active: has('ActiveState=active'),
    masked: has('LoadState=masked') || has('UnitFileState=masked'),
  }
}

interface Rewrite {
  readonly from: string
  readonly to: string
}

/** Fills "$kadm_new" with the file, whole lines replaced. */
const rewriteLines = (path: string, rewrites: readonly Rewrite[]): Script => sh`kadm_new=${besides(path)}
rm -f -- "$kadm_new"
cp -a -- ${path} "$kadm_new"
while IFS= read -r kadm_line || [ -n "$kadm_line" ]; do
case $kadm_line in
${join(rewrites.map(({from, to}) => sh`${literal(from)}) kadm_line=${literal(to)};;`))}
esac
printf '%s\n' "$kadm_line"
done <${path} >"$kadm_new"`

/** Always in quotes, so that a pattern is taken literally. */
const literal = (text: string): Script => sh`"$(printf %s ${Buffer.from(text).toString('base64')} | base64 -d)"`

const place = (path: string): Script => sh`sync -- "$kadm_new"
mv -fT -- "$kadm_new" ${path}`
