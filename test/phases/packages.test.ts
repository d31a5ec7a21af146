import {describe, expect, test} from 'vitest'
import type {Facts} from '../../src/domain/facts.ts'
import {supportedVersion} from '../../src/domain/version.ts'
import {readTemplates} from '../../src/engine/sources/templates-on-disk.ts'
import {controlPlaneImagesPhase, nodeImagesPhase} from '../../src/phases/cluster/images.ts'
import {kubeletInstallPhase} from '../../src/phases/host/kubelet-install.ts'
import {packagesPhase} from '../../src/phases/host/packages.ts'
import type {Phase, PhaseContext} from '../../src/phases/phase.ts'
import {runtimePhase} from '../../src/phases/host/runtime.ts'
import {sampleCluster, sampleFacts, sampleSpec} from './preflight/sample.ts'
import {KEY} from '../resources/package-key.ts'

const templates = readTemplates()
const CONTAINERD_PROXY = '/etc/systemd/system/containerd.service.d/20-kadm-proxy.conf'
const KUBELET_PROXY = '/etc/systemd/system/kubelet.service.d/20-kadm-proxy.conf'

const online = (facts: Partial<Facts> = {}, changes: Partial<PhaseContext> = {}): PhaseContext => {
  const host = sampleSpec({name: 'master', role: 'control-plane'})
  const node = {
    host,
    role: 'control-plane',
    name: 'master',
    address: '192.168.56.11',
    networkInterface: 'enp0s8',
  } as const
  return {
    cluster: sampleCluster(),
    node,
    nodes: [node],
    facts: sampleFacts(11, facts),
    endpoint: 'https://192.168.56.11:6443',
    bundle: undefined,
    source: {
      url: 'https://pkgs.example.org/deb/',
      key: KEY,
      keyFingerprint: 'F9C38BB5D2C25D5AAAE2C2F2875AD6F5605482B8',
    },
    templates,
    isAdmin: true,
    now: new Date(0),
    ...changes,
  }
}
const ids = (phase: Phase, context: PhaseContext): readonly string[] =>
  (phase.resources?.(context) ?? []).map(({id}) => id).filter(id => !id.startsWith('directory:'))
const resource = (phase: Phase, context: PhaseContext, id: string) =>
  phase.resources?.(context).find(one => one.id === id)

const OWN_KUBELET = {kubelet: {version: 'v1.37.2', running: true, cgroupDriver: undefined, nodeIp: undefined}} as const
const containerd = (version: string, binary: string): Partial<Facts> => ({
  containerd: {binary, version, criDisabled: false, systemdCgroup: true, socket: true},
})

describe('a host without a bundle', () => {
  test('gets the repository with the key in it, and what https needs', () => {
    expect(ids(packagesPhase, online())).toEqual(['packages:certificates', 'package-repository:kubernetes'])
  })

  test('needs no certificates for a mirror that is not https', () => {
    const source = {
      ...online().source,
      url: 'http://mirror/',
      key: KEY,
      keyFingerprint: online().source?.keyFingerprint ?? '',
    }

    expect(ids(packagesPhase, online({}, {source}))).toEqual(['package-repository:kubernetes'])
  })

  test('gets kubelet, kubectl and kubeadm at the release of the cluster, held, with the units of their packages', () => {
    const context = online({}, {cluster: sampleCluster({version: supportedVersion('v1.36.4')})})

    expect(ids(kubeletInstallPhase, context)).toEqual(['packages:kubernetes', `absent:${KUBELET_PROXY}`])
    expect(resource(kubeletInstallPhase, context, 'packages:kubernetes')).toMatchObject({
      packages: ['kubelet', 'kubectl', 'kubeadm'].map(name => ({name, release: '1.36.4', held: true})),
    })
  })

  test("gets containerd and runc as their projects publish them, with kadm's unit and a file for containerd 2", () => {
    expect(ids(runtimePhase, online())).toEqual([
      'release:containerd',
      'release:runc',
      'file:/etc/containerd/config.toml',
      'file:/etc/containerd/pod-network.conflist',
      'file:/etc/crictl.yaml',
      `absent:${CONTAINERD_PROXY}`,
      'file:/etc/systemd/system/containerd.service',
      'unit:containerd.service',
    ])
    expect(resource(runtimePhase, online(), 'release:containerd')).toMatchObject({
      url: 'https://github.com/containerd/containerd/releases/download/v2.4.2/containerd-2.4.2-linux-amd64.tar.gz',
      checksumUrl:
        'https://github.com/containerd/containerd/releases/download/v2.4.2/containerd-2.4.2-linux-amd64.tar.gz.sha256sum',
      sha256: undefined,
    })
    expect(resource(runtimePhase, online(), 'file:/etc/containerd/config.toml')).toMatchObject({
      content: expect.stringMatching(/^version = 3$/m) as unknown,
    })
  })

  test('gets them from the mirror of the file, with the hashes that it names, and asks nobody else for others', () => {
    const archives = {url: 'http://10.0.0.9/github/', sha256: {'runc.arm64': 'ab'.repeat(32)}}
    const context = online(
      {kernel: {release: '6.8', architecture: 'aarch64', options: undefined}},
      {cluster: sampleCluster({source: {kind: 'online', archives}})},
    )

    expect(resource(runtimePhase, context, 'release:runc')).toMatchObject({
      url: 'http://10.0.0.9/github/opencontainers/runc/releases/download/v1.5.2/runc.arm64',
      checksumUrl: 'https://github.com/opencontainers/runc/releases/download/v1.5.2/runc.sha256sum',
      sha256: 'ab'.repeat(32),
    })
    expect(resource(runtimePhase, context, 'release:containerd')).toMatchObject({sha256: undefined})
  })

  test('keeps the release that kadm brought, whatever the file wants now', () => {
    const record = {type: 'file', mode: '0644', owner: 'root', size: 1, sha256: undefined} as const
    const facts = {
      ...containerd('2.4.2', '/usr/local/bin/containerd'),
      files: {'/var/lib/kadm/releases/containerd': record},
    }
    const context = online(facts, {cluster: sampleCluster({source: {kind: 'online', runtime: 'distribution'}})})

    expect(runtimePhase.when?.(context)).toBe(true)
    expect(ids(runtimePhase, context)).toContain('release:containerd')
  })

  const distribution = {cluster: sampleCluster({source: {kind: 'online', runtime: 'distribution'}})} as const

  test('gets the containerd of its distribution when the file wants that, held, with a file that containerd 1 can read', () => {
    const context = online({}, distribution)

    expect(ids(runtimePhase, context)).toEqual([
      'packages:runtime',
      'file:/etc/containerd/config.toml',
      'file:/etc/containerd/pod-network.conflist',
      'file:/etc/crictl.yaml',
      `absent:${CONTAINERD_PROXY}`,
      'unit:containerd.service',
    ])
    expect(resource(runtimePhase, context, 'packages:runtime')).toMatchObject({
      packages: [{name: 'containerd', release: undefined, held: true}],
    })
    expect(resource(runtimePhase, context, 'file:/etc/containerd/config.toml')).toMatchObject({
      content: expect.stringMatching(/^version = 2$/m) as unknown,
    })
  })

  test("keeps docker.com's containerd when that is installed", () => {
    const facts = {
      packages: {'containerd.io': {version: '2.1.0-1', held: false}},
      ...containerd('2.1.0', '/usr/bin/containerd'),
    }

    expect(resource(runtimePhase, online(facts), 'packages:runtime')).toMatchObject({
      packages: [{name: 'containerd.io', held: true}],
    })
  })

  test('pulls the images of a control plane itself and leaves the others to the kubelet', () => {
    expect(resource(controlPlaneImagesPhase, online(), 'pulled-images:control-plane')).toMatchObject({
      refs: [
        'registry.k8s.io/pause:3.10.2',
        'registry.k8s.io/etcd:3.7.0-0',
        'registry.k8s.io/kube-apiserver:v1.37.2',
        'registry.k8s.io/kube-controller-manager:v1.37.2',
        'registry.k8s.io/kube-scheduler:v1.37.2',
      ],
    })
    expect(nodeImagesPhase.when?.(online())).toBe('the kubelet pulls them on demand')
  })
})

describe('a host whose programs belong to no package, as after a bundle', () => {
  test('gets no second kubelet and no repository', () => {
    expect(packagesPhase.when?.(online(OWN_KUBELET))).toBe('kubelet v1.37.2 is already installed')
    expect(ids(kubeletInstallPhase, online(OWN_KUBELET))).toEqual([
      'file:/etc/systemd/system/kubelet.service',
      'file:/etc/systemd/system/kubelet.service.d/10-kubeadm.conf',
      `absent:${KUBELET_PROXY}`,
    ])
  })

  test('is refused when its kubelet is of another release', () => {
    const context = online(OWN_KUBELET, {cluster: sampleCluster({version: supportedVersion('v1.37.3')})})

    expect(() => kubeletInstallPhase.resources?.(context)).toThrow(
      'kubelet v1.37.2 was not installed from a package; kadm cannot change it to v1.37.3',
    )
  })

  test('keeps its containerd', () => {
    expect(runtimePhase.when?.(online(containerd('2.4.2', '/usr/local/bin/containerd')))).toBe(
      'containerd 2.4.2 is already installed, but not from a package',
    )
  })

  test('is one of packages when packages brought them', () => {
    const packages = {kubelet: {version: '1.37.2-1.1', held: true}, containerd: {version: '1.7.24~ds1-1', held: true}}
    const context = online({...OWN_KUBELET, ...containerd('1.7.24', '/usr/bin/containerd'), packages})

    expect(packagesPhase.when?.(context)).toBe(true)
    expect(runtimePhase.when?.(context)).toBe(true)
    expect(ids(kubeletInstallPhase, context)).toEqual(['packages:kubernetes', `absent:${KUBELET_PROXY}`])
  })
})

test('a node keeps a kubelet of another release, which only a bare host gets replaced', () => {
  const packages = {kubelet: {version: '1.36.3-1.1', held: true}}
  const kubelet = {...OWN_KUBELET.kubelet, version: 'v1.36.3'}

  expect(ids(kubeletInstallPhase, online({packages, kubelet}))).toContain('packages:kubernetes')
  expect(ids(kubeletInstallPhase, online({packages, kubelet, clusterCaHash: 'aa'}))).not.toContain(
    'packages:kubernetes',
  )
})
