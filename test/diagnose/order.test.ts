import {describe, expect, test} from 'vitest'
import {diagnose} from '../../src/diagnose/diagnose.ts'
import {crashed, evidenceWith, nowOf, units, journal, type Sections} from './captures.ts'
import {CP, probe, probeFails, WELL} from './wording.ts'

const names = (sections: Sections, phase = 'doctor'): readonly string[] =>
  diagnose(evidenceWith(CP, sections), {phase, waitedFor: 'nothing', now: nowOf(CP)}).map(({name}) => name)

const UNHELD = {holds: 'kubelet|1.37.2-1.1'}

describe('what breaks nothing yet', () => {
  test('is reported when everything else is well', () => {
    expect(names({...WELL, ...UNHELD})).toEqual(['hold-lifted'])
  })

  test('comes after what is broken now', () => {
    const told = names({
      ...units('restarting'),
      ...journal(
        'kubelet',
        CP,
        'E1124 run.go:72] "command failed" err="failed to parse kubelet flag: unknown flag: --abc"',
      ),
      ...UNHELD,
    })

    expect(told[0]).toBe('kubelet-flag')
    expect(told.at(-1)).toBe('hold-lifted')
  })

  test('does not hide that a program ends for a reason that no rule knows', () => {
    const ends = crashed('etcd', CP, '{"level":"fatal","msg":"something that nobody knows"}')

    expect(names({...ends, ...UNHELD})).toContain('component-stops')
  })
})

describe('a controller that ends', () => {
  const lost = crashed(
    'kube-scheduler',
    CP,
    'E1124 06:41:12.3 1 server.go:365] "Failed to renew lease, leader election lost"',
  )
  const refused = probeFails('The connection to the server 10.77.1.11:6443 was refused', 'refused', 'master')

  test('for want of the API is not the cause of it', () => {
    expect(names({...lost, ...refused})).not.toContain('component-stops')
  })

  test('for a reason of its own is reported, also while the API is away', () => {
    const own = crashed('kube-scheduler', CP, 'E1124 06:41:12.3 1 run.go:72] "command failed" err="no such profile"')

    expect(names({...own, ...refused})).toContain('component-stops')
  })
})

describe('the pod network without a bridge', () => {
  const bridgeOff = {sysctls: 'net/ipv4/ip_forward:1\nnet/bridge/bridge-nf-call-iptables:0'}

  test.each([
    ['calico', 'config 10-calico.conflist k8s-pod-network calico bandwidth portmap', false],
    ['cilium', 'config 05-cilium.conflist cilium cilium-cni', false],
    ['flannel', 'config 10-flannel.conflist cbr0 flannel portmap', true],
  ])('%s', (_, config, isTold) => {
    const plugins = config
      .split(' ')
      .slice(3)
      .map(name => `plugin ${name}`)
    const told = names({...WELL, ...bridgeOff, 'pod-network': [config, ...plugins, 'pods 10.0.0.1'].join('\n')})

    expect(told.includes('bridge-filter')).toBe(isTold)
  })
})

describe('a firewall', () => {
  const dropped = (source: string, port: number): Sections =>
    journal(
      'kernel',
      CP,
      `[UFW BLOCK] IN=eth0 OUT= SRC=${source} DST=203.0.113.7 LEN=60 PROTO=TCP SPT=40112 DPT=${String(port)}`,
    )
  const found = (sections: Sections): readonly string[] =>
    diagnose(evidenceWith(CP, {...WELL, ...sections}), {phase: 'doctor', waitedFor: 'nothing', now: nowOf(CP)}).flatMap(
      ({name, certainty}) => (name === 'firewall' ? [certainty] : []),
    )

  test('that keeps strangers away does its work', () => {
    expect(found(dropped('198.51.100.9', 6443))).toEqual([])
    expect(found(dropped('2001:db8::9', 53))).toEqual([])
  })

  test.each(['10.77.1.12', '100.64.3.2', 'fd00::12'])('that keeps the neighbour %s away is reported', source => {
    expect(found(dropped(source, 10250))).toEqual(['likely'])
  })

  test('with a rule that keeps a known node away is reported', () => {
    const peers = '198.51.100.9 10.244.1.0 yes open'

    expect(found({...dropped('198.51.100.9', 6443), peers})).toEqual(['likely'])
  })

  test('whose rule may explain other causes is only possible while all nodes are reachable', () => {
    const rule = {'drop-rules': 'tcp dport 10250 drop'}

    expect(found({...rule, peers: '10.77.1.12 10.244.1.0 yes open'})).toEqual(['possible'])
    expect(found({...rule, peers: '10.77.1.12 10.244.1.0 yes silent'})).toEqual(['likely'])
  })
})

describe('a disk that is nearly full', () => {
  const low = (room: string): boolean => names({...WELL, room}).includes('disk-pressure')
  const row = (path: string, free: number): string => `${path} ${String(free)} 100000000 9000000 16777216 rw`

  test.each([
    ['is reported where the kubelet keeps its data', [row('/', 5_000_000)], true],
    ['is reported where the images are', [row('/', 50_000_000), row('/var/lib/containerd', 5_000_000)], true],
    ['is none of the kubelet where neither is', [row('/', 5_000_000), row('/var/lib', 50_000_000)], false],
    ['is none of the kubelet where only logs are', [row('/', 50_000_000), row('/var/log', 5_000_000)], false],
  ])('%s', (_, rows, isTold) => {
    expect(low(rows.join('\n'))).toBe(isTold)
  })
})

describe('a node of kubeadm that kadm would have made otherwise', () => {
  const other = (sections: Sections): readonly string[] => names({...WELL, ...sections})
  const withoutContainerd = {
    'unit-states':
      units('running')['unit-states']?.replace(
        /Id=containerd\.service\nLoadState=loaded/,
        'Id=containerd.service\nLoadState=not-found',
      ) ?? '',
    'runtime-state': '',
  }

  test('with CRI-O has no containerd that is down', () => {
    expect(other(withoutContainerd)).not.toContain('containerd-down')
    expect(names({...WELL, ...withoutContainerd, 'kubelet-health': 'no'})).toContain('containerd-down')
  })

  test('may have the programs of its network elsewhere', () => {
    const crio = 'config 11-crio-ipv4-bridge.conflist crio bridge host-local\nplugin flannel\npods 10.0.0.1'

    expect(other({'pod-network': crio})).not.toContain('cni-plugin')
  })

  test('may let swap stay by a flag', () => {
    const swap = {
      memory: 'total 24684084\navailable 20074716\nswap /swap.img file 2097148 0 -2',
      virtualization: 'kind kvm',
    }

    expect(other(swap)).toContain('swap-on')
    expect(other({...swap, flags: '/etc/default/kubelet --fail-swap-on'})).not.toContain('swap-on')
  })

  test('with IPv6 only forwards no IPv4', () => {
    const off = {sysctls: 'net/ipv4/ip_forward:0\nnet/bridge/bridge-nf-call-iptables:1'}

    expect(other(off)).toContain('ip-forward')
    expect(other({...off, 'api-probe': probe({podCIDRs: ['fd00:10::/64']})})).not.toContain('ip-forward')
  })
})
