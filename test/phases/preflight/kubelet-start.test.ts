import {describe, expect, test} from 'vitest'
import {NOTHING_SHARED} from '../../../src/domain/shared-facts.ts'
import {file, sampleCluster, seen} from './sample.ts'

const saying = (serviceFiles: Readonly<Record<string, readonly string[]>>) => ({
  shared: {...NOTHING_SHARED, serviceFiles},
})
const extra = (args: string) => saying({'/etc/default/kubelet': [`KUBELET_EXTRA_ARGS=${args}`]})
const flag = (args: string): readonly string[] => seen('KubeletExtraArgs', extra(args))

describe('arguments of /etc/default/kubelet', () => {
  test.each([
    ['--network-plugin=cni'],
    ['"--container-runtime=remote --v=2"'],
    ['--pod-infra-container-image=pause:3.9'],
    ['-cni-bin-dir=/opt/cni/bin'],
  ])('%s is unknown to the kubelet, which would not start', args => {
    expect(flag(args)).toEqual([
      expect.stringMatching(/^error master: .* an unknown flag with which the kubelet does not start -> remove --/),
    ])
  })

  test.each([
    ['--node-ip=10.9.9.9', '192.168.56.10'],
    ['"--v=2 --hostname-override other"', 'master'],
    ['--cgroup-driver=cgroupfs', 'systemd'],
    ['--config=/etc/kubelet.yaml', '/var/lib/kubelet/config.yaml'],
    ['--container-runtime-endpoint=unix:///run/crio/crio.sock', 'unix:///run/containerd/containerd.sock'],
    ['--cluster-dns=10.2.0.10', '10.96.0.10'],
    ['--root-dir=/data/kubelet', '/var/lib/kubelet'],
  ])('%s contradicts this cluster', (args, right) => {
    expect(flag(args)).toEqual([expect.stringContaining(`which overrides ${right} of this cluster`)])
  })

  test.each([
    ['--node-ip=192.168.56.10'],
    ['--node-ip=192.168.56.10,fd00::10'],
    ['"--v=4 --max-pods=50"'],
    ['--cgroup-driver=systemd'],
    ['--cluster-dns=10.96.0.10'],
    ["'--node-labels=a=b,c=d' --fail-swap-on=false"],
    [''],
  ])('%s is in order', args => {
    expect(flag(args)).toEqual([])
  })

  test('which could not be read are reported', () => {
    expect(seen('KubeletExtraArgs', {files: {'/etc/default/kubelet': file}})).toEqual([
      expect.stringContaining('warning master: /etc/default/kubelet could not be read'),
    ])
  })

  test('on a node that runs they are reported, and stop nothing', () => {
    const member = {...extra('--node-ip=10.9.9.9'), clusterCaHash: 'aa'}

    expect(seen('KubeletExtraArgs', member)).toEqual([expect.stringMatching(/^warning /)])
  })
})

test('a kubelet that runs with a flag of an older release is not said not to start', () => {
  const member = {...extra('--pod-infra-container-image=pause:3.9'), clusterCaHash: 'aa'}
  const active = {'kubelet.service': {active: 'active', enabled: 'enabled'}}
  const failing = {'kubelet.service': {active: 'activating', enabled: 'enabled'}}

  expect(seen('KubeletExtraArgs', {...member, units: active})).toEqual([expect.stringMatching(/^warning /)])
  expect(seen('KubeletExtraArgs', {...member, units: failing})).toEqual([expect.stringMatching(/^error /)])
})

const dir = '/etc/systemd/system/kubelet.service.d'
const STANDARD =
  'ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS'
const ODD = 'ExecStart=/usr/local/bin/kubelet $KUBELET_OPTS'

describe('drop-ins of the kubelet', () => {
  test.each([
    ['a later one', {[`${dir}/99-custom.conf`]: ['ExecStart=', ODD]}],
    [
      'a stale one that hides that of the package',
      {
        [`${dir}/10-kubeadm.conf`]: [ODD],
        '/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf': [STANDARD],
      },
    ],
    ['one that will be gone after a boot', {'/run/systemd/system/kubelet.service.d/50-test.conf': [ODD]}],
  ])('%s that starts it without our configuration is named', (_what, files) => {
    const [path = ''] = Object.keys(files)

    expect(seen('KubeletDropIns', saying(files))).toEqual([
      `error master: ${path} starts the kubelet as '/usr/local/bin/kubelet $KUBELET_OPTS', without the configuration of this cluster -> move it away: sudo mv ${path} ${path}.off`,
    ])
  })

  test.each([
    ['the usual one', {[`${dir}/10-kubeadm.conf`]: ['ExecStart=', STANDARD]}],
    ['an earlier one', {[`${dir}/05-early.conf`]: [ODD]}],
    [
      'one that hides an odd one',
      {
        [`${dir}/20-x.conf`]: [],
        '/usr/lib/systemd/system/kubelet.service.d/20-x.conf': [ODD],
      },
    ],
    ['one that adds to the usual line', {[`${dir}/30-v.conf`]: ['ExecStart=', `${STANDARD} --v=4`]}],
    ['the proxy of kadm', {[`${dir}/20-kadm-proxy.conf`]: []}],
  ])('%s is in order', (_what, files) => {
    expect(seen('KubeletDropIns', saying(files))).toEqual([])
  })

  test('10-kubeadm.conf is rewritten from a bundle', () => {
    const cluster = sampleCluster({source: {kind: 'bundle', path: 'b'}})
    const facts = saying({[`${dir}/10-kubeadm.conf`]: [ODD]})

    expect(seen('KubeletDropIns', facts, {cluster, bundleArchitecture: 'amd64'})).toEqual([])
  })

  test('flags in a drop-in are judged like those of the file', () => {
    const facts = saying({[`${dir}/20-x.conf`]: ['Environment="KUBELET_EXTRA_ARGS=--network-plugin=cni"']})

    expect(seen('KubeletExtraArgs', facts)).toEqual([expect.stringContaining(`${dir}/20-x.conf has --network-plugin`)])
  })
})

test.each([
  ['ExecStart=/usr/bin/containerd --config /etc/other.toml', 1],
  ['ExecStart=/usr/bin/containerd -c=/srv/containerd.toml', 1],
  ['ExecStart=/usr/bin/containerd --config=/etc/containerd/config.toml', 0],
  ['ExecStart=/usr/bin/containerd', 0],
])('a drop-in of containerd with %s gives %i finding', (line, count) => {
  const facts = saying({'/etc/systemd/system/containerd.service.d/override.conf': [line]})

  expect(seen('RuntimeStart', facts)).toHaveLength(count)
})
