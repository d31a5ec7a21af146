import {appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import type {Host} from '../../src/remote/host.ts'
import {connectSsh} from '../../src/remote/ssh/ssh-host.ts'
import {options, target} from './local-machine.ts'
import {containing} from './matchers.ts'
import {makeKey, startOpenSsh, type OpenSsh} from './servers/openssh.ts'

let server: OpenSsh
const opened: Host[] = []
beforeAll(async () => {
  // Which home folder it is that has the shell's files, the key that logs in decides.
  server = await startOpenSsh(['PermitUserEnvironment yes'])
})
afterAll(async () => {
  await Promise.all(opened.map(host => host.close()))
  await server.stop()
})

/** Logs in with a key of its own, for which authorized_keys has these options. */
async function login(name: string, keyOptions: string): Promise<Host> {
  const keyFile = makeKey(join(server.dir, name))
  appendFileSync(join(server.dir, 'authorized_keys'), `${keyOptions} ${readFileSync(`${keyFile}.pub`, 'utf8')}`)
  const host = await connectSsh(options(target(server.port, {user: server.user, keyFile})))
  opened.push(host)
  return host
}

/** Logs in where the ~/.bashrc of the login shell holds this. */
const withFile = async (name: string, text: string): Promise<Host> => {
  const home = join(server.dir, `home-${name}`)
  mkdirSync(home)
  writeFileSync(join(home, '.bashrc'), `${text}\n`)
  return await login(name, `environment="HOME=${home}"`)
}

const replaced = {code: 'connect', message: containing('starts another program instead of the command')}
const read = {code: 'connect', message: containing('reads the standard input of the commands')}
const ended = {code: 'connect', message: containing('ended before it ran a command')}

describe('a file of the login shell', () => {
  test.concurrent.each([
    ['exec-dash', 'exec dash', replaced],
    ['exec-cat', 'exec cat >/dev/null', replaced],
    ['read-line', 'read -r -p "Which environment? " answer', read],
    ['read-all', 'cat >/dev/null', read],
    ['exit-0', 'exit 0', {...ended, evidence: containing('exit code 0')}],
    ['exit-1', 'exit 1', {...ended, evidence: containing('exit code 1')}],
    ['terminal', 'echo "open terminal failed: not a terminal" >&2; exit 1', {message: containing('needs a terminal')}],
  ])(
    'that keeps commands from running is named within seconds: %s',
    async (name, text, error) => {
      const host = await withFile(name, text)
      const began = performance.now()

      await expect(host.run(`touch ${join(server.dir, `ran-${name}`)}`)).rejects.toMatchObject({
        ...error,
        hint: containing('~/.bashrc'),
      })

      expect(performance.now() - began).toBeLessThan(25_000)
      // What another shell would have read as its own commands was never said to it.
      expect(existsSync(join(server.dir, `ran-${name}`))).toBe(false)
    },
    40_000,
  )

  test.concurrent.each([
    ['noise', 'echo welcome; echo warning >&2; printf "\\033[1mno newline"'],
    ['errexit', 'set -eu'],
    ['slow', 'sleep 7'],
    ['umask', 'umask 077; cd /tmp; alias env=false'],
    ['terminal-only', '[ -t 0 ] && read -r answer; case $- in *i*) exec dash;; esac'],
  ])(
    'that only looks odd is accepted: %s',
    async (name, text) => {
      const host = await withFile(`fine-${name}`, text)

      expect(await host.run('echo out; echo err >&2')).toEqual({code: 0, stdout: 'out\n', stderr: 'err\n'})
      expect(await host.run('cat; exit 3')).toEqual({code: 3, stdout: '', stderr: ''})
    },
    40_000,
  )
})

test('a command that the key forces is reported with what it says', async () => {
  const said = `echo 'Please login as the user \\"ubuntu\\" rather than the user \\"root\\".'`
  const host = await login('cloud', `command="${said};echo;sleep 1;exit 142"`)

  await expect(host.run('true')).rejects.toMatchObject({
    code: 'connect',
    message: containing('names the user ubuntu instead'),
    hint: containing('--ssh-user ubuntu'),
  })
})

test.each([
  ['nologin', 'command="/usr/sbin/nologin"', 'does not allow logins (nologin)'],
  ['false', 'command="/bin/false"', 'ended before it ran a command'],
  ['restricted', 'command="exec bash -r -c \\"$SSH_ORIGINAL_COMMAND\\""', 'is restricted'],
])('a login shell that runs no commands is recognized: %s', async (name, keyOptions, message) => {
  const host = await login(name, keyOptions)

  await expect(host.run('true')).rejects.toMatchObject({code: 'connect', message: containing(message)})
})
