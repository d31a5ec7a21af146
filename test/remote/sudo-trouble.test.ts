import {expect, test} from 'vitest'
import {notBegun} from '../../src/remote/sudo-trouble.ts'

test.each([
  ['sudo: a password is required', 'sudo asks ubuntu for a password'],
  ['sudo: interactive authentication is required', 'sudo asks ubuntu for a password'],
  [
    'Sorry, try again.\nsudo: no password was provided\nsudo: 1 incorrect password attempt',
    'the sudo password of ubuntu is wrong',
  ],
  ['sudo: Authentication failed, try again.', 'the sudo password of ubuntu is wrong'],
  ['ubuntu is not in the sudoers file.  This incident will be reported.', 'ubuntu has no right to become root'],
  [
    "Sorry, user ubuntu is not allowed to execute '/usr/bin/timeout' as root on lab.",
    'ubuntu has no right to become root',
  ],
  ["sudo: I'm sorry ubuntu. I'm afraid I can't do that", 'ubuntu has no right to become root'],
  ['sudo: sorry, you must have a tty to run sudo', 'sudo insists on a terminal (requiretty)'],
  ["env: 'sudo': No such file or directory", 'there is no sudo on this machine'],
  ['This account is currently not available.', 'the machine did not start a shell for ubuntu'],
])('%s', (said, message) => {
  const greeting = 'sudo: unable to resolve host lab: Name or service not known\n'

  expect(notBegun('master', 'ubuntu', greeting + said)).toMatchObject({code: 'connect', host: 'master', message})
})
