import {createHash} from 'node:crypto'
import {BINARIES, type BinaryName, type Bundle} from '../../src/domain/bundle.ts'
import type {Cluster, HostSpec, Node, Role} from '../../src/domain/cluster.ts'
import {endpointServer} from '../../src/domain/endpoint.ts'
import type {Facts} from '../../src/domain/facts.ts'
import {imagesForRole} from '../../src/domain/images.ts'
import type {Templates} from '../../src/manifests/templates.ts'
import {planJobs} from '../../src/engine/schedule/job-graph.ts'
import type {Phase, PhaseContext, Step} from '../../src/phases/phase.ts'
import {select} from '../../src/phases/select.ts'
import {sampleCluster, sampleFacts, sampleSpec} from './preflight/sample.ts'

const NOW = new Date('2026-06-01T12:00:00Z')
const cluster = sampleCluster()

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const stored = (path: string) => ({path, sha256: sha256(path), size: path.length})

/** A whole bundle as data; nothing of it is on a disk. */
const bundle: Bundle = {
  apiVersion: 'kadm/v1',
  kind: 'Bundle',
  kubernetesVersion: cluster.version.text,
  architecture: 'amd64',
  entries: [
    ...Object.keys(BINARIES).map(name => ({
      kind: 'binary' as const,
      name: name as BinaryName,
      version: 'v1',
      contentSha256: sha256(name),
      contentSize: name.length,
      ...stored(`binaries/${name}.gz`),
    })),
    ...imagesForRole('control-plane', {
      version: cluster.version,
      repository: cluster.imageRepository,
      podNetwork: 'flannel',
      hasLocalBalancer: true,
    }).map(ref => ({
      kind: 'image' as const,
      ref,
      configDigest: `sha256:${sha256(ref)}`,
      ...stored(`images/${ref.replaceAll(/[/:]/g, '_')}.tar.gz`),
    })),
  ],
}

const node = (name: string, role: Role, last: number, more: Partial<HostSpec> = {}): Node => ({
  host: sampleSpec({name, role, ...more}),
  role,
  name,
  address: `192.168.56.${last}`,
  networkInterface: 'enp0s8',
})

const nodes = {
  master: node('master', 'control-plane', 10),
  second: node('master-2', 'control-plane', 12),
  worker: node('worker-1', 'worker', 11, {
    labels: {zone: 'a'},
    kubeletExtraArgs: [{name: 'v', value: '2'}],
    netplan: {
      interfaces: {enp0s8: {addresses: ['192.168.56.11/24'], gateway: '192.168.56.1', nameservers: ['192.168.56.1']}},
    },
  }),
} as const satisfies Record<string, Node>

const LAST: Readonly<Record<SampleNode, number>> = {master: 10, worker: 11, second: 12}

export type Sample = 'vm' | 'container'
export type SampleNode = keyof typeof nodes

const factsOf: Readonly<Record<Sample, (last: number) => Facts>> = {
  vm: last =>
    sampleFacts(last, {
      swap: [{kind: 'fstab', device: '/swap.img', path: '/swap.img', line: '/swap.img none swap sw 0 0', active: true}],
      sysctls: {'net.ipv4.ip_forward': '0'},
    }),
  container: last =>
    sampleFacts(last, {
      virtualization: 'systemd-nspawn',
      isContainer: true,
      cgroup: {version: 1, controllers: ['cpu', 'cpuset', 'memory', 'pids']},
      capabilities: ['net_admin', 'sys_admin'],
      swap: [{kind: 'outside', device: '/dev/sda2', path: '/dev/sda2', active: true}],
      modules: {loaded: [], builtin: [], loadable: false},
      resolv: {nameservers: ['192.168.56.1'], upstreams: ['192.168.56.1'], resolvedActive: false},
      user: {name: 'root', uid: 0, gid: 0, home: '/root', sudo: 'root'},
      extraCaDirs: ['/usr/share/ca-certificates'],
      cloudInit: undefined,
    }),
}

/** What a phase of a run from a bundle is given on one of two hosts, as virtual machines or as containers. */
export function sampleContext(
  templates: Templates,
  {sample = 'vm', on, ...more}: {readonly sample?: Sample; readonly on: SampleNode} & Partial<PhaseContext>,
): PhaseContext {
  const wanted: Cluster = {...cluster, hosts: [nodes.master.host, nodes.worker.host]}
  return {
    cluster: wanted,
    node: nodes[on],
    facts: factsOf[sample](LAST[on]),
    nodes: on === 'second' ? [nodes.master, nodes.second, nodes.worker] : [nodes.master, nodes.worker],
    endpoint: endpointServer(wanted, nodes.master),
    bundle: {dir: '/bundle', bundle},
    templates,
    isAdmin: true,
    now: NOW,
    ...more,
  }
}

/** The steps of these phases that run on this host, in order, those with nothing to do there included. */
export const stepsOn = (phases: readonly Phase[], on: SampleNode): readonly Step[] =>
  planJobs({steps: select(phases, [], []), nodes: [nodes.master, nodes.second, nodes.worker], first: nodes.master})
    .lane(nodes[on])
    .map(({step}) => step)
