import {userInfo} from 'node:os'
import {localHost} from '../../src/remote/local-host.ts'
import {connectSsh} from '../../src/remote/ssh/ssh-host.ts'
import {hostContract} from './host-contract.ts'
import {options, target} from './local-machine.ts'
import {startInProcess} from './servers/in-process.ts'
import {startOpenSsh} from './servers/openssh.ts'

hostContract('this machine', () =>
  Promise.resolve({
    // As root whoever runs the test: the sudo of a user's machine is not the test's to use.
    host: localHost({name: 'here', user: userInfo().username, isRoot: true, env: process.env}),
    stop: () => Promise.resolve(),
  }),
)

hostContract("a machine behind ssh2's own server", async () => {
  const server = await startInProcess()
  const host = await connectSsh(options(target(server.port, {user: 'root', keyFile: server.keyFile})))
  return {host, stop: server.stop}
})

hostContract('a machine behind a real sshd', async () => {
  const server = await startOpenSsh()
  const host = await connectSsh(options(target(server.port, {user: server.user, keyFile: server.keyFile})))
  return {host, stop: server.stop}
})
