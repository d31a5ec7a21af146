import {duration} from './duration.ts'

/** A machine that was mended, and what a person has to know of it. */
export interface RepairedLine {
  readonly host: string
  readonly machineId: string
  readonly hostKeys: readonly {readonly type: string; readonly fingerprint: string}[]
  readonly bootMs: number
  readonly before: {readonly address: string}
  readonly now: {readonly address: string}
  readonly staleLines: readonly string[]
}

/** What became of each clone. */
export const renderRepaired = (repaired: readonly RepairedLine[]): string =>
  repaired
    .flatMap(({host, machineId, hostKeys, bootMs, before, now, staleLines}) => [
      `${host}: is a machine of its own: machine-id ${machineId}, ${hostKeys.map(key => `${key.type} ${key.fingerprint}`).join(', ')}`,
      `${host}: up again after ${duration(bootMs)}${before.address === now.address ? '' : `, at ${now.address} (was ${before.address})`}`,
      ...staleLines.map(place => `${host}: ${place} still believes its old key; take its name out of that line`),
    ])
    .join('\n')
