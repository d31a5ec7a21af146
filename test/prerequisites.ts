import {spawnSync} from 'node:child_process'
import {existsSync} from 'node:fs'

/** What the tests use of the system beside what the lab installs for itself: a program, and the package that brings it. */
const PROGRAMS = [
  ['/usr/sbin/sshd', 'openssh-server'],
  ['/usr/bin/ssh', 'openssh-client'],
  ['/usr/bin/openssl', 'openssl'],
  ['/usr/bin/flock', 'util-linux'],
  ['/usr/bin/apt-ftparchive', 'apt-utils'],
  ['/usr/bin/gpg', 'gnupg'],
  ['/usr/bin/shellcheck', 'shellcheck'],
] as const

/** Installs what is missing, by name. A package's own services are not started: the tests start what they need themselves. */
export function installPrerequisites(): void {
  const missing = PROGRAMS.filter(([program]) => !existsSync(program)).map(([, name]) => name)
  if (missing.length === 0) return
  console.log(`installing ${missing.join(', ')}`)
  const root = process.getuid?.() === 0 ? [] : ['sudo']
  // Asked by every package script before it starts a service (policy-rc.d of Debian's invoke-rc.d); RUNLEVEL=1 answers no.
  const apt = [
    ...root,
    'env',
    'RUNLEVEL=1',
    'DEBIAN_FRONTEND=noninteractive',
    'apt-get',
    '-q',
    '-y',
    '--no-install-recommends',
  ]
  const run = (...args: readonly string[]): boolean => {
    const [command = '', ...rest] = [...apt, ...args]
    return spawnSync(command, rest, {stdio: ['ignore', 'ignore', 'inherit']}).status === 0
  }
  if (!run('install', ...missing) && !(run('update') && run('install', ...missing))) {
    console.error(`could not install ${missing.join(', ')}; type: sudo apt-get install ${missing.join(' ')}`)
  }
}
