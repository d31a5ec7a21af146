import {z} from 'zod'
import {posix} from 'node:path'
import type {SwapSource} from '../../domain/facts.ts'
import {concat, type Script, sh} from '../../remote/shell/shell.ts'
import {rewriteLines} from './fstab-lines.ts'
import {temporaryPath} from '../files/host-path.ts'
import type {Kind} from '../core/kind.ts'
import {fail, backUpFile, makeParents} from '../files/write-file.ts'
import {octalEscaped, SWAP_OFF_DROP_IN} from '../../facts/swap-unit.ts'
import {base, maybe, texts} from '../core/schema.ts'
import {
  FSTAB_NOTE,
  toTurnOff,
  turnsOff,
  unitsOf,
  type SwapFound,
  type SwapOffResource,
  type SwapPlaces,
  type SwapUnit,
} from './turned-off.ts'

const PLACES: SwapPlaces = {
  fstab: '/etc/fstab',
  swaps: '/proc/swaps',
  meminfo: '/proc/meminfo',
  units: '/etc/systemd/system',
}

export const swapOff = (spec: {
  readonly source: SwapSource
  readonly why: string
  readonly places?: SwapPlaces
}): SwapOffResource => ({
  kind: 'swap-off',
  id: `swap-off:${spec.source.kind === 'fstab' ? spec.source.device : (unitsOf(spec.source)[0] ?? spec.source.device)}`,
  why: spec.why,
  source: spec.source,
  places: spec.places ?? PLACES,
})

const DROP_IN = '# Swap is off for Kubernetes (kadm); kadm reset takes this away.\n[Unit]\nConditionPathExists=!/\n'

const swapUnitState = z.object({
  name: z.string(),
  exists: z.boolean(),
  active: z.boolean(),
  off: z.boolean(),
  own: z.boolean(),
})

const area = {device: z.string(), path: z.string(), active: z.boolean()}

const swapSource: z.ZodType<SwapSource> = z.discriminatedUnion('kind', [
  z.object({...area, kind: z.literal('fstab'), line: z.string(), unit: z.string().optional()}),
  z.object({...area, kind: z.literal('unit'), unit: z.string()}),
  z.object({...area, kind: z.literal('zram'), unit: z.string().optional()}),
  z.object({...area, kind: z.literal('gpt'), unit: z.string()}),
  z.object({...area, kind: z.literal('unknown')}),
  z.object({...area, kind: z.literal('outside')}),
])

export const swapOffKind: Kind<SwapOffResource, SwapFound> = {
  schema: {
    resource: z.object({
      ...base,
      kind: z.literal('swap-off'),
      source: swapSource,
      places: z.object({fstab: z.string(), swaps: z.string(), meminfo: z.string(), units: z.string()}),
    }),
    state: z.object({
      active: z.boolean(),
      line: z.boolean(),
      units: z.array(swapUnitState),
      turnedOff: z.object({
        line: maybe(z.object({from: z.string(), to: z.string()})),
        masked: texts,
        dropIns: texts,
        starts: texts,
      }),
    }),
  },
  look: ({
    source,
    places,
  }) => sh`while read -r kadm_name kadm_rest; do case $kadm_name in ${names(source.path)}) echo active;; esac; done <${places.swaps}
${source.kind === 'fstab' ? sh`if grep -qsxF -e ${source.line} -- ${places.fstab}; then echo line; fi` : sh`:`}
for kadm_unit in ${unitsOf(source)}; do
kadm_file=${places.units}/$kadm_unit
kadm_own=no; if [ -f "$kadm_file" ] && [ ! -L "$kadm_file" ]; then kadm_own=yes; fi
kadm_off=no; if [ -e "$kadm_file.d"/${SWAP_OFF_DROP_IN} ]; then kadm_off=yes; fi
if [ "$(readlink -- "$kadm_file" || :)" = /dev/null ]; then kadm_off=yes; fi
printf 'unit %s own=%s off=%s %s\n' "$kadm_unit" "$kadm_own" "$kadm_off" "$(systemctl show -p LoadState -p ActiveState -- "$kadm_unit" | tr '\n' ' ')"
done`,
  parse: output => {
    const lines = output.split('\n')
    return {
      active: lines.includes('active'),
      line: lines.includes('line'),
      units: lines
        .map(line => line.split(' '))
        .flatMap(([word, name, ...properties]) =>
          word === 'unit' && name !== undefined ? [unitState(name, properties)] : [],
        ),
    }
  },
  identity: ({active, line, units}) => ({active, line, units: units.map(({name, off}) => [name, off])}),
  diff: (resource, found) => {
    const {path} = resource.source
    const atBoot = toTurnOff(resource, found).map(({name}) => name)
    const parts = [
      ...(found.active ? [`${path} is in use`] : []),
      ...(found.line ? ['fstab enables it at boot'] : []),
      ...(atBoot.length === 0 ? [] : [`${atBoot.join(', ')} can enable it`]),
    ]
    return parts.length === 0 ? undefined : parts.join(', ')
  },
  detail: ({source}, {line}) =>
    source.kind === 'fstab' && line ? `-${source.line}\n+${FSTAB_NOTE}${source.line}` : undefined,
  act: (resource, found) => {
    const {source, places} = resource
    const {line, masked, dropIns} = turnsOff(resource, found)
    const running = toTurnOff(resource, found).filter(({active}) => active)
    return concat([
      found.active ? fits(source.path, places) : sh`:`,
      line === undefined ? sh`:` : rewriteLines(places.fstab, [line]),
      // While they are what they are: what is masked has forgotten how it is stopped.
      ...running.map(({name}) => sh`systemctl stop -- ${name} || :`),
      ...masked.map(name => sh`systemctl --quiet --no-reload mask -- ${name}`),
      ...dropIns.map(writeDropIn),
      sh`if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi`,
      whenOn(source.path, places, sh`swapoff -- ${source.path}`),
    ])
  },
  backup: ({places}, {line}) => (line ? backUpFile(places.fstab) : sh`:`),
  ledgerState: (resource, found) => ({...found, turnedOff: turnsOff(resource, found)}),
  revert: ({source, places}, {active, turnedOff}) => {
    if (turnedOff === undefined) throw new Error(`what turned the swap ${source.path} off was never recorded`)
    const {line, masked, dropIns, starts} = turnedOff
    return concat([
      line === undefined ? sh`:` : rewriteLines(places.fstab, [{from: line.to, to: line.from}], '"$BACKUP"/original'),
      ...masked.map(name => sh`systemctl --quiet --no-reload unmask -- ${name}`),
      ...dropIns.map(
        path => sh`rm -f -- ${path}
rmdir -- ${posix.dirname(path)} 2>/dev/null || :`,
      ),
      sh`if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi`,
      ...starts.map(name => sh`systemctl start -- ${name} || :`),
      active ? turnOn(source.path, places) : sh`:`,
    ])
  },
  // If a user enabled swap by hand, a reset still restores the line in fstab.
  drift: () => undefined,
}

function unitState(name: string, properties: readonly string[]): SwapUnit {
  const has = (property: string): boolean => properties.includes(property)
  return {
    name,
    exists: !has('LoadState=not-found'),
    active: has('ActiveState=active'),
    off: has('off=yes') || has('LoadState=masked'),
    own: has('own=yes'),
  }
}

/** As a pattern of `case`: how /proc/swaps writes the path, also of a file that was removed since. */
const names = (path: string): Script => sh`${octalEscaped(path)}|${octalEscaped(`${path} (deleted)`)}`

const whenOn = (path: string, {swaps}: SwapPlaces, then: Script): Script => sh`while read -r kadm_name kadm_rest; do
case $kadm_name in ${names(path)}) ${then};; esac
done <${swaps}`

/** The kernel would kill programs to make room; better to do nothing. */
const fits = (path: string, places: SwapPlaces): Script => sh`kadm_free=0
while read -r kadm_key kadm_value kadm_rest; do case $kadm_key in MemAvailable:) kadm_free=$kadm_value;; esac; done <${places.meminfo}
while read -r kadm_name kadm_type kadm_size kadm_used kadm_rest; do
case $kadm_name in ${names(path)}) if [ "$kadm_used" -ge "$kadm_free" ]; then
${fail(`more of the swap ${path} is in use than there is free memory: stop what uses memory, and run it again`)}; fi;; esac
done <${places.swaps}`

const writeDropIn = (path: string): Script => sh`${makeParents(path)}
printf %s ${DROP_IN} >${temporaryPath(path)}
mv -fT -- ${temporaryPath(path)} ${path}`

const turnOn = (path: string, places: SwapPlaces): Script => sh`kadm_on=no
${whenOn(path, places, sh`kadm_on=yes`)}
if [ "$kadm_on" = no ]; then swapon -- ${path} || printf '%s could not be turned on again\n' ${path} >&2; fi`
