import {link, readFile, rm, writeFile} from 'node:fs/promises'
import {dirname} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {KadmError} from '../../domain/errors.ts'
import {makeFolder} from '../../remote/local/local-files.ts'
import {formatIdentity, identify, isRunning, parseIdentity, type ProcessIdentity} from '../drivers/process-identity.ts'

export interface LockOptions {
  readonly signal?: AbortSignal | undefined
  /** Told once, when another run holds it. */
  readonly onWait?: ((holderPid: number) => void) | undefined
}

const INTERVAL_MS = 200

/** Runs `work` while no other run on this machine holds `path`; a lock whose holder died is taken over. */
export async function withLock<T>(path: string, work: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  const own = await ownIdentity()
  await makeFolder(dirname(path))
  await take(path, own, options)
  try {
    return await work()
  } finally {
    await rm(path, {force: true})
  }
}

async function ownIdentity(): Promise<string> {
  const identity = await identify(process.pid)
  if (identity === undefined) throw new KadmError('preflight', 'the lab needs Linux with /proc')
  return formatIdentity(identity)
}

async function take(path: string, own: string, options: LockOptions): Promise<void> {
  // A hard link appears whole or not at all, so nobody ever reads a half-written holder.
  const mine = `${path}.${String(process.pid)}.${Math.random().toString(36).slice(2)}`
  await writeFile(mine, own)
  try {
    let told = false
    for (;;) {
      if (await tryLink(mine, path)) return
      const holder = await holderOf(path)
      if (holder !== undefined && !(await isRunning(holder))) {
        await breakLock(path, mine, holder)
        continue
      }
      if (holder !== undefined && !told) {
        options.onWait?.(holder.pid)
        told = true
      }
      await sleep(INTERVAL_MS, undefined, {signal: options.signal})
    }
  } finally {
    await rm(mine, {force: true})
  }
}

const holderOf = async (path: string): Promise<ProcessIdentity | undefined> =>
  parseIdentity(await readFile(path, 'utf8').catch(() => ''))

/** Removes a dead holder's lock; a second lock named after the dead one keeps two waiters from removing a new holder's. */
async function breakLock(path: string, mine: string, dead: ProcessIdentity): Promise<void> {
  const breaking = `${path}.dead-${String(dead.pid)}-${dead.startTicks}`
  if (await tryLink(mine, breaking)) {
    const now = await holderOf(path)
    if (now?.pid === dead.pid && now.startTicks === dead.startTicks) await rm(path, {force: true})
    await rm(breaking, {force: true})
    return
  }
  const breaker = await holderOf(breaking)
  if (breaker !== undefined && !(await isRunning(breaker))) await rm(breaking, {force: true})
  else await sleep(INTERVAL_MS)
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}
