import {describe, expect, test} from 'vitest'
import type {SshTarget} from '../../src/domain/cluster.ts'
import type {LocalMachine} from '../../src/remote/local/local-machine.ts'
import {parseJump, routeTo as routeBy, type Hop} from '../../src/remote/ssh/route.ts'
import {readSshConfig, sshConfigOf, type SshConfig} from '../../src/remote/ssh-config/ssh-config.ts'

const localMachine = (files: Readonly<Record<string, string>> = {}): LocalMachine => ({
  user: 'me',
  uid: 1000,
  home: '/home/me',
  hostName: 'laptop.example.org',
  agentSocket: '/run/agent',
  variable: name => ({XDG_RUNTIME_DIR: '/run/user/1000', OTHER_AGENT: '/run/other'})[name],
  homeOf: user => Promise.resolve(user === 'ops' ? '/home/ops' : undefined),
  succeeds: command => Promise.resolve(command === 'true'),
  addresses: () => ['10.1.2.3'],
  note: () => undefined,
  readText: path => Promise.resolve(files[path]),
  readIncluded: path => Promise.resolve(files[path]),
  readNamed: path => Promise.resolve(files[path]),
  appendLine: () => Promise.reject(new Error('nothing is written here')),
  replaceText: () => Promise.reject(new Error('nothing is written here')),
  matching: pattern => Promise.resolve(Object.keys(files).filter(path => path === pattern.replace('*', 'more'))),
})
const routeTo = (target: SshTarget, config: string | SshConfig, here: LocalMachine): Promise<readonly Hop[]> =>
  routeBy(target, typeof config === 'string' ? sshConfigOf(config) : config, here)
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
    expect(await routeTo(to('10.0.0.10'), '', localMachine())).toEqual([
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
    const [hop] = await routeTo(to('master', {keyFile: '~/given'}), config, localMachine())

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
      localMachine(),
    )

    expect(hop).toMatchObject({user: 'root', port: 22})
  })

  test('leads over several jump hosts, and over those that the first one itself needs', async () => {
    const config =
      'Host node\n ProxyJump ops@inner:2222,last\nHost inner\n ProxyJump outer\nHost last\n ProxyJump never'

    const hops = await routeTo(to('node'), config, localMachine())

    expect(hops.map(h => `${h.user}@${h.address}:${String(h.port)}`)).toEqual([
      'me@outer:22',
      'ops@inner:2222',
      'me@last:22',
      'me@node:22',
    ])
  })

  test('offers the key that was named by hand to each jump host too, before their own', async () => {
    const config = 'Host gate\n  IdentityFile ~/.ssh/gate\n'

    const hops = await routeTo(to('10.0.0.10', {jump: 'gate,next', keyFile: '/keys/lab'}), config, localMachine())

    expect(hops.map(({keyFiles}) => keyFiles.slice(0, 2).map(({path, from}) => `${from} ${path}`))).toEqual([
      ['given /keys/lab', 'config /home/me/.ssh/gate'],
      ['given /keys/lab', 'default /home/me/.ssh/id_ed25519'],
      ['given /keys/lab', 'default /home/me/.ssh/id_ed25519'],
    ])
  })

  test('is direct when ProxyJump is none or another jump host was said', async () => {
    const config = 'Host node\n ProxyJump none\nHost *\n ProxyJump everywhere'

    expect(await routeTo(to('node'), config, localMachine())).toHaveLength(1)
    const hops = await routeTo(to('node', {jump: 'node'}), config, localMachine())
    expect(hops.map(h => h.address)).toEqual(['node', 'node'])
  })

  test('does not run in circles', async () => {
    const config = 'Host *\n ProxyJump a'

    await expect(routeTo(to('node'), config, localMachine())).rejects.toMatchObject({code: 'config'})
  })

  test('says that a ProxyCommand is not run', async () => {
    const config = 'Host node\n ProxyCommand nc -x proxy %h %p'

    await expect(routeTo(to('node'), config, localMachine())).rejects.toMatchObject({
      code: 'config',
      hint: expect.stringContaining('ProxyJump') as string,
    })
  })
})

describe('what stands for something else in the ssh config', () => {
  const hopOf = async (config: string, target = to('Node.example')): Promise<Hop | undefined> =>
    (await routeTo(target, config, localMachine())).at(-1)

  test.each([
    ['$SSH_AUTH_SOCK', '/run/agent'],
    ['SSH_AUTH_SOCK', '/run/agent'],
    ['$OTHER_AGENT', '/run/other'],
    ['$NOT_SET', undefined],
    ['none', undefined],
    ['${XDG_RUNTIME_DIR}/agent.%i', '/run/user/1000/agent.1000'],
    ['"~/.1password/agent sock"', '/home/me/.1password/agent sock'],
    ['~ops/agent', '/home/ops/agent'],
    ['%d/%r@%h:%p', '/home/me/me@node.example:22'],
  ])('IdentityAgent %s', async (agent, socket) => {
    expect((await hopOf(`IdentityAgent ${agent}`))?.agentSocket).toBe(socket)
  })

  test.each([
    ['%u@%n', 'me@Node.example'],
    ['%L %l %k', 'laptop laptop.example.org alias'],
    ['${XDG_RUNTIME_DIR}/%%h', '/run/user/1000/%h'],
  ])('in every path: %s', async (written, meant) => {
    const config = `HostKeyAlias alias\nIdentityFile "/k/${written}"\nUserKnownHostsFile "/k/${written}" none ~/second`

    const hop = await hopOf(config)

    expect(hop?.keyFiles).toEqual([{path: `/k/${meant}`, from: 'config'}])
    expect(hop?.knownHostsFiles).toEqual([`/k/${meant}`, '/home/me/second'])
  })

  test.each([
    ['%r@gate', ['alice@corp@gate:22', 'alice@corp@node.example:2200']],
    ['gate-%h:%p', ['me@gate-node.example:2200', 'alice@corp@node.example:2200']],
    ['ssh://ops@gate:7,[fd00::1]:8', ['ops@gate:7', 'me@fd00::1:8', 'alice@corp@node.example:2200']],
  ])('ProxyJump %s', async (jump, way) => {
    const config = `Host Node.example\n ProxyJump ${jump}`

    const hops = await routeTo(to('Node.example', {user: 'alice@corp', port: 2200}), config, localMachine())

    expect(hops.map(hop => `${hop.user}@${hop.address}:${String(hop.port)}`)).toEqual(way)
  })

  test('also in the name to log in as, as newer ssh has it', async () => {
    expect((await hopOf('User %u-${OTHER_AGENT}'))?.user).toBe('me-/run/other')
  })

  test.each([
    ['IdentityFile ${NOT_SET}/id', /NOT_SET .*is not set/],
    ['IdentityFile ~nobody-here/id', /does not have a user/],
    ['IdentityFile /k/%z', /unknown token '%z' in '\/k\/%z'/],
    ['ProxyJump %d@gate', /'%d'/],
    ['HostName %n', /'%n'/],
    ['Match version OpenSSH*\n Port 7', /unknown criterion 'version'/],
    ['Port none', /line 1: 'none' is not a port/],
    ['IdentityFile "a', /line 1: missing closing quotation mark/],
  ])('%s is refused with its place, as ssh refuses it', async (config, message) => {
    await expect((async () => await routeTo(to('node'), config, localMachine()))()).rejects.toMatchObject({
      code: 'config',
      message: expect.stringMatching(message) as string,
    })
  })

  test('criteria of networks and tags', async () => {
    expect((await hopOf('Match localnetwork 10.1.0.0/16\n Port 7'))?.port).toBe(7)
    expect((await hopOf('Match localnetwork 10.2.0.0/16,fd00::/8\n Port 7'))?.port).toBe(22)
    expect((await hopOf('Tag lab\nMatch tagged lab\n Port 7'))?.port).toBe(7)
    expect((await hopOf('Match exec true\n Port 7\nMatch exec false\n User x'))?.user).toBe('me')
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

test.each(['', 'a b', 'me@', 'host:port'])("'%s' is not a jump host", text => {
  expect(() => parseJump(text)).toThrow(/is not a jump host/)
})

test('reads what the ssh config includes, without losing the lines after it, and then the system config', async () => {
  const files = {
    '/home/me/.ssh/config': 'Include config.d/*\nUser everyone\nHost tail\n Port 7',
    '/home/me/.ssh/config.d/more': 'Host special\n User someone\n',
    '/etc/ssh/ssh_config': 'ConnectTimeout 3\nPort 2200',
  }
  const config = await readSshConfig(localMachine(files))
  const hop = async (name: string) => (await routeTo(to(name), config, localMachine()))[0]

  expect(await hop('special')).toMatchObject({user: 'someone', port: 2200})
  expect(await hop('plain')).toMatchObject({user: 'everyone', port: 2200})
  expect(await hop('tail')).toMatchObject({user: 'everyone', port: 7})
})
