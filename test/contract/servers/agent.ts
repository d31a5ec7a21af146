import {spawn} from 'node:child_process'
import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {comes} from '../processes.ts'
import {onTestFinished} from 'vitest'
import {newFolder} from '../folder.ts'
import {program} from '../program.ts'

const PROGRAM = 'ssh-agent'

/** A real ssh-agent that holds some keys, for as long as the test runs. */
export async function startAgent(keys: readonly string[]): Promise<{readonly socket: string}> {
  const dir = newFolder('agent')
  const socket = join(dir, 'agent')
  const agent = spawn(PROGRAM, ['-D', '-a', socket], {stdio: 'ignore'})
  if (!(await comes(() => existsSync(socket), 5000))) throw new Error('ssh-agent did not start')
  onTestFinished(() => void agent.kill())
  program('ssh-add', ['-q', ...keys], {env: {...process.env, SSH_AUTH_SOCK: socket}, stdio: 'ignore'})
  return {socket}
}
