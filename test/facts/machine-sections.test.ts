import {describe, expect, test} from 'vitest'
import {KadmError} from '../../src/domain/errors.ts'
import {fingerprint, identitySection} from '../../src/facts/gather/identity.ts'
import {interfacesSection, routesSection} from '../../src/facts/gather/interfaces.ts'
import {loginSection, proxySection} from '../../src/facts/gather/login.ts'
import * as machine from '../../src/facts/gather/machine.ts'
import {gatherScript, parseFacts} from '../../src/facts/parse-facts.ts'
import {listeningSection, resolvSection} from '../../src/facts/gather/sockets.ts'

test('the script is what its golden file says', async () => {
  await expect(gatherScript().text).toMatchFileSnapshot('golden/gather.sh')
})

test('an output that was cut off is refused', () => {
  expect(() => parseFacts('\x1eos-release\nID=debian\n')).toThrow(KadmError)
})

test('what a login shell prints before the script is passed over', () => {
  expect(parseFacts('Welcome to Ubuntu\n\x1eos-release\nID=debian\n\x1eend\n').os.id).toBe('debian')
})

describe('the machine', () => {
  test('is read from os-release with and without quotes', () => {
    const text = 'PRETTY_NAME="Ubuntu 24.04.2 LTS"\nID=ubuntu\nID_LIKE="debian x"\nVERSION_ID="24.04"\n# comment\n'

    expect(machine.osSection.parse(text)).toEqual({
      id: 'ubuntu',
      idLike: ['debian', 'x'],
      versionId: '24.04',
      pretty: 'Ubuntu 24.04.2 LTS',
    })
  })

  test.each([
    ['kind kvm\ncontainer none\n', {virtualization: 'kvm', isContainer: false}],
    ['kind systemd-nspawn\ncontainer systemd-nspawn\n', {virtualization: 'systemd-nspawn', isContainer: true}],
    ['kind \ncontainer \nmark docker\n', {virtualization: 'docker', isContainer: true}],
    ['kind \ncontainer \n', {virtualization: 'none', isContainer: false}],
  ])('says of %j what it runs on', (text, expected) => {
    expect(machine.virtualizationSection.parse(text)).toEqual(expected)
  })

  test('names the capabilities of its bounding set', () => {
    expect(machine.capabilitySection.parse('CapBnd:\t0000000000000001\n')).toEqual(['chown'])
    const all = machine.capabilitySection.parse('CapBnd:\t000001ffffffffff\n')
    expect(all).toHaveLength(41)
    expect(all).toEqual(expect.arrayContaining(['sys_resource', 'checkpoint_restore']))
    expect(machine.capabilitySection.parse('CapBnd:\t000001fffeffffff\n')).not.toContain('sys_resource')
  })

  test('has cgroup v2 where the unified controllers are, else v1', () => {
    expect(machine.cgroupSection.parse('version 2\ncontrollers cpuset cpu io memory pids\n')).toEqual({
      version: 2,
      controllers: ['cpuset', 'cpu', 'io', 'memory', 'pids'],
    })
    expect(machine.cgroupSection.parse('version 1\nv1 cpu\nv1 memory\n')).toEqual({
      version: 1,
      controllers: ['cpu', 'memory'],
    })
  })

  test('gives its kernel options only where its configuration was found', () => {
    expect(machine.kernelSection.parse('found\nCONFIG_VXLAN=m\nCONFIG_INET=y\n')).toEqual({VXLAN: 'm', INET: 'y'})
    expect(machine.kernelSection.parse('')).toBeUndefined()
  })
})

describe('the login', () => {
  test('is the person before sudo, and the address is the one that ssh came in by', () => {
    const text =
      'euid 0\nuser ubuntu\nuid 1000\ngid 1001\nhome /home/ubuntu\nsudo nopasswd\nssh SSH_CONNECTION=10.0.0.1 50000 10.0.0.5 22\n'

    expect(loginSection.parse(text)).toEqual({
      effectiveUid: 0,
      user: {name: 'ubuntu', uid: 1000, gid: 1001, home: '/home/ubuntu', sudo: 'nopasswd'},
      connectedAddress: '10.0.0.5',
    })
  })

  test('proxies are read in either case', () => {
    expect(proxySection.parse('HTTPS_PROXY="http://proxy:3128"\nno_proxy=localhost\n')).toEqual({
      http: undefined,
      https: 'http://proxy:3128',
      noProxy: 'localhost',
    })
  })
})

test('a fingerprint is what ssh-keygen prints', () => {
  // ssh-keygen -lf on this line was run once.
  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl github.com'

  expect(fingerprint(key)).toBe('SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU')
  expect(identitySection.parse(`machine-id abc\nboot-id b\nproduct-uuid 4C4C4544-00\nhost-key ${key}\n`)).toEqual({
    machineId: 'abc',
    bootId: 'b',
    productUuid: '4c4c4544-00',
    hostKeys: ['SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU'],
  })
})

describe('interfaces', () => {
  const json = (...links: readonly object[]) => interfacesSection.parse(`${JSON.stringify(links)}\n`)
  const ether = {
    link_type: 'ether',
    flags: ['UP', 'LOWER_UP'],
    operstate: 'UP',
    mtu: 1500,
    address: '52:54:00:00:00:01',
    addr_info: [],
  }
  const of = (info_kind: string) => ({linkinfo: {info_kind}})

  test.each([
    ['a card', {...ether, ifname: 'enp0s8'}, false, 'physical'],
    ['a bond', {...ether, ifname: 'bond0', ...of('bond')}, false, 'physical'],
    ['a bridge', {...ether, ifname: 'docker0', ...of('bridge')}, false, 'bridge'],
    ['the end of a pod', {...ether, ifname: 'veth12', ...of('veth')}, false, 'veth'],
    ["a container's own uplink", {...ether, ifname: 'host0', ...of('veth')}, true, 'physical'],
    ['the same name on a machine that is no container', {...ether, ifname: 'host0', ...of('veth')}, false, 'veth'],
    ['flannel', {...ether, ifname: 'flannel.1', ...of('vxlan')}, false, 'vxlan'],
    ['a tunnel', {...ether, link_type: 'none', ifname: 'wg0', ...of('wireguard')}, false, 'other'],
    ['loopback', {...ether, link_type: 'loopback', ifname: 'lo'}, false, 'loopback'],
  ])('%s is of its kind', (_, entry, isContainer, kind) => {
    expect(json(entry)(isContainer).map(link => link.kind)).toEqual([kind])
  })

  test('say of each address whether it is secondary or given by DHCP', () => {
    const addr_info = [
      {family: 'inet', local: '10.0.0.5', prefixlen: 24, dynamic: true},
      {family: 'inet', local: '10.0.0.6', prefixlen: 24, secondary: true},
    ]

    expect(json({...ether, ifname: 'eth0', addr_info})(false)[0]?.addresses).toEqual([
      {address: '10.0.0.5', prefix: 24, family: 4, dynamic: true, secondary: false},
      {address: '10.0.0.6', prefix: 24, family: 4, dynamic: false, secondary: true},
    ])
  })

  test('are none where ip is missing or died half-way', () => {
    expect(interfacesSection.parse('')(false)).toEqual([])
    expect(interfacesSection.parse('[{"ifname":"e')(false)).toEqual([])
  })
})

describe('routes', () => {
  test('the default route with the lowest metric wins, and its source is what the kernel takes', () => {
    const v4 = [
      {dst: 'default', gateway: '10.0.2.2', dev: 'enp0s3', metric: 100},
      {dst: 'default', gateway: '192.168.56.1', dev: 'enp0s8', metric: 50},
      {type: 'local', dst: '10.0.2.15', dev: 'enp0s3', table: 'local'},
      {dst: '172.30.0.0/16', dev: 'tun0', table: '52'},
    ]
    const asked = [{asked: true, dst: '1.1.1.1', dev: 'enp0s8', prefsrc: '192.168.56.10'}]
    const {routes, defaultRoute} = routesSection.parse([v4, asked].map(list => JSON.stringify(list)).join('\n'))

    expect(defaultRoute).toEqual({device: 'enp0s8', source: '192.168.56.10'})
    expect(routes.map(({destination, table}) => `${destination} ${table}`)).toEqual([
      'default main',
      'default main',
      '172.30.0.0/16 52',
    ])
  })

  test('a host without a default route has none', () => {
    expect(
      routesSection.parse('[{"dst":"10.0.0.0/24","dev":"host0","prefsrc":"10.0.0.5"}]').defaultRoute,
    ).toBeUndefined()
  })
})

test('listening sockets are read from ss, and from the kernel where it is missing', () => {
  const ss = [
    'ss LISTEN 0 4096 127.0.0.53%lo:53 0.0.0.0:* users:(("systemd-resolve",pid=5,fd=14))',
    'ss LISTEN 0 4096 *:6443 *:* users:(("kube-apiserver",pid=9,fd=3))',
    'ss LISTEN 0 128 [::1]:2379 [::]:*',
  ]

  expect(listeningSection.parse(ss.join('\n'))).toEqual([
    {port: 53, address: '127.0.0.53', process: 'systemd-resolve'},
    {port: 6443, address: '0.0.0.0', process: 'kube-apiserver'},
    {port: 2379, address: '::1', process: ''},
  ])
  expect(listeningSection.parse('proc 0100007F:192B\nproc 00000000000000000000000000000000:0016\n')).toEqual([
    {port: 6443, address: '127.0.0.1', process: ''},
    {port: 22, address: '::', process: ''},
  ])
})

test('DNS servers behind a stub are the ones that count', () => {
  expect(resolvSection.parse('nameserver 127.0.0.53\n\n# upstreams\nnameserver 10.0.0.1\n')).toEqual({
    nameservers: ['127.0.0.53'],
    upstreams: ['10.0.0.1'],
  })
  expect(resolvSection.parse('nameserver 127.0.0.53\n\n# upstreams\n').upstreams).toEqual([])
  expect(resolvSection.parse('nameserver 9.9.9.9\n\n# upstreams\n').upstreams).toEqual(['9.9.9.9'])
})
