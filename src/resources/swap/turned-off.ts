import type {SwapSource} from '../../domain/facts.ts'
import {SWAP_OFF_DROP_IN, swapUnit, tagPath} from '../../facts/swap-unit.ts'
import type {ResourceBase} from '../core/kind.ts'

/** One area of swap that is off and stays off, because what turns it on at boot is off. */
export interface SwapOffResource extends ResourceBase {
  readonly kind: 'swap-off'
  readonly source: SwapSource
  readonly places: SwapPlaces
}

export interface SwapPlaces {
  readonly fstab: string
  readonly swaps: string
  readonly meminfo: string
  readonly units: string
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

export interface SwapUnit {
  readonly name: string
  readonly exists: boolean
  readonly active: boolean
  /** Masked, or kept from starting by our drop-in. */
  readonly off: boolean
  /** Its file is the administrator's own in /etc, where a mask cannot override it. */
  readonly own: boolean
}

/** Starts a line of fstab that was turned off; the original line follows. */
export const FSTAB_NOTE = '# swap is off for Kubernetes (kadm): '

/** Units that must not start any more. Masking overrides every generator, since /etc comes before /run/systemd/generator. */
export function unitsOf(source: SwapSource): readonly string[] {
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

export const toTurnOff = ({source}: SwapOffResource, {units}: SwapFound): readonly SwapUnit[] =>
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
