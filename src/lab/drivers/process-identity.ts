import {readFile} from 'node:fs/promises'

/** One process for sure: a pid alone may have been given to another since. */
export interface ProcessIdentity {
  readonly pid: number
  /** Clock ticks since boot at which it started (field 22 of /proc/PID/stat). */
  readonly startTicks: string
  readonly bootId: string
}

/** Field 22; the command (field 2) may hold spaces and brackets, so counting begins after its last bracket. */
export const startTicksOf = (stat: string): string | undefined =>
  stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .at(19)

/** Undefined when there is no such process, or only what is left of a dead one. */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => undefined)
  if (stat === undefined || stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')) return undefined
  const startTicks = startTicksOf(stat)
  const bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
  return startTicks === undefined ? undefined : {pid, startTicks, bootId}
}

/** Whether this very process still runs. */
export async function isRunning(identity: ProcessIdentity): Promise<boolean> {
  const now = await identify(identity.pid)
  return now !== undefined && now.startTicks === identity.startTicks && now.bootId === identity.bootId
}

/** Reads what `formatIdentity` wrote; undefined for a half-written file. */
export function parseIdentity(text: string): ProcessIdentity | undefined {
  const [pid, startTicks, bootId] = text.trim().split(' ')
  if (pid === undefined || startTicks === undefined || bootId === undefined || !/^\d+$/.test(pid)) return undefined
  return {pid: Number(pid), startTicks, bootId}
}

export const formatIdentity = (identity: ProcessIdentity): string =>
  `${String(identity.pid)} ${identity.startTicks} ${identity.bootId}\n`
