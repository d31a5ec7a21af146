import {describe, expect, test} from 'vitest'
import {applyIgnores} from '../../../src/phases/preflight/finding.ts'
import {judge} from '../../../src/phases/preflight/judge.ts'
import {file, input, judged, link, sampleFacts, seen} from './sample.ts'

const bare = sampleFacts(10)

describe('a disk on which the kubelet would evict pods', () => {
  const GIB = 1024 ** 3
  const disk = (freeGib: number, freeInodes: number) => ({
    disks: [
      {
        path: '/var/lib/containerd',
        freeBytes: freeGib * GIB,
        totalBytes: 100 * GIB,
        readOnly: false,
        inodes: {free: freeInodes, total: 6_000_000},
      },
    ],
  })
  const severities = (facts: object): readonly string[] =>
    seen('DiskSpace', facts).map(text => text.split(' ')[0] ?? '')

  test.each([
    ['bytes', disk(12, 5_000_000), ['error'], ['warning']],
    ['inodes', disk(80, 200_000), ['error'], ['warning']],
    ['room for anything at all', disk(1, 5_000_000), ['error'], ['error']],
  ])('for want of %s stops the first run, not the repair of a node', (_, facts, first, again) => {
    expect([severities(facts), severities({...facts, clusterCaHash: 'aa'})]).toEqual([first, again])
  })
})

describe('a restore that was cut off', () => {
  const restore = {snapshot: 'ab'.repeat(32), stage: 'stopped'} as const
  const severities = (isRestore: boolean) =>
    judge(input([judged('cp-1', 10, {restore})], {isRestore}))
      .filter(({name}) => name === 'UnfinishedRestore')
      .map(({severity}) => severity)

  test('is continued by a restore, and stops everything else', () => {
    expect(severities(true)).toEqual(['ok'])
    expect(severities(false)).toEqual(['error'])
    const findings = judge(input([judged('cp-1', 10, {restore})]))
    expect(applyIgnores(findings, ['all']).find(({name}) => name === 'UnfinishedRestore')?.severity).toBe('error')
  })
})

describe('a host that is a node of this cluster already', () => {
  const member = {
    clusterCaHash: 'aa',
    nodeName: 'master',
    hostname: 'master',
    files: {
      '/etc/kubernetes/manifests/kube-apiserver.yaml': file,
      '/etc/kubernetes/manifests/etcd.yaml': file,
      '/var/lib/etcd/member': file,
    },
    listening: [
      {port: 6443, address: '::', process: 'kube-apiserver'},
      {port: 10257, address: '127.0.0.1', process: 'kube-controller'},
      {port: 10259, address: '127.0.0.1', process: 'kube-scheduler'},
      {port: 10250, address: '::', process: 'kubelet'},
      {port: 2379, address: '127.0.0.1', process: 'etcd'},
    ],
    network: {
      ...bare.network,
      interfaces: [...bare.network.interfaces, link('cni0', ['10.244.0.1/24'], {kind: 'bridge'})],
      routes: [
        ...bare.network.routes,
        {destination: '10.244.0.0/24', device: 'cni0', gateway: undefined, table: 'main'},
        {destination: '10.244.1.0/24', device: 'flannel.1', gateway: '10.244.1.0', table: 'main'},
      ],
    },
  }

  test('passes again with all that its first run made', () => {
    const findings = judge(input([judged('master', 10, {role: 'control-plane', ...member})]))

    expect(findings.filter(({severity}) => severity === 'error' || severity === 'warning')).toEqual([])
  })

  test('is still refused when a stranger has one of its ports', () => {
    const listening = [{port: 2379, address: '127.0.0.1', process: 'nginx'}]

    expect(seen('Port-2379', {...member, listening})).toEqual([
      'error master: nginx listens on it at 127.0.0.1; the etcd of this node needs it -> stop nginx, or use another machine',
    ])
  })

  const at = (kubelet: string, apiServerVersion?: string) => ({
    ...member,
    apiServerVersion,
    kubelet: {...bare.kubelet, version: kubelet},
  })

  test('is not upgraded, nor taken back, by a file that asks for another release', () => {
    expect(seen('VersionChange', at('v1.36.3', 'v1.36.3'))).toEqual([
      'error master: runs v1.36.3 but the file asks for v1.37.2 -> kadm apply does not upgrade; set kubernetesVersion: v1.36.3',
    ])
    expect(seen('VersionChange', at('v1.37.3', 'v1.37.3'))).toEqual([
      'error master: runs v1.37.3 but the file asks for v1.37.2 -> kadm apply does not upgrade; set kubernetesVersion: v1.37.3',
    ])
    expect(seen('VersionChange', at('v1.36.3', 'v1.36.3'), {command: 'init'})).toEqual([
      'error master: runs v1.36.3 but kadm init asks for v1.37.2 -> kadm init does not upgrade; set --kubernetes-version v1.36.3',
    ])
  })

  test('is judged by the API server that runs, whatever kubelet was installed beside it', () => {
    expect(seen('VersionChange', at('v1.37.2', 'v1.36.3'))).toEqual([
      'error master: runs v1.36.3 but the file asks for v1.37.2 -> kadm apply does not upgrade; set kubernetesVersion: v1.36.3',
    ])
    expect(seen('VersionChange', at('v1.36.3'))).toHaveLength(1)
    expect(seen('VersionChange', at('v1.37.2', 'v1.37.2'))).toEqual([])
  })

  test('of another release stays an error when all errors are ignored', () => {
    const findings = judge(input([judged('master', 10, {role: 'control-plane', ...at('v1.36.3', 'v1.36.3')})]))

    expect(applyIgnores(findings, ['all', 'VersionChange']).filter(({name}) => name === 'VersionChange')).toMatchObject(
      [{severity: 'error'}],
    )
  })
})

describe('a worker of this cluster', () => {
  const worker = (version: string) => ({
    role: 'worker' as const,
    clusterCaHash: 'aa',
    kubelet: {...bare.kubelet, version},
  })

  test('may run a kubelet up to three minors behind, which stays', () => {
    expect(seen('VersionChange', worker('v1.36.3'), {clusterCaHash: 'aa'})).toEqual([
      'warning master: its kubelet runs v1.36.3, the cluster v1.37.2; Kubernetes allows that -> kadm leaves it at v1.36.3; drain the node and upgrade its kubelet yourself',
    ])
  })

  test.each([
    ['v1.37.3', 'newer'],
    ['v1.33.0', 'too old for it'],
  ])('may not run a kubelet of %s', (version, side) => {
    expect(seen('VersionChange', worker(version), {clusterCaHash: 'aa'})).toEqual([
      `error master: its kubelet runs ${version}, the cluster v1.37.2: ${side} -> remove the node (kadm reset master) and join it again`,
    ])
  })

  test('is named with its control plane when the file asks for another release', () => {
    const kubelet = {...bare.kubelet, version: 'v1.36.3'}
    const hosts = [
      judged('master', 10, {role: 'control-plane', clusterCaHash: 'aa', apiServerVersion: 'v1.36.3', kubelet}),
      judged('worker-1', 11, {clusterCaHash: 'aa', kubelet}),
      judged('worker-2', 12, {kubelet}),
    ]

    expect(judge(input(hosts)).filter(({name}) => name === 'VersionChange')).toMatchObject([
      {severity: 'error', hosts: ['master']},
      {severity: 'error', hosts: ['worker-1']},
    ])
  })
})

test('what an interrupted run of kadm left is accepted', () => {
  const files = {'/etc/kubernetes/bootstrap-kubelet.conf': file}

  expect(
    seen('FileAvailable--etc-kubernetes-bootstrap-kubelet.conf', {role: 'worker', files, ledgerEntries: 4}),
  ).toEqual([])
  expect(seen('FileAvailable--etc-kubernetes-bootstrap-kubelet.conf', {role: 'worker', files})).toHaveLength(1)
})

test('a host of another cluster is refused with the name of that cluster', () => {
  const facts = {
    role: 'worker' as const,
    clusterCaHash: 'bbbbbbbbbbbbbbbb',
    apiServer: 'https://10.9.9.9:6443',
    nodeName: 'old',
  }

  expect(seen('OtherCluster', facts, {clusterCaHash: 'aa'})).toEqual([
    'error master: belongs to the cluster at https://10.9.9.9:6443 as old (CA sha256:bbbbbbbbbbbb…) -> remove it from that cluster and run kadm reset on master, or use another machine',
  ])
})

test('a worker of an old cluster is refused beside a control plane that has none yet', () => {
  const hosts = [judged('master', 10, {role: 'control-plane'}), judged('worker-1', 11, {clusterCaHash: 'bb'})]

  expect(
    judge(input(hosts)).filter(({name, severity}) => name === 'OtherCluster' && severity === 'error'),
  ).toHaveLength(1)
})
