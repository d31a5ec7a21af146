import {parseDuration} from '../../../domain/duration.ts'
import {KadmError} from '../../../domain/errors.ts'

const milliseconds = (text: string): number | undefined => parseDuration(text, ['d', 'h', 'm', 's'])

/** `30m`, `24h`, `1h30m`; undefined for `0`, which never expires. */
export function parseTtl(text: string): number | undefined {
  if (text === '0' || text === '0s') return undefined
  return milliseconds(text) ?? refuse('--ttl', text, 'use a value such as 30m, 24h or 1h30m, or 0 for no expiry')
}

/** A time limit: `90s`, `10m`. */
export function parseLimit(text: string, flag: string): number {
  const ms = milliseconds(text) ?? 0
  return ms > 0 ? ms : refuse(flag, text, 'use a value such as 90s, 10m or 1h')
}

/** A time limit that may be 0, for none. */
export const parseLimitOrNone = (text: string, flag: string): number =>
  text === '0' ? 0 : (milliseconds(text) ?? refuse(flag, text, 'use a value such as 90s or 10m, or 0s for no limit'))

function refuse(flag: string, text: string, hint: string): never {
  throw new KadmError('usage', `invalid duration '${text}' for ${flag}`, {hint})
}
