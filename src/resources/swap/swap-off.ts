import {posix} from 'node:path'
import type {SwapSource} from '../../domain/facts.ts'
import {concat, type Script, sh} from '../../remote/shell/shell.ts'
import {rewriteLines} from './fstab-lines.ts'
import {temporaryPath} from '../files/host-path.ts'
import type {Kind, ResourceBase} from '../core/kind.ts'
import {fail, backUpFile, makeParents} from '../files/write-file.ts'
import {octalEscaped, SWAP_OFF_DROP_IN, swapUnit, tagPath} from '../../facts/swap-unit.ts'

/** One area of swap that is off and stays off, because what turns it on at boot is off. */
export interface SwapOffResource extends ResourceBase {
  readonly kind: 'swap-off'
  readonly source: SwapSource
  readonly places: SwapPlaces
}

interface SwapPlaces {
  readonly fstab: string
  readonly swaps: string
  readonly meminfo: string
  readonly units: string
}

const PLACES: SwapPlaces = {
  fstab: '/etc/fstab',
  swaps: '/proc/swaps',
  meminfo: '/proc/meminfo',
  units: '/etc/systemd/system',
}

export interface SwapFound {
  readonly active: boolean
  /** Whether its line of fstab is in force. */
  readonly line: boolean
  readonly units: readonly SwapUnit[]
  /** What was turned off, and how; in the ledger only. */
  readonly turnedOff?: TurnedOff | undefined
}

export interface TurnedOff {
  /** The line of fstab as it was, and as it is now. */
  readonly line: {readonly from: string; readonly to: string} | undefined
  readonly masked: readonly string[]
  /** Paths of drop-ins in folders that were made for them. */
  readonly dropIns: readonly string[]
  /** Units to start again. */
  readonly starts: readonly string[]
}

interface SwapUnit {
  readonly name: string
  readonly exists: boolean
  readonly active: boolean
  /** Masked, or kept from starting by our drop-in. */
  readonly off: boolean
  /** Its file is the administrator's own, which a mask cannot stand over. */
  readonly own: boolean
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

/** Begins a line of fstab that was turned off, with the line itself behind it. */
export const FSTAB_NOTE = '# swap is off for Kubernetes (kadm): '

const DROP_IN = '# Swap is off for Kubernetes (kadm); kadm reset takes this away.\n[Unit]\nConditionPathExists=!/\n'

/** What must not start any more. Masking outdoes every generator, since /etc comes before /run/systemd/generator. */
function unitsOf(source: SwapSource): readonly string[] {
  switch (source.kind) {
    case 'fstab':
      return source.unit === undefined ? [] : [source.unit]
    case 'unit':
    case 'gpt':
      return [source.unit]
    case 'zram': {
      const known = [
        `systemd-zram-setup@${source.path.split('/').at(-1) ?? ''}.service`,
        'zramswap.service',
        'zram-config.service',
        swapUnit(source.path),
      ]
      return source.unit === undefined || known.includes(source.unit) ? known : [source.unit, ...known]
    }
    case 'unknown':
      return source.path.startsWith('/') ? [swapUnit(source.path)] : []
    case 'outside':
      return []
  }
}

/** Those that a generator makes only once the line of fstab is gone, or at the next boot, are masked before they are there. */
const isCertain = (source: SwapSource): boolean => source.kind === 'gpt' || source.kind === 'fstab'

const toTurnOff = ({source}: SwapOffResource, {units}: SwapFound): readonly SwapUnit[] =>
  units.filter(({exists, off}) => !off && (exists || isCertain(source)))

export function turnsOff(resource: SwapOffResource, found: SwapFound): TurnedOff {
  const {source, places} = resource
  const units = toTurnOff(resource, found)
  const started = units.filter(({active}) => active).map(({name}) => name)
  return {
    line: source.kind === 'fstab' && found.line ? {from: source.line, to: FSTAB_NOTE + source.line} : undefined,
    masked: units.filter(({own}) => !own).map(({name}) => name),
    dropIns: units.filter(({own}) => own).map(({name}) => dropIn(places, name)),
    starts: !found.active ? [] : source.kind === 'fstab' ? [swapUnit(tagPath(source.device))] : started,
  }
}

const dropIn = ({units}: SwapPlaces, name: string): string => `${units}/${name}.d/${SWAP_OFF_DROP_IN}`

export const swapOffKind: Kind<SwapOffResource, SwapFound> = {
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
      ...(found.line ? ['fstab turns it on at boot'] : []),
      ...(atBoot.length === 0 ? [] : [`${atBoot.join(', ')} can turn it on`]),
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
      line === undefined ? sh`:` : rewriteLines(places.fstab, [{from: line.to, to: line.from}], '"$KEEP"/original'),
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
  // Swap that someone turned on by hand is no reason to keep the line out of fstab.
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
