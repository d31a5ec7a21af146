import {execFileSync, spawn} from 'node:child_process'
import {existsSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {comes} from '../processes.ts'

/** A real ssh-agent that holds some keys. */
export async function startAgent(
  keys: readonly string[],
): Promise<{readonly socket: string; readonly stop: () => void}> {
  const dir = mkdtempSync(join(tmpdir(), 'kadm-agent-'))
  const socket = join(dir, 'agent')
  const agent = spawn('ssh-agent', ['-D', '-a', socket], {stdio: 'ignore'})
  if (!(await comes(() => existsSync(socket), 5000))) throw new Error('ssh-agent did not start')
  execFileSync('ssh-add', ['-q', ...keys], {env: {...process.env, SSH_AUTH_SOCK: socket}, stdio: 'ignore'})
  return {
    socket,
    stop: () => {
      agent.kill()
      rmSync(dir, {recursive: true, force: true})
    },
  }
}
