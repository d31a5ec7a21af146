import {spawn} from 'node:child_process'
import {existsSync} from 'node:fs'
import {mkdir, readdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {describe, expect, it} from 'vitest'
import {once} from '../../src/lab/image/cache.ts'
import {withLock} from '../../src/lab/state/lock.ts'
import {
  formatIdentity,
  identify,
  isRunning,
  parseIdentity,
  startTicksOf,
} from '../../src/lab/drivers/process-identity.ts'
import {inFolder} from '../bundle/sample.ts'

describe('withLock', () => {
  it('lets one work at a time and leaves no file', async () =>
    inFolder(async dir => {
      const path = join(dir, 'lock')
      let [inside, most] = [0, 0]
      const work = async (): Promise<void> => {
        inside += 1
        most = Math.max(most, inside)
        await sleep(20)
        inside -= 1
      }

      await Promise.all([1, 2, 3].map(() => withLock(path, work)))

      expect(most).toBe(1)
      expect(await readdir(dir)).toEqual([])
    }))

  it('takes over from a holder that died, for one of several who wait', async () =>
    inFolder(async dir => {
      const path = join(dir, 'lock')
      const child = spawn('sleep', ['60'])
      const identity = await identify(child.pid ?? 0)
      if (identity === undefined) throw new Error('sleep does not run')
      const ended = new Promise(resolve => child.once('close', resolve))
      child.kill('SIGKILL')
      await ended
      await writeFile(path, formatIdentity(identity))
      let [inside, most] = [0, 0]

      await Promise.all(
        [1, 2, 3, 4].map(() =>
          withLock(path, async () => {
            inside += 1
            most = Math.max(most, inside)
            await sleep(5)
            inside -= 1
          }),
        ),
      )

      expect(most).toBe(1)
      expect(await readdir(dir)).toEqual([])
    }))

  it('takes over from a pid that was given to another process since', async () =>
    inFolder(async dir => {
      const path = join(dir, 'lock')
      const own = await identify(process.pid)
      if (own === undefined) throw new Error('no identity')
      await writeFile(path, formatIdentity({...own, startTicks: '1'}))

      expect(await withLock(path, () => Promise.resolve('done'))).toBe('done')
    }))

  it('is released when the work fails', async () =>
    inFolder(async dir => {
      const path = join(dir, 'lock')

      await expect(withLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no')

      expect(existsSync(path)).toBe(false)
    }))

  it('stops waiting when it is cancelled, and says for whom it waits', async () =>
    inFolder(async dir => {
      const path = join(dir, 'lock')
      const own = await identify(process.pid)
      if (own === undefined) throw new Error('no identity')
      await writeFile(path, formatIdentity(own))
      const waitedFor: number[] = []

      const waiting = withLock(path, () => Promise.resolve(), {
        signal: AbortSignal.timeout(50),
        onWait: pid => waitedFor.push(pid),
      })

      await expect(waiting).rejects.toThrow()
      expect(waitedFor).toEqual([process.pid])
    }))
})

describe('once', () => {
  it('makes a folder one time for two callers at the same time', async () =>
    inFolder(async dir => {
      let made = 0
      const make = async (target: string): Promise<void> => {
        made += 1
        await writeFile(join(target, 'file'), 'x')
      }

      await Promise.all([once(join(dir, 'thing'), make), once(join(dir, 'thing'), make)])

      expect(made).toBe(1)
      expect(await readdir(dir)).toEqual(['thing'])
    }))

  it('makes it after a run that was cut off', async () =>
    inFolder(async dir => {
      await mkdir(join(dir, 'thing.partial'))
      await writeFile(join(dir, 'thing.partial', 'half'), 'x')

      await once(join(dir, 'thing'), target => writeFile(join(target, 'whole'), 'x'))

      expect(await readdir(join(dir, 'thing'))).toEqual(['whole'])
    }))

  it('leaves nothing that looks finished when making fails', async () =>
    inFolder(async dir => {
      await expect(once(join(dir, 'thing'), () => Promise.reject(new Error('no')))).rejects.toThrow('no')

      expect(existsSync(join(dir, 'thing'))).toBe(false)
    }))
})

describe('a process identity', () => {
  it('finds the start time behind a command with blanks and brackets', () => {
    const rest = Array.from({length: 30}, (_, i) => String(i + 3)).join(' ')
    expect(startTicksOf(`12 (a) b) (c) ${rest}`)).toBe('22')
  })

  it('knows its own process, and that another boot is another process', async () => {
    const own = await identify(process.pid)
    if (own === undefined) throw new Error('no identity')

    expect(await isRunning(own)).toBe(true)
    expect(await isRunning({...own, bootId: 'another'})).toBe(false)
    expect(parseIdentity(formatIdentity(own))).toEqual(own)
  })

  it('takes a half-written file for none', () => {
    expect(parseIdentity('12 34')).toBeUndefined()
    expect(parseIdentity('')).toBeUndefined()
  })
})
