import {execFileSync} from 'node:child_process'
import {describe, expect, test} from 'vitest'
import {cloudInitSection} from '../../src/facts/gather/cloud-init.ts'
import {filesSection} from '../../src/facts/gather/files.ts'
import {membershipSection} from '../../src/facts/gather/membership.ts'
import {packageLockSection, packagesSection} from '../../src/facts/gather/packages.ts'
import {runtimeSection} from '../../src/facts/gather/runtime.ts'
import {disksSection, fsyncSection, tracksSection} from '../../src/facts/gather/storage.ts'
import {modulesSection, unitsSection} from '../../src/facts/gather/units.ts'

test('packages are those that are installed, with their holds', () => {
  expect(packagesSection.parse('hi |kubelet|1.37.2-1.1\nii |runc|1.1.12\nun |docker.io|\nrc |ufw|0.36\n')).toEqual({
    kubelet: {version: '1.37.2-1.1', held: true},
    runc: {version: '1.1.12', held: false},
  })
})

test('the holder of the package lock is reported with its age', () => {
  expect(packageLockSection.parse('lock 812 50000 1000.50 unattended upgr\n')).toEqual({
    interrupted: false,
    lock: {pid: 812, command: 'unattended upgr', ageSeconds: 501},
  })
  expect(packageLockSection.parse('interrupted\n')).toEqual({interrupted: true, lock: undefined})
})

test('units that do not exist are left out, masked ones are reported as such', () => {
  const text =
    'Id=kubelet.service\nLoadState=loaded\nActiveState=active\nUnitFileState=enabled\n\n' +
    'Id=ufw.service\nLoadState=not-found\nActiveState=inactive\nUnitFileState=\n\n' +
    'Id=swap.target\nLoadState=masked\nActiveState=inactive\nUnitFileState=masked\n'

  expect(unitsSection.parse(text)).toEqual({
    'kubelet.service': {active: 'active', enabled: 'enabled'},
    'swap.target': {active: 'inactive', enabled: 'masked'},
  })
})

test('modules are loadable only with the right to load them, and never from a container', () => {
  const read = modulesSection.parse('loaded overlay nf_nat \nbuiltin overlay\nbuiltin vxlan\nloadable\n')

  expect(read(['sys_module'], false)).toEqual({loaded: ['nf_nat', 'overlay'], builtin: ['vxlan'], loadable: true})
  expect(read([], false).loadable).toBe(false)
  expect(read(['sys_module'], true).loadable).toBe(false)
})

test('files have type, four-digit mode and hash', () => {
  const hash = 'a'.repeat(64)
  const text = `stat|regular file|600|root|5|/etc/kubernetes/pki/ca.key\nstat|directory|1777|root|4096|/etc/kubernetes\nstat|symbolic link|777|root|9|/x|y\n${hash}  /etc/kubernetes/pki/ca.key\n`

  expect(filesSection.parse(text)).toEqual({
    '/etc/kubernetes/pki/ca.key': {type: 'file', mode: '0600', owner: 'root', size: 5, sha256: hash},
    '/etc/kubernetes': {type: 'directory', mode: '1777', owner: 'root', size: 4096, sha256: undefined},
    '/x|y': {type: 'symlink', mode: '0777', owner: 'root', size: 9, sha256: undefined},
  })
})

describe('the runtime', () => {
  test.each([
    ['disabled_plugins = ["cri"]', true],
    ["disabled_plugins = ['io.containerd.grpc.v1.cri']", true],
    ["disabled_plugins = ['io.containerd.cri.v1.images']", true],
    ['disabled_plugins = []', false],
    ["disabled_plugins = ['io.containerd.snapshotter.v1.btrfs']", false],
  ])('with %s has its CRI disabled: %s', (line, criDisabled) => {
    expect(runtimeSection.parse(`binary /usr/bin/containerd\n${line}\n`).containerd.criDisabled).toBe(criDisabled)
  })

  test('tells its version, driver and sockets', () => {
    const text =
      'binary /usr/local/bin/containerd\nversion containerd github.com/containerd/containerd/v2 v2.4.2 abc\nSystemdCgroup = true\nlive yes\nsocket /run/containerd/containerd.sock\n'

    expect(runtimeSection.parse(text)).toEqual({
      containerd: {
        binary: '/usr/local/bin/containerd',
        version: '2.4.2',
        criDisabled: false,
        systemdCgroup: true,
        socket: true,
      },
      sockets: ['/run/containerd/containerd.sock'],
    })
    expect(runtimeSection.parse('version containerd containerd.io 1.7.27 05044ec\n').containerd.version).toBe('1.7.27')
  })
})

const shell = (command: string, input = ''): string => execFileSync('sh', ['-c', command], {input, encoding: 'utf8'})

describe('membership', () => {
  test('is the CA of the cluster, the name in the certificate of the kubelet, and its flags', () => {
    const subject = '/O=system:nodes/CN=system:node:worker-1'
    const key = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null'
    const certificate = shell(`openssl req -x509 ${key} -subj ${subject} -days 2 2>/dev/null`)
    const text = `kubelet Kubernetes v1.37.2\nrunning yes\ndriver "systemd"\nnode-ip 10.0.0.5\nserver "https://10.0.0.1:6443"\nnode default\napi-version v1.36.3\ncertificate kubelet\n${certificate}certificate ca\n${certificate}`

    const membership = membershipSection.parse(text)

    expect(membership).toMatchObject({
      kubeletVersion: 'v1.37.2',
      kubeletRuns: true,
      cgroupDriver: 'systemd',
      nodeIp: '10.0.0.5',
      nodeName: 'worker-1',
      apiServer: 'https://10.0.0.1:6443',
      apiServerVersion: 'v1.36.3',
    })
    // What kubeadm's documentation tells people to take this hash with.
    const documented = 'openssl x509 -pubkey | openssl pkey -pubin -outform der | sha256sum | cut -d" " -f1'
    expect(membership.clusterCaHash).toBe(shell(documented, certificate).trim())
  })

  test('is empty on a bare host, and a half-written CA does not count', () => {
    expect(membershipSection.parse('certificate kubelet\ncertificate ca\n')).toMatchObject({
      kubeletRuns: false,
      clusterCaHash: undefined,
      nodeName: undefined,
    })
    expect(
      membershipSection.parse('certificate kubelet\ncertificate ca\n-----BEGIN CERTIFICATE-----\nMIIB').clusterCaHash,
    ).toBeUndefined()
  })
})

test('the median of the synced writes counts, in milliseconds', () => {
  const line = (seconds: string) => `4096 bytes (4.1 kB, 4.0 KiB) copied, ${seconds} s, 1.0 MB/s`

  expect(fsyncSection.parse(['0.002', '0.9', '0.0015', '3e-05', '0.0021'].map(line).join('\n'))).toBe(2)
  expect(fsyncSection.parse('')).toBeUndefined()
})

test('disks say how much is free and whether they may be written', () => {
  expect(disksSection.parse('/var/lib 1024 2048 10 60 rw,relatime\n/ 1 2 0 0 ro\n/run 1 2 - - rw\n')).toEqual([
    {path: '/var/lib', freeBytes: 1048576, totalBytes: 2097152, readOnly: false, inodes: {free: 10, total: 60}},
    {path: '/', freeBytes: 1024, totalBytes: 2048, readOnly: true, inodes: undefined},
    {path: '/run', freeBytes: 1024, totalBytes: 2048, readOnly: false, inodes: undefined},
  ])
})

test('the lease and the ledger of an earlier run are read', () => {
  expect(tracksSection.parse('ledger 3\nholder anna@laptop process 7\nseen 1800000000\n')).toEqual({
    ledgerEntries: 3,
    lease: {holder: 'anna@laptop process 7', seen: 1_800_000_000},
  })
  // Given back: the first line of the file is empty.
  expect(tracksSection.parse('ledger 3\n\nseen 1800000000\n').lease).toBeUndefined()
  expect(tracksSection.parse('ledger 0\n')).toEqual({ledgerEntries: 0, lease: undefined})
})

describe('cloud-init', () => {
  test('that does not exist says nothing', () => {
    expect(cloudInitSection.parse('')).toBeUndefined()
  })

  test('is read with what its user-data says of names, quoted or not', () => {
    expect(cloudInitSection.parse('present yes\nmanage_etc_hosts "True"\npreserve_hostname false\n')).toEqual({
      disabled: false,
      userData: {preserveHostname: 'false', manageEtcHosts: 'true'},
    })
    expect(cloudInitSection.parse('present yes\ndisabled yes\n')).toEqual({
      disabled: true,
      userData: {preserveHostname: undefined, manageEtcHosts: undefined},
    })
  })
})
