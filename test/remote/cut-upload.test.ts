import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync, readdirSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {Readable} from 'node:stream'
import {expect, test} from 'vitest'
import type {Host} from '../../src/remote/host.ts'
import {uploadFile} from '../../src/remote/shell/upload.ts'

/** Runs what is piped as a far side does whose laptop went away: nobody reads stdout and stderr any more, then the group is ended. */
const lostLaptop = (folder: string): Host => ({
  name: 'vm-1',
  run: () => Promise.resolve({code: 0, stdout: '', stderr: ''}),
  read: () => Promise.resolve(''),
  pipe: async (content, script) => {
    const child = spawn('sh', ['-c', script], {stdio: 'pipe', detached: true})
    child.stdin.on('error', () => undefined)
    content.pipe(child.stdin)
    await expect.poll(() => readdirSync(folder)).toHaveLength(1)
    child.stdout.destroy()
    child.stderr.destroy()
    const ended = once(child, 'exit') as Promise<[number | null]>
    const end = (): unknown => child.exitCode ?? process.kill(-Number(child.pid), 'SIGTERM')
    end()
    // A child of the shell that has not yet become its program ignores the signal.
    const again = setInterval(end, 2000)
    const [code] = await ended.finally(() => clearInterval(again))
    return {code: code ?? 255, stdout: '', stderr: ''}
  },
  forward: () => Promise.reject(new Error('nothing listens here')),
  close: () => Promise.resolve(),
})

test('an upload that is cut off leaves nothing, although nobody hears of the end', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kadm-cut-'))
  try {
    for (let i = 0; i < 5; i++) {
      const source = new Readable({read: () => undefined})
      source.push('the first piece')
      const upload = {
        source,
        sha256: 'a'.repeat(64),
        contentSha256: 'b'.repeat(64),
        size: 1e6,
        target: join(folder, 'file'),
        mode: '0600',
      }

      await expect(uploadFile(lostLaptop(folder), upload)).rejects.toMatchObject({code: 'remote'})

      expect(readdirSync(folder)).toEqual([])
    }
  } finally {
    rmSync(folder, {recursive: true, force: true})
  }
})
