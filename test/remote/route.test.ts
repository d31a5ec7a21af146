import {describe, expect, test} from 'vitest'
import type {SshTarget} from '../../src/domain/cluster.ts'
import type {Laptop} from '../../src/remote/laptop.ts'
import {parseJump, routeTo} from '../../src/remote/route.ts'
import {readSshConfig} from '../../src/remote/ssh-config.ts'

const laptop = (files: Readonly<Record<string, string>> = {}): Laptop => ({
  user: 'me',
  uid: 1000,
  home: '/home/me',
  hostName: 'laptop.example.org',
  agentSocket: '/run/agent',
  variable: name => ({XDG_RUNTIME_DIR: '/run/user/1000', OTHER_AGENT: '/run/other'})[name],
  homeOf: user => Promise.resolve(user === 'ops' ? '/home/ops' : undefined),
  succeeds: command => Promise.resolve(command === 'true'),
  note: () => undefined,
  readText: path => Promise.resolve(files[path]),
  readNamed: path => Promise.resolve(files[path]),
  appendLine: () => Promise.reject(new Error('nothing is written here')),
  replaceText: () => Promise.reject(new Error('nothing is written here')),
  matching: pattern => Promise.resolve(Object.keys(files).filter(path => path === pattern.replace('*', 'more'))),
})
const to = (address: string, more: Partial<SshTarget> = {}): SshTarget => ({
  address,
  port: undefined,
  user: undefined,
  keyFile: undefined,
  hostKey: undefined,
  jump: undefined,
  ...more,
})

describe('the way to a host', () => {
  test('without any config is direct, as the user here, with the usual keys', async () => {
    expect(await routeTo(to('10.0.0.10'), '', laptop())).toEqual([
      {
        label: '10.0.0.10',
        address: '10.0.0.10',
        port: 22,
        user: 'me',
        keyFiles: ['id_ed25519', 'id_ecdsa', 'id_rsa'].map(n => ({path: `/home/me/.ssh/${n}`, from: 'default'})),
        identitiesOnly: false,
        agentSocket: '/run/agent',
        hostKey: undefined,
        knownHostsFiles: ['/home/me/.ssh/known_hosts', '/home/me/.ssh/known_hosts2'],
        hostKeyAlias: undefined,
      },
    ])
  })

  test('takes from the ssh config what was not said, first match first', async () => {
    const config = `
Host master
  hostname 10.0.0.10
  User ubuntu
  IdentityFile ~/.ssh/lab_%r
  IdentitiesOnly yes
  UserKnownHostsFile ~/.ssh/lab_known
Host *
  User other
  Port 2200
  IdentityAgent none
`
    const [hop] = await routeTo(to('master', {keyFile: '~/given'}), config, laptop())

    expect(hop).toMatchObject({
      address: '10.0.0.10',
      port: 2200,
      user: 'ubuntu',
      keyFiles: [
        {path: '/home/me/given', from: 'given'},
        {path: '/home/me/.ssh/lab_ubuntu', from: 'config'},
      ],
      identitiesOnly: true,
      agentSocket: undefined,
      knownHostsFiles: ['/home/me/.ssh/lab_known'],
    })
  })

  test('prefers what was said over the ssh config', async () => {
    const [hop] = await routeTo(
      to('master', {user: 'root', port: 22}),
      'Host master\n User ubuntu\n Port 2200',
      laptop(),
    )

    expect(hop).toMatchObject({user: 'root', port: 22})
  })

  test('leads over several jump hosts, and over those that the first one itself needs', async () => {
    const config =
      'Host node\n ProxyJump ops@inner:2222,last\nHost inner\n ProxyJump outer\nHost last\n ProxyJump never'

    const hops = await routeTo(to('node'), config, laptop())

    expect(hops.map(h => `${h.user}@${h.address}:${String(h.port)}`)).toEqual([
      'me@outer:22',
      'ops@inner:2222',
      'me@last:22',
      'me@node:22',
    ])
  })

  test('offers the key that was named by hand to each jump host too, before their own', async () => {
    const config = 'Host gate\n  IdentityFile ~/.ssh/gate\n'

    const hops = await routeTo(to('10.0.0.10', {jump: 'gate,next', keyFile: '/keys/lab'}), config, laptop())

    expect(hops.map(({keyFiles}) => keyFiles.slice(0, 2).map(({path, from}) => `${from} ${path}`))).toEqual([
      ['given /keys/lab', 'config /home/me/.ssh/gate'],
      ['given /keys/lab', 'default /home/me/.ssh/id_ed25519'],
      ['given /keys/lab', 'default /home/me/.ssh/id_ed25519'],
    ])
  })

  test('is direct when ProxyJump is none or another jump host was said', async () => {
    const config = 'Host node\n ProxyJump none\nHost *\n ProxyJump everywhere'

    expect(await routeTo(to('node'), config, laptop())).toHaveLength(1)
    const hops = await routeTo(to('node', {jump: 'node'}), config, laptop())
    expect(hops.map(h => h.address)).toEqual(['node', 'node'])
  })

  test('does not run in circles', async () => {
    const config = 'Host *\n ProxyJump a'

    await expect(routeTo(to('node'), config, laptop())).rejects.toMatchObject({code: 'config'})
  })

  test('says that a ProxyCommand is not run', async () => {
    const config = 'Host node\n ProxyCommand nc -x proxy %h %p'

    await expect(routeTo(to('node'), config, laptop())).rejects.toMatchObject({
      code: 'config',
      hint: expect.stringContaining('ProxyJump') as string,
    })
  })
})

test.each([
  ['bastion', undefined, 'bastion', undefined],
  ['me@bastion:2222', 'me', 'bastion', 2222],
  ['[fe80::1]:22', undefined, 'fe80::1', 22],
  ['ssh://me@bastion:22', 'me', 'bastion', 22],
])('%s is a jump host', (text, user, address, port) => {
  expect(parseJump(text)).toMatchObject({user, address, port})
})

test.each(['', 'a b', 'me@', 'host:port'])("'%s' is no jump host", text => {
  expect(() => parseJump(text)).toThrow(/is no jump host/)
})

test('reads what the ssh config includes, without losing the lines after it, and then the system config', async () => {
  const files = {
    '/home/me/.ssh/config': 'Include config.d/*\nUser everyone\nHost tail\n Port 7',
    '/home/me/.ssh/config.d/more': 'Host special\n User someone\n',
    '/etc/ssh/ssh_config': 'ConnectTimeout 3\nPort 2200',
  }
  const config = await readSshConfig(laptop(files))
  const hop = async (name: string) => (await routeTo(to(name), config, laptop()))[0]

  expect(await hop('special')).toMatchObject({user: 'someone', port: 2200})
  expect(await hop('plain')).toMatchObject({user: 'everyone', port: 2200})
  expect(await hop('tail')).toMatchObject({user: 'everyone', port: 7})
})
