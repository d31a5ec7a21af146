import {timeTaken} from '../domain/duration.ts'

/** A machine whose identity was repaired, and what you need to know about it. */
export interface RepairedLine {
  readonly host: string
  readonly machineId: string
  readonly hostKeys: readonly {readonly type: string; readonly fingerprint: string}[]
  readonly bootMs: number
  readonly before: {readonly address: string}
  readonly now: {readonly address: string}
  readonly staleLines: readonly string[]
}

/** The result for each clone. */
export const renderRepaired = (repaired: readonly RepairedLine[]): string =>
  repaired
    .flatMap(({host, machineId, hostKeys, bootMs, before, now, staleLines}) => [
      `${host}: has a new identity: machine-id ${machineId}, ${hostKeys.map(key => `${key.type} ${key.fingerprint}`).join(', ')}`,
      `${host}: rebooted in ${timeTaken(bootMs)}${before.address === now.address ? '' : `, at ${now.address} (was ${before.address})`}`,
      ...staleLines.map(place => `${host}: ${place} still trusts the old host key; remove the host from that line`),
    ])
    .join('\n')
