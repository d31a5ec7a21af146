import ssh2 from 'ssh2'
import {expect, test} from 'vitest'
import {sessionsOn} from '../../src/remote/ssh/ssh-sessions.ts'

test('a command on a connection that is ending finds it lost, not an SSH server that lets no command run', async () => {
  const open = sessionsOn(new ssh2.Client(), 'vm-1', new AbortController().signal)

  await expect(open(['true'], {})).rejects.toMatchObject({
    code: 'host-lost',
    host: 'vm-1',
    message: 'the connection was lost: Not connected',
  })
})
