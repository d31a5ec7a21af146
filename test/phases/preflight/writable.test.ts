import {describe, expect, test} from 'vitest'
import {NOTHING_SHARED, type SharedFacts} from '../../../src/domain/shared-facts.ts'
import {judge} from '../../../src/phases/preflight/judge.ts'
import {file, input, judged, sampleCluster, sampleFacts, seen, tell} from './sample.ts'

const fixed = (path: string, by: SharedFacts['fixed'][number]['by'] = 'immutable') => ({
  shared: {...NOTHING_SHARED, fixed: [{path, by}]},
})

describe('what even root cannot change', () => {
  test.each(['/etc/hosts', '/etc/sysctl.d', '/etc/systemd/system', '/var/lib/kubelet', '/etc/containerd/config.toml'])(
    '%s is named with the command that helps',
    path => {
      expect(seen('ImmutableFile', fixed(path))).toEqual([
        `error master: ${path} is immutable (lsattr shows 'i'), so kadm cannot change it -> make it changeable: sudo chattr -i ${path}`,
      ])
    },
  )

  test('append-only files and files that are mounts have their own words', () => {
    expect(seen('ImmutableFile', fixed('/etc/hosts', 'append-only'))[0]).toMatch(/ -> .*sudo chattr -a \/etc\/hosts$/)
    expect(seen('ImmutableFile', fixed('/etc/hosts', 'mount'))[0]).toMatch(/ -> unmount it: sudo umount \/etc\/hosts$/)
  })

  test('matters only where kadm has something to change', () => {
    const swap = [{kind: 'fstab' as const, device: '/swap.img', path: '/swap.img', active: true, line: '/swap.img'}]

    expect(seen('ImmutableFile', fixed('/etc/fstab'))).toEqual([])
    expect(seen('ImmutableFile', {...fixed('/etc/fstab'), swap})).toHaveLength(1)
    expect(seen('ImmutableFile', {...fixed('/etc/fstab'), swap}, {cluster: sampleCluster({swap: 'keep'})})).toEqual([])
    expect(seen('ImmutableFile', fixed('/etc/hostname'))).toEqual([])
    expect(seen('ImmutableFile', {...fixed('/etc/hostname'), hostname: 'ubuntu'})).toHaveLength(1)
    expect(seen('ImmutableFile', {...fixed('/etc/hosts'), clusterCaHash: 'aa'})).toEqual([])
    expect(seen('ImmutableFile', {...fixed('/etc/sysctl.d'), clusterCaHash: 'aa'})[0]).toMatch(/^warning/)
  })
})

describe('what lies where kadm writes', () => {
  test.each([
    ['/etc/containerd/config.toml', 'directory' as const, 'a folder, where kadm writes a file'],
    ['/etc/hosts', 'directory' as const, 'a folder, where kadm writes a file'],
    ['/etc/sysctl.d/99-zz-kadm.conf', 'symlink' as const, 'a symbolic link, where kadm writes a file'],
    ['/etc/kubernetes', 'file' as const, 'a file, where kadm writes into a folder'],
    ['/var/lib/etcd', 'other' as const, 'a device or socket, where kadm writes into a folder'],
  ])('%s as %s is refused before anything is touched', (path, type, message) => {
    expect(seen('PathType', {files: {[path]: {...file, type}}})).toEqual([
      `error master: ${path} is ${message} -> check what ${path} is for, and move it away if you do not need it: sudo mv ${path} ${path}.old`,
    ])
  })

  test.each([
    ['/etc/hosts', 'symlink' as const],
    ['/var/lib/kubelet', 'symlink' as const],
    ['/etc/kubernetes/admin.conf', 'symlink' as const],
    ['/etc/containerd/config.toml', 'file' as const],
  ])('%s as %s is in order', (path, type) => {
    expect(seen('PathType', {files: {[path]: {...file, type}}})).toEqual([])
  })

  test('a unit that is masked is reported as such', () => {
    const files = {'/etc/systemd/system/containerd.service': {...file, type: 'symlink' as const}}
    const units = {'containerd.service': {active: 'inactive', enabled: 'masked'}}

    expect(seen('PathType', {files, units})).toEqual([
      'error master: containerd.service is masked, so nothing can start it -> unmask it: sudo systemctl unmask containerd.service',
    ])
  })

  test('half of a block in /etc/hosts is refused', () => {
    const blocks = (begins: number, ends: number) => ({shared: {...NOTHING_SHARED, blocks: {node: {begins, ends}}}})

    expect(seen('HostsFile', blocks(1, 1))).toEqual([])
    expect(seen('HostsFile', blocks(1, 0))).toHaveLength(1)
    expect(seen('HostsFile', blocks(2, 2))).toHaveLength(1)
  })
})

const GIB = 1024 ** 3
const disk = (path: string, changes: object = {}) => ({
  path,
  freeBytes: 40 * GIB,
  totalBytes: 80 * GIB,
  readOnly: false,
  ...changes,
})

describe('disks', () => {
  test.each([
    [
      'no inodes left',
      '/var/lib/containerd',
      {free: 1, total: 60},
      /^error .*only 1 of 60 inodes free for \/var\/lib\/containerd/,
    ],
    ['fewer than the kubelet lets be', '/var/lib/kubelet', {free: 40_000, total: 1_000_000}, /^error /],
    ['few', '/var/lib/containerd', {free: 60_000, total: 1_000_000}, /^warning /],
    ['none for configuration', '/etc', {free: 3, total: 5000}, /^error /],
  ])('%s', (_what, path, inodes, line) => {
    expect(seen('DiskSpace', {disks: [disk(path, {inodes})]})).toEqual([expect.stringMatching(line)])
  })

  test('a file system without a fixed number of inodes is in order', () => {
    expect(seen('DiskSpace', {disks: [disk('/var/lib/containerd', {inodes: undefined})]})).toEqual([])
  })

  test('read-only places where kadm writes are reported, each once', () => {
    const disks = [
      disk('/'),
      disk('/etc'),
      ...['/usr/local/bin', '/opt/cni/bin'].map(path => disk(path, {readOnly: true})),
    ]

    expect(seen('DiskWritable', {disks})).toEqual([
      'error master: /usr/local/bin, /opt/cni/bin are on a read-only file system -> mount it read-write: sudo mount -o remount,rw "$(findmnt -no TARGET -T /usr/local/bin)"; then look in /etc/fstab',
    ])
  })
})

describe('names that machines brought along', () => {
  const named = (hostname: string): readonly string[] => {
    const host = judged(hostname.toLowerCase(), 10, {hostname})
    const unnamed = {...host, node: {...host.node, host: {...host.node.host, name: undefined}}}
    return tell(judge(input([unnamed])).filter(({name}) => name === 'Hostname'))
  }

  test.each([
    ['64 characters', 'vm-0123456789-0123456789-0123456789-0123456789.corp.example.inte'],
    ['an underscore', 'web_1'],
    ['a dash at the end', 'web-'],
    ['two dots', 'web..corp'],
    ['a blank', 'my vm'],
  ])('with %s are refused, with the way out', (_what, hostname) => {
    expect(named(hostname)).toEqual([
      `error ${hostname}: '${hostname}' is not a node name; use lower-case letters, digits, '-' and '.', at most 63 characters (RFC 1123) -> set another name with --node-name NAME, or with name: under hosts in the file; kadm then sets the hostname too`,
    ])
  })

  test('in capitals are used in small letters, as the kubelet does, and the machine keeps its own', () => {
    expect(named('Web-1.Corp')).toEqual(['info web-1.corp: is called Web-1.Corp -> the cluster knows it as web-1.corp'])
  })

  test('of 63 characters with dots are in order', () => {
    expect(named(`${'a'.repeat(50)}.${'b'.repeat(12)}`)).toEqual([])
  })
})

describe('a range that is suggested', () => {
  const base = sampleFacts(10).network
  const suggested = (...destinations: readonly string[]): readonly string[] => {
    const routes = destinations.map(destination => ({destination, device: 'tun0', gateway: undefined, table: 'main'}))
    const network = {...base, routes: [...base.routes, ...routes]}
    return seen('NetworkRanges', {network}).map(line => line.replace(/^.* -> /, ''))
  }

  test.each([
    [['10.244.0.0/16'], ['choose another: --pod-network-cidr 10.255.0.0/16']],
    [
      ['10.0.0.0/8'],
      ['choose another: --pod-network-cidr 172.31.0.0/16', 'choose another: --service-cidr 172.30.0.0/16'],
    ],
    [
      ['10.0.0.0/8', '172.16.0.0/12'],
      ['choose another: --pod-network-cidr 192.168.128.0/17', 'choose another: --service-cidr 192.168.64.0/18'],
    ],
  ])('beside routes to %j is free', (routes, lines) => {
    expect(suggested(...routes)).toEqual(lines)
  })

  test('is none where none is free', () => {
    const none =
      'no range of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 is free on these hosts: remove a route that they do not need (ip route), and run the command again'

    expect(suggested('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16')).toEqual([none, none])
  })
})
