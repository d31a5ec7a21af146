import {sh} from '../../src/remote/shell/shell.ts'
import {absent} from '../../src/resources/files/absent.ts'
import type {AnyHostResource, State} from '../../src/resources/any-resource.ts'
import {binary} from '../../src/resources/programs/binary.ts'
import {block} from '../../src/resources/files/block.ts'
import {containerImages} from '../../src/resources/images/container-images.ts'
import {directory} from '../../src/resources/files/directory.ts'
import {etcdManifest} from '../../src/resources/static-pods/etcd-manifest.ts'
import {file} from '../../src/resources/files/file.ts'
import {hostNetwork} from '../../src/resources/network/host-network.ts'
import {hostname} from '../../src/resources/host/hostname.ts'
import {kernelModule} from '../../src/resources/kernel/kernel-module.ts'
import {loadedRules} from '../../src/resources/network/loaded-rules.ts'
import {hostsFileEntry} from '../../src/resources/host/hosts-file-entry.ts'
import type {PackageRepositoryResource} from '../../src/resources/packages/package-repository.ts'
import {packages} from '../../src/resources/packages/packages.ts'
import {pulledImages} from '../../src/resources/images/pulled-images.ts'
import {release} from '../../src/resources/programs/release.ts'
import {swapOff} from '../../src/resources/swap/swap-off.ts'
import {sysctl} from '../../src/resources/kernel/sysctl.ts'
import {ufwRules} from '../../src/resources/network/ufw-rules.ts'
import {unit} from '../../src/resources/systemd/unit.ts'
import {CLUSTER_KINDS} from './cluster-kinds.ts'

/** One thing as it was first found, as it is when applied, and as a look finds it when all things are undone, also what it refers to. */
export interface KindSample {
  readonly resource: AnyHostResource
  readonly original: State
  readonly applied: State
  readonly undone: State
}

const why = 'a test needs it'
const SHA = 'a'.repeat(64)
const OTHER = 'b'.repeat(64)
const at = (sha256: string, owner = 'root:root') =>
  ({type: 'file', mode: '0644', owner, ids: '0:0', sha256, text: undefined}) as const
const nothing = (...missing: readonly string[]) => ({type: 'absent', missing}) as const
const swapUnit = {name: 'dev-sdb2.swap', exists: true, active: true, off: false, own: false}
const idle = {exists: true, sub: 'dead', enabled: 'disabled', needsReload: false, newer: undefined} as const

const repository: PackageRepositoryResource = {
  kind: 'package-repository',
  id: 'package-repository:kubernetes',
  why,
  name: 'kubernetes',
  url: 'https://packages.example/deb/',
  keyFingerprint: 'A'.repeat(40),
  sources: file({path: '/etc/apt/sources.list.d/kubernetes.sources', content: 'Types: deb\n', why}),
  lockSeconds: 300,
}

/** One of each kind that the ledger keeps. */
export const EVERY_KIND: readonly KindSample[] = [
  {
    resource: absent({path: '/etc/demo/gone', why}),
    original: at(SHA),
    applied: nothing(),
    // The user of that name was removed meanwhile; the number is what counts.
    undone: at(SHA, 'UNKNOWN:root'),
  },
  {
    resource: binary({path: '/usr/bin/demo', sha256: SHA, staged: '/var/lib/kadm/stage/demo.gz', why}),
    original: at(OTHER),
    applied: at(SHA),
    undone: at(OTHER),
  },
  {
    resource: block({path: '/etc/hosts', name: 'nodes', lines: '10.0.0.1 a\n', why}),
    original: {type: 'no-file'},
    applied: {type: 'block', lines: '10.0.0.1 a\n'},
    undone: {type: 'no-block'},
  },
  {
    resource: containerImages({
      name: 'kubernetes',
      images: [
        {
          ref: 'registry.k8s.io/pause:3.10',
          configDigest: `sha256:${SHA}`,
          staged: '/stage/pause.gz',
          upload: undefined,
        },
      ],
      why,
    }),
    original: {unavailable: 'containerd does not run', images: []},
    applied: {
      unavailable: undefined,
      images: [{ref: 'registry.k8s.io/pause:3.10', configDigest: `sha256:${SHA}`, pinned: true}],
    },
    undone: {unavailable: 'ctr is not installed', images: []},
  },
  {
    resource: directory({path: '/etc/demo/folder', tree: true, why}),
    original: nothing(),
    applied: {type: 'directory', mode: '0755', owner: 'root:root', ids: '0:0'},
    // The folder above was kadm's too, and is gone.
    undone: nothing('/etc/demo'),
  },
  {
    resource: etcdManifest({
      path: '/etc/kubernetes/manifests/etcd.yaml',
      content: 'ours\n',
      member: {name: 'cp-1', peerUrl: 'https://10.0.0.1:2380'},
      dataDir: '/var/lib/etcd',
      origin: 'join',
      why,
    }),
    original: nothing(),
    applied: at(SHA),
    undone: {...nothing('/etc/kubernetes'), hasData: false},
  },
  {
    resource: file({path: '/etc/demo/file', content: 'ours\n', why}),
    original: nothing(),
    applied: at(SHA),
    undone: nothing('/etc/demo'),
  },
  {
    resource: hostNetwork({
      path: '/etc/netplan/0-kadm-eth1.yaml',
      text: 'network: {version: 2}\n',
      interfaces: {eth1: {addresses: ['10.0.0.5/24'], gateway: undefined}},
      why,
    }),
    original: {
      netplan: true,
      file: nothing(),
      interfaces: {eth1: {up: true, mtu: 1500, addresses: [{address: '10.0.0.7/24', dynamic: true}]}},
    },
    applied: {
      netplan: true,
      file: at(SHA),
      interfaces: {eth1: {up: true, mtu: 1500, addresses: [{address: '10.0.0.5/24', dynamic: false}]}},
    },
    // A lease may bring another address.
    undone: {
      netplan: true,
      file: nothing('/etc/netplan'),
      interfaces: {eth1: {up: true, mtu: 1500, addresses: [{address: '10.0.0.8/24', dynamic: true}]}},
    },
  },
  {
    resource: hostname({name: 'node-1', why}),
    original: {running: 'ubuntu', file: {...at(SHA), text: 'ubuntu\n'}},
    applied: {running: 'node-1', file: {...at(OTHER), text: 'node-1\n'}},
    undone: {running: 'ubuntu', file: {...at(SHA), text: 'ubuntu\n'}},
  },
  {
    resource: kernelModule({name: 'br_netfilter', why}),
    original: {present: false},
    applied: {present: true},
    undone: {present: false},
  },
  {
    resource: hostsFileEntry({path: '/etc/hosts', name: 'node-1', why}),
    original: {lines: ['127.0.1.1 node-1']},
    applied: {lines: []},
    undone: {lines: ['127.0.1.1 node-1']},
  },
  {
    resource: loadedRules({name: 'nat', why, missing: sh`echo rule`, load: sh`:`, unload: sh`:`}),
    original: {missing: ['rule']},
    applied: {missing: []},
    undone: {missing: ['rule']},
  },
  {
    resource: repository,
    original: {file: nothing(), fetched: false, other: '/etc/apt/sources.list.d/theirs.list'},
    applied: {file: at(SHA), fetched: true, other: undefined},
    undone: {file: nothing('/etc/apt/sources.list.d'), fetched: false, other: undefined},
  },
  {
    resource: packages({name: 'kubernetes', packages: [{name: 'kubelet', release: '1.37.2', held: true}], why}),
    original: {installed: [{name: 'kubelet', version: '1.36.0-1.1', held: false}]},
    applied: {installed: [{name: 'kubelet', version: '1.37.2-1.1', held: true}]},
    undone: {installed: [{name: 'kubelet', version: '1.36.0-1.1', held: false}]},
  },
  {
    resource: pulledImages({name: 'control-plane', refs: ['registry.k8s.io/pause:3.10'], why}),
    original: {unavailable: undefined, missing: ['registry.k8s.io/pause:3.10']},
    applied: {unavailable: undefined, missing: []},
    undone: {unavailable: 'containerd does not run', missing: ['registry.k8s.io/pause:3.10']},
  },
  {
    resource: release({
      name: 'runc',
      file: 'runc.amd64',
      url: 'https://example.org/runc.amd64',
      checksumUrl: 'https://example.org/runc.sha256sum',
      sha256: SHA,
      programs: [{member: undefined, path: '/usr/local/sbin/runc'}],
      environment: {},
      why,
    }),
    original: {file: undefined, sha256: undefined, programs: {'/usr/local/sbin/runc': 'absent'}},
    applied: {file: 'runc.amd64', sha256: SHA, programs: {'/usr/local/sbin/runc': 'as-recorded'}},
    undone: {file: undefined, sha256: undefined, programs: {'/usr/local/sbin/runc': 'absent'}},
  },
  {
    resource: swapOff({
      source: {kind: 'unit', device: '/dev/sdb2', path: '/dev/sdb2', active: true, unit: 'dev-sdb2.swap'},
      why,
    }),
    original: {active: true, line: false, units: [swapUnit]},
    applied: {active: false, line: false, units: [{...swapUnit, active: false, off: true}]},
    undone: {active: true, line: false, units: [swapUnit]},
  },
  {
    resource: sysctl({key: 'net.ipv4.ip_forward', value: '1', why}),
    original: {value: '0', follower: '1'},
    applied: {value: '1', follower: '0'},
    undone: {value: '0', follower: '1'},
  },
  {
    resource: ufwRules({rules: [{rule: 'allow 6443/tcp', comment: 'kadm: api'}], mark: 'kadm', prune: true, why}),
    original: {rules: [{rule: 'allow 22/tcp', comment: ''}]},
    applied: {
      rules: [
        {rule: 'allow 22/tcp', comment: ''},
        {rule: 'allow 6443/tcp', comment: 'kadm: api'},
      ],
    },
    undone: {rules: [{rule: 'allow 22/tcp', comment: ''}]},
  },
  {
    resource: unit({name: 'containerd.service', why}),
    original: {...idle, active: 'inactive'},
    applied: {...idle, active: 'active', sub: 'running', enabled: 'enabled'},
    undone: {...idle, active: 'failed', sub: 'failed', needsReload: true},
  },
  ...CLUSTER_KINDS,
]
