import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {SshTarget} from '../../src/domain/cluster.ts'
import type {Laptop} from '../../src/remote/local/local-machine.ts'
import {nodeLaptop} from '../../src/remote/local/node-local-machine.ts'
import {sshConfigOf} from '../../src/remote/ssh-config/ssh-config.ts'
import type {SshOptions} from '../../src/remote/ssh/ssh-host.ts'
import {newFolder} from './folder.ts'

/** A laptop with a home folder of its own and no agent. */
export const testLaptop = (files: Readonly<Record<string, string>> = {}): Laptop => {
  const home = newFolder('home')
  const laptop = nodeLaptop({HOME: home})
  for (const [name, text] of Object.entries(files)) writeFileSync(join(home, name), text)
  return laptop
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
  laptop: more.laptop ?? testLaptop(),
  hostKeys: {acceptNew: true, ask: undefined},
  config: sshConfigOf(configText),
  ...more,
})
