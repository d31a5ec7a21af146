import {KadmError} from '../../domain/errors.ts'

const UNITS: Readonly<Record<string, number>> = {s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000}

/** `30m`, `24h`, `1h30m`; undefined for `0`, which is for ever. */
export function parseTtl(text: string): number | undefined {
  if (text === '0' || text === '0s') return undefined
  const parts = /^(?:\d+[smhd])+$/.test(text) ? [...text.matchAll(/(\d+)([smhd])/g)] : []
  if (parts.length === 0)
    throw new KadmError('usage', `--ttl: '${text}' is no time`, {hint: 'write it as 30m, 24h or 1h30m, or 0 for ever'})
  return parts.reduce((sum, [, count = '0', unit = 's']) => sum + Number(count) * (UNITS[unit] ?? 0), 0)
}
