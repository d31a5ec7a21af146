import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {SshTarget} from '../../src/domain/cluster.ts'
import type {LocalMachine} from '../../src/remote/local/local-machine.ts'
import {nodeLocalMachine} from '../../src/remote/local/node-local-machine.ts'
import {sshConfigOf} from '../../src/remote/ssh-config/ssh-config.ts'
import type {SshOptions} from '../../src/remote/ssh/ssh-host.ts'
import {newFolder} from './folder.ts'

/** A laptop with a home folder of its own and no agent. */
export const testLocalMachine = (files: Readonly<Record<string, string>> = {}): LocalMachine => {
  const home = newFolder('home')
  const localMachine = nodeLocalMachine({HOME: home})
  for (const [name, text] of Object.entries(files)) writeFileSync(join(home, name), text)
  return localMachine
}

export const target = (port: number, more: Partial<SshTarget> = {}): SshTarget => ({
  address: '127.0.0.1',
  port,
  user: undefined,
  keyFile: undefined,
  hostKey: undefined,
  jump: undefined,
  ...more,
})

/** Accepts new host keys and reads no ssh config but the one given. */
export const options = (
  to: SshTarget,
  {configText = '', ...more}: Partial<SshOptions> & {readonly configText?: string} = {},
): SshOptions => ({
  name: 'master',
  target: to,
  localMachine: more.localMachine ?? testLocalMachine(),
  hostKeys: {acceptNew: true, ask: undefined},
  config: sshConfigOf(configText),
  ...more,
})
