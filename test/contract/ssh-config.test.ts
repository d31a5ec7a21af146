import {execFile, spawnSync} from 'node:child_process'
import {mkdirSync, writeFileSync} from 'node:fs'
import {createServer, type AddressInfo} from 'node:net'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {nodeLocalMachine} from '../../src/remote/local/node-local-machine.ts'
import {parseConfig, readSshConfig, type SshConfig} from '../../src/remote/ssh-config/ssh-config.ts'
import {settingsFor, type SshSettings} from '../../src/remote/ssh-config/ssh-settings.ts'
import {routeTo} from '../../src/remote/ssh/route.ts'
import {newFolder} from './folder.ts'
import {target} from './local-machine.ts'

const env = {...process.env, KADM_TEST_DIR: '/tmp/kadm-keys', SSH_AUTH_SOCK: '/run/agent'}
const dir = newFolder('ssh-config')
let files = 0

/** What ssh itself makes of a config: its `-G` prints the settings for a host. */
function asSsh(text: string, host: string, user?: string): Partial<SshSettings> | 'refused' {
  const file = join(dir, `config-${String(++files)}`)
  writeFileSync(file, text)
  const words = ['-G', '-F', file, ...(user === undefined ? [] : ['-l', user]), host]
  const {status, stdout} = spawnSync('ssh', words, {encoding: 'utf8', env})
  if (status !== 0) return 'refused'
  const all = (name: string): readonly string[] =>
    stdout.split('\n').flatMap(line => (line.startsWith(`${name} `) ? [line.slice(name.length + 1)] : []))
  const one = (name: string): string | undefined => all(name)[0]
  return {
    hostName: one('hostname'),
    user: one('user'),
    port: Number(one('port')),
    identityFiles: all('identityfile'),
    identitiesOnly: one('identitiesonly') === 'yes',
    identityAgent: one('identityagent'),
    proxyJump: noneIsNone(one('proxyjump')),
    proxyCommand: noneIsNone(one('proxycommand')),
    hostKeyAlias: one('hostkeyalias'),
    userKnownHostsFiles: one('userknownhostsfile')?.split(' '),
  }
}

const noneIsNone = (text: string | undefined): string | undefined => (text === 'none' ? undefined : text)

async function asKadm(text: string, host: string, user?: string): Promise<Partial<SshSettings> | 'refused'> {
  const localMachine = nodeLocalMachine(env)
  try {
    const config: SshConfig = [parseConfig(text, 'config')]
    const found = await settingsFor(config, {host, user, port: undefined}, localMachine)
    return {
      ...found,
      hostName: (found.hostName ?? host).toLowerCase(),
      user: found.user ?? localMachine.user,
      port: found.port ?? 22,
      // ssh prints these two as what comes of them.
      userKnownHostsFiles: found.userKnownHostsFiles?.map(path => path.replace(/^~/, localMachine.home)),
      ...Object.fromEntries((['proxyJump', 'proxyCommand'] as const).map(name => [name, noneIsNone(found[name])])),
    }
  } catch {
    return 'refused'
  }
}

/** What ssh prints for what nobody set is left out of the comparison. */
const onlySet = (of: Partial<SshSettings>, by: Partial<SshSettings>): Partial<SshSettings> => ({
  ...of,
  identityFiles: by.identityFiles?.length === 0 ? [] : (of.identityFiles ?? []),
  userKnownHostsFiles: by.userKnownHostsFiles === undefined ? undefined : of.userKnownHostsFiles,
  hostKeyAlias: by.hostKeyAlias === undefined ? undefined : of.hostKeyAlias,
  proxyJump: by.proxyJump === undefined ? undefined : of.proxyJump,
  proxyCommand: by.proxyCommand === undefined ? undefined : of.proxyCommand,
  identityAgent: by.identityAgent === undefined ? undefined : of.identityAgent,
})

const FIRST_WINS = 'Host a\n User one\nHost *\n User two\n Port 2200\nHost a\n Port 7'
const CASES: readonly (readonly [string, string, string?])[] = [
  [FIRST_WINS, 'a'],
  [FIRST_WINS, 'b'],
  [FIRST_WINS, 'a', 'three'],
  ['Host *.example.org !bad.example.org\n Port 7', 'good.example.org'],
  ['Host *.example.org !bad.example.org\n Port 7', 'bad.example.org'],
  ['Host !bad\n Port 7', 'good'],
  ['Host web? db-[1]\n Port 7', 'web1'],
  ['Host web? db-[1]\n Port 7', 'db-1'],
  ['Host A\n Port 7', 'a'],
  ['Host a\n Port 7', 'A'],
  ['Host a,b\n Port 7', 'a'],
  ['hOsT = a\nPORT=7', 'a'],
  ['Host a\n\tPort\t=\t7 # comment\n # User x', 'a'],
  ['"Port" 7', 'a'],
  ['IdentityFile "~/my keys/id"\nIdentityFile ~/second\nIdentityFile "~/my keys/id"', 'a'],
  ["IdentityFile '/with space/x'", 'a'],
  ['IdentityFile /with\\ space/x', 'a'],
  ['IdentityFile "/with \\"quote\\"/x"', 'a'],
  ['IdentityFile "unclosed', 'a'],
  ['IdentitiesOnly yes\nIdentityFile none', 'a'],
  ['UserKnownHostsFile ~/.ssh/one ~/.ssh/two\nUserKnownHostsFile ~/.ssh/three', 'a'],
  ['HostKeyAlias other\nHostKeyAlias third', 'a'],
  ['HostName %h.example.org', 'a'],
  ['HostName 100%%', 'a'],
  ['HostName %n.example.org', 'a'],
  ['Host gw\n HostName 10.0.0.1\nMatch host 10.0.0.*\n User net', 'gw'],
  ['Host gw\n HostName 10.0.0.1\nMatch originalhost gw\n User net', 'gw'],
  ['Host gw\n HostName 10.0.0.1\nMatch originalhost 10.*\n User net', 'gw'],
  ['Match host GW\n Port 7', 'gw'],
  ['Match user ops,!root\n Port 7', 'a', 'ops'],
  ['Match user ops\n Port 7', 'a', 'other'],
  ['User ops\nMatch user ops\n Port 7', 'a'],
  ['Match !user ops\n Port 7', 'a', 'ops'],
  ['Match !user ops\n Port 7', 'a', 'root'],
  ['Match localuser nobody-of-this-name\n Port 7', 'a'],
  ['Match all\n Port 7', 'a'],
  ['Match !all\n Port 7', 'a'],
  ['Match all host a\n Port 7', 'a'],
  ['Match exec true\n Port 7', 'a'],
  ['Match exec "test %h = a && test %n = a && test %p = 22 && test %r = ops"\n Port 7', 'a', 'ops'],
  ['Match exec "exit 1"\n Port 7', 'a'],
  ['Match host b exec "touch DIR/ran"\n Port 7', 'a'],
  ['Match !exec "exit 1"\n Port 7', 'a'],
  ['Match exec "true %y"\n Port 7', 'a'],
  ['Match host\n Port 7', 'a'],
  ['Match host b nonsense x\n Port 7', 'a'],
  ['Match final\n Port 7', 'a'],
  ['Match final host x.example.org\n Port 7\nHost a\n HostName x.example.org', 'a'],
  ['Match canonical\n Port 7', 'a'],
  ['Match final all\n User late\nHost *\n User early', 'a'],
  ['Match !final\n User first\nMatch final\n User last', 'a'],
  ['Host a\n HostName b\nHost b\n Port 7\nMatch final\n User x', 'a'],
  ['Port 22x', 'a'],
  ['Port 0', 'a'],
  ['ProxyJump gate', 'a'],
  ['ProxyJump ops@gate:2222', 'a'],
  ['ProxyJump one,two # comment', 'a'],
  ['ProxyJump none\nProxyJump gate', 'a'],
  ['ProxyCommand nc %h %p\nProxyJump gate', 'a'],
  ['ProxyJump gate\nProxyCommand nc %h %p', 'a'],
  ['ProxyCommand none\nProxyJump gate', 'a'],
  ['IdentityAgent none', 'a'],
  ['IdentityAgent SSH_AUTH_SOCK', 'a'],
  ['IdentityAgent $SSH_AUTH_SOCK', 'a'],
  ['User alice@corp.example', 'a'],
  ['User CORP\\alice', 'a'],
  ['AddKeysToAgent yes\nForwardAgent yes\nServerAliveInterval 5\nPort 7', 'a'],
  ['Port 7\r\nUser x\r\n', 'a'],
]

describe('a config means the same to kadm as to ssh', () => {
  test.each(CASES.map(([text, host, user]) => ({text, host, user})))('$text for $host', async ({text, host, user}) => {
    const ours = await asKadm(text.replaceAll('DIR', dir), host, user)
    const theirs = asSsh(text.replaceAll('DIR', dir), host, user)

    if (ours === 'refused' || theirs === 'refused') expect(ours).toBe(theirs)
    else expect(ours).toEqual(onlySet(theirs, ours))
  })
})

/** What a connection of ssh says of the keys it would try: `identity file PATH type -1`. */
async function keysOfSsh(text: string, port: number): Promise<readonly string[]> {
  const file = join(dir, `config-${String(++files)}`)
  writeFileSync(file, text)
  const words = ['-v', '-F', file, '-o', 'BatchMode=yes', '-p', String(port), '-l', 'ops', '127.0.0.1', 'true']
  return await new Promise(resolve => {
    execFile('ssh', words, {env}, (_error, _stdout, stderr) => {
      resolve([...stderr.matchAll(/identity file (\S+) type/g)].map(([, path = '']) => path).filter(isNoCertificate))
    })
  })
}
const isNoCertificate = (path: string): boolean => !path.endsWith('-cert')

test('tokens, variables and home folders in paths mean the same to kadm as to ssh', async () => {
  const web = createServer(socket => void socket.end('SSH-2.0-none\r\n'))
  await new Promise<void>(resolve => web.listen(0, '127.0.0.1', resolve))
  const {port} = web.address() as AddressInfo
  const names = ['%%', '%d', '%h', '%i', '%k', '%L', '%l', '%n', '%p', '%r', '%u', '${KADM_TEST_DIR}', '$KADM_TEST_DIR']
  const paths = [...names.map((name, i) => `/keys/${String(i)}/${name}`), '~/x', '~root/y', '/a%%%h%%']
  const text = paths.map(path => `IdentityFile ${path}`).join('\n')
  try {
    const theirs = await keysOfSsh(text, port)
    const localMachine = nodeLocalMachine(env)
    const [hop] = await routeTo(target(port, {user: 'ops'}), [parseConfig(text, 'config')], localMachine)

    expect(theirs).toHaveLength(paths.length)
    expect(hop?.keyFiles.map(({path}) => path)).toEqual(theirs)
  } finally {
    web.close()
  }
})

test('included files count where the line that includes them does, and what they begin ends with them', async () => {
  const folder = join(dir, 'included')
  mkdirSync(folder)
  writeFileSync(join(folder, '1'), 'Host a\n User inner\nHost *\n HostKeyAlias every\n')
  writeFileSync(join(folder, '2'), 'Port 7\nMatch all\n IdentitiesOnly yes\n')
  mkdirSync(join(folder, '3'))
  const text = `Host b\n Include ${folder}/*\nHost a\n Include "${folder}/*" ${folder}/none\n HostName x\nUser outer\n`
  const home = join(dir, 'home')
  mkdirSync(join(home, '.ssh'), {recursive: true})
  writeFileSync(join(home, '.ssh/config'), text)
  const localMachine = nodeLocalMachine({...env, HOME: home})

  for (const host of ['a', 'b', 'c']) {
    const [own = []] = await readSshConfig(localMachine)
    const found = await settingsFor([own], {host, user: undefined, port: undefined}, localMachine)
    const theirs = asSsh(text, host)

    expect(theirs).not.toBe('refused')
    expect({
      ...found,
      hostName: found.hostName ?? host,
      user: found.user ?? localMachine.user,
      port: found.port ?? 22,
    }).toEqual(onlySet(theirs === 'refused' ? {} : theirs, found))
  }
})
