import {describe, expect, test} from 'vitest'
import {NOTHING_SHARED, type SysctlFile} from '../../../src/domain/shared-facts.ts'
import {filesInOrder, forwardingOffAtBoot, settingAtBoot} from '../../../src/phases/preflight/checks/sysctl-boot.ts'
import {file, judged, input, sampleCluster, seen, tell} from './sample.ts'
import {judge} from '../../../src/phases/preflight/judge.ts'

const OWN: SysctlFile = {path: '/etc/sysctl.d/99-zz-kadm.conf', lines: ['net.ipv4.ip_forward = 1']}
const of = (path: string, ...lines: readonly string[]): SysctlFile => ({path, lines})
const off = (...files: readonly SysctlFile[]): string | undefined =>
  forwardingOffAtBoot([...files, OWN], 4, ['cni0', 'flannel.1', 'enp0s8'])?.path

test('files are read by name over all folders, and one in /etc hides those of its name', () => {
  const files = [
    of('/usr/lib/sysctl.d/50-default.conf', 'a'),
    of('/etc/sysctl.d/99-a.conf'),
    of('/run/sysctl.d/60-b.conf'),
    of('/usr/lib/sysctl.d/99-a.conf', 'b'),
    of('/etc/sysctl.d/README'),
    of('/etc/sysctl.conf', 'c'),
  ]

  expect(filesInOrder(files).map(({path}) => path)).toEqual([
    '/usr/lib/sysctl.d/50-default.conf',
    '/run/sysctl.d/60-b.conf',
    '/etc/sysctl.d/99-a.conf',
  ])
})

describe('forwarding after a boot', () => {
  test.each<[string, readonly SysctlFile[], string | undefined]>([
    ['nothing else', [], undefined],
    [
      'a later file',
      [of('/etc/sysctl.d/zz-hardening.conf', 'net.ipv4.ip_forward = 0')],
      '/etc/sysctl.d/zz-hardening.conf',
    ],
    ['an earlier file', [of('/etc/sysctl.d/10-hardening.conf', 'net.ipv4.ip_forward=0')], undefined],
    ['sysctl.conf by its link', [of('/etc/sysctl.d/99-sysctl.conf', 'net.ipv4.ip_forward=0')], undefined],
    [
      'a later file of a package',
      [of('/usr/lib/sysctl.d/99-zzz.conf', 'net.ipv4.ip_forward=0')],
      '/usr/lib/sysctl.d/99-zzz.conf',
    ],
    [
      'a later file of a package that /etc hides',
      [of('/usr/lib/sysctl.d/99-zzz.conf', 'net.ipv4.ip_forward=0'), of('/etc/sysctl.d/99-zzz.conf')],
      undefined,
    ],
    ['slashes and a minus', [of('/run/sysctl.d/zz.conf', '-net/ipv4/ip_forward=0')], '/run/sysctl.d/zz.conf'],
    ['a comment', [of('/etc/sysctl.d/zz.conf', '# net.ipv4.ip_forward=0', '; net.ipv4.ip_forward=0')], undefined],
    [
      'on again in a still later file',
      [of('/etc/sysctl.d/zz.conf', 'net.ipv4.ip_forward=0'), of('/etc/sysctl.d/zzz.conf', 'net.ipv4.ip_forward=1')],
      undefined,
    ],
    [
      'the same setting by its other name',
      [of('/etc/sysctl.d/zz.conf', 'net.ipv4.conf.all.forwarding = 0')],
      '/etc/sysctl.d/zz.conf',
    ],
    ['the other name earlier', [of('/etc/sysctl.d/10.conf', 'net.ipv4.conf.all.forwarding = 0')], undefined],
    ['links that come', [of('/etc/sysctl.d/zz.conf', 'net.ipv4.conf.default.forwarding=0')], '/etc/sysctl.d/zz.conf'],
    [
      'a wildcard, also earlier, since it holds for links that come',
      [of('/etc/sysctl.d/10.conf', 'net.ipv4.conf.*.forwarding = 0')],
      '/etc/sysctl.d/10.conf',
    ],
    ['a wildcard over another setting', [of('/etc/sysctl.d/zz.conf', 'net.ipv4.conf.*.rp_filter = 0')], undefined],
    [
      'one link of the node',
      [of('/etc/sysctl.d/zz.conf', 'net/ipv4/conf/enp0s8/forwarding = 0')],
      '/etc/sysctl.d/zz.conf',
    ],
    ['a link that is not of the node', [of('/etc/sysctl.d/zz.conf', 'net.ipv4.conf.wlan0.forwarding = 0')], undefined],
    [
      'a link with a dot in its name',
      [of('/etc/sysctl.d/zz.conf', 'net.ipv4.conf.flannel/1.forwarding = 0')],
      '/etc/sysctl.d/zz.conf',
    ],
  ])('%s', (_what, files, path) => {
    expect(off(...files)).toBe(path)
  })

  test('a key that is named, or kept out by a minus, is not reached by a wildcard', () => {
    const wild = of('/etc/sysctl.d/zz.conf', 'net.ipv6.conf.*.forwarding = 0')
    const named = of('/etc/sysctl.d/10.conf', '-net.ipv6.conf.all.forwarding', 'net.ipv6.conf.default.forwarding=1')

    expect(settingAtBoot([wild], 'net.ipv6.conf.all.forwarding')?.path).toBe(wild.path)
    expect(settingAtBoot([wild, named], 'net.ipv6.conf.all.forwarding')).toBeUndefined()
    expect(settingAtBoot([wild, named], 'net.ipv6.conf.default.forwarding')?.path).toBe(named.path)
  })
})

const shared = (...sysctlFiles: readonly SysctlFile[]) => ({shared: {...NOTHING_SHARED, sysctlFiles}})
const NAME = 'FileContent--proc-sys-net-ipv4-ip_forward'
const hardening = of('/etc/sysctl.d/zz-hardening.conf', 'net.ipv4.ip_forward = 0')

describe('preflight', () => {
  test('names the file that turns forwarding off at the next boot, also while it is on', () => {
    const told = [
      'error master: /etc/sysctl.d/zz-hardening.conf turns forwarding off at the next boot: it overrides /etc/sysctl.d/99-zz-kadm.conf -> remove that line from /etc/sysctl.d/zz-hardening.conf',
    ]

    expect(seen(NAME, shared(hardening))).toEqual(told)
    expect(seen(NAME, {...shared(hardening), sysctls: {'net.ipv4.ip_forward': '0'}})).toEqual(told)
  })

  test('does not stop a cluster that runs, but tells it', () => {
    const member = judged('master', 10, {role: 'control-plane', clusterCaHash: 'aa', ...shared(hardening)})
    const found = judge(input([member])).filter(({name}) => name === NAME)

    expect(tell(found)).toEqual([expect.stringMatching(/^warning master: \/etc\/sysctl.d\/zz-hardening.conf/)])
  })

  test('judges what kadm itself is going to write rather than what its file says now', () => {
    expect(seen(NAME, shared(of('/etc/sysctl.d/99-zz-kadm.conf', 'net.ipv4.ip_forward = 0')))).toEqual([])
  })

  test('knows that ufw applies settings of its own, when it is on', () => {
    const ufw = of('/etc/ufw/sysctl.conf', 'net/ipv4/ip_forward=0')
    const firewall = {ufw: true, firewalld: false, nftables: false, closed: []}

    expect(seen(NAME, shared(ufw))).toEqual([])
    expect(seen(NAME, {...shared(ufw), firewall})).toEqual([
      expect.stringContaining('/etc/ufw/sysctl.conf turns forwarding off'),
    ])
  })

  test('looks at the bridges too', () => {
    const line = 'net.bridge.bridge-nf-call-iptables = 0'

    expect(
      seen('FileContent--proc-sys-net-bridge-bridge-nf-call-iptables', shared(of('/etc/sysctl.d/99-zzz.conf', line))),
    ).toEqual([
      'error master: /etc/sysctl.d/99-zzz.conf sets net.bridge.bridge-nf-call-iptables = 0 at the next boot: it overrides /etc/sysctl.d/99-zz-kadm.conf -> remove that line from /etc/sysctl.d/99-zzz.conf',
    ])
    expect(
      seen('FileContent--proc-sys-net-bridge-bridge-nf-call-iptables', shared(of('/etc/sysctl.d/50.conf', line))),
    ).toEqual([])
  })

  test('tells of a later file that it could not read', () => {
    const files = {'/etc/sysctl.d/zz.conf': file, '/etc/sysctl.d/10.conf': file, '/etc/sysctl.d/zz.txt': file}

    expect(seen('SysctlFiles', {files})).toEqual([
      expect.stringContaining('warning master: /etc/sysctl.d/zz.conf overrides'),
    ])
    expect(seen('SysctlFiles', {files, ...shared(of('/etc/sysctl.d/zz.conf'))})).toEqual([])
  })

  test('knows which settings a kubelet wants that may not change the kernel', () => {
    const base = sampleCluster()
    const cluster = {...base, extra: {...base.extra, kubelet: {protectKernelDefaults: true}}}
    const sysctls = {'net.ipv4.ip_forward': '1', 'vm.overcommit_memory': '0', 'kernel.panic': '10'}

    expect(seen('ProtectKernelDefaults', {sysctls}, {cluster})).toEqual([
      'error master: vm.overcommit_memory is 0, and protectKernelDefaults forbids the kubelet to change it, so it does not start -> set vm.overcommit_memory = 1 in a file of /etc/sysctl.d and run sudo systemctl restart systemd-sysctl, or leave protectKernelDefaults out',
    ])
    expect(seen('ProtectKernelDefaults', {sysctls})).toEqual([])
  })
})
