import {describe, expect, test} from 'vitest'
import {etcdPeerUrl, etcdPod} from '../../src/manifests/etcd.ts'
import {toYaml} from '../../src/manifests/yaml.ts'
import type {JoiningPeer, Values} from '../../src/resources/core/values.ts'
import {etcdManifest, type EtcdManifestResource} from '../../src/resources/static-pods/etcd-manifest.ts'
import {apply, noValues} from '../engine/sample-run.ts'
import {scratchHosts, type ScratchHost} from '../engine/scratch-host.ts'
import {clusterOf, clusterWith, DEBIAN_HOST, nodeOf} from '../manifests/cluster.ts'

const scratch = scratchHosts()
const PATH = '/etc/kubernetes/manifests/etcd.yaml'
const node = nodeOf({name: 'cp-2', address: '10.0.0.2'})
const OWN = `cp-2=${etcdPeerUrl(node)}`
const OTHER = 'cp-1=https://10.0.0.1:2380'

const bench = (): ScratchHost => {
  const vm = scratch()
  vm.write('/var/lib/kadm/lease', 'me\n1\n')
  vm.write('/etc/kubernetes/manifests/x', '')
  return vm
}

const wanted = (
  vm: ScratchHost,
  origin: EtcdManifestResource['origin'],
  cluster = clusterOf('v1.37.2'),
): EtcdManifestResource =>
  etcdManifest({
    path: PATH,
    content: toYaml(etcdPod({cluster, node, host: DEBIAN_HOST})),
    member: {name: node.name, peerUrl: etcdPeerUrl(node)},
    dataDir: `${vm.root}/etcd`,
    origin,
    why: 'stores the state of the cluster',
  })

/** An etcd that takes everybody in, and whom it was asked for. */
function values(): Values & {readonly asked: JoiningPeer[]} {
  const asked: JoiningPeer[] = []
  return {
    ...noValues,
    asked,
    joinEtcd: peer => {
      asked.push(peer)
      return Promise.resolve([
        {name: 'cp-1', peerUrl: 'https://10.0.0.1:2380'},
        {name: peer.name, peerUrl: peer.peerUrl},
      ])
    },
  }
}

const membersIn = (vm: ScratchHost): readonly string[] =>
  vm
    .read(PATH)
    .split('\n')
    .flatMap(line => /--initial-cluster[^"]*/.exec(line)?.[0] ?? [])

describe('the manifest of etcd', () => {
  test('of the first member starts a cluster', async () => {
    const vm = bench()
    expect(await apply(vm.host, [wanted(vm, 'new')])).toBe(1)
    expect(membersIn(vm)).toEqual([`--initial-cluster=${OWN}`])
    expect(vm.read(PATH)).toBe(wanted(vm, 'new').content)
  })

  test('of another member names all members, which were asked first, and is asked for once', async () => {
    const vm = bench()
    const etcd = values()
    expect(await apply(vm.host, [wanted(vm, 'join')], {values: etcd})).toBe(1)
    expect(membersIn(vm)).toEqual([`--initial-cluster=${OTHER},${OWN}`, '--initial-cluster-state=existing'])
    expect(await apply(vm.host, [wanted(vm, 'join')], {values: etcd})).toBe(0)
    expect(etcd.asked).toEqual([{name: 'cp-2', peerUrl: 'https://10.0.0.2:2380', hasData: false}])
  })

  test('keeps the members that it has, whoever is the initial control plane now', async () => {
    const vm = bench()
    await apply(vm.host, [wanted(vm, 'join')], {values: values()})
    expect(await apply(vm.host, [wanted(vm, 'new')])).toBe(0)
    const changed = wanted(vm, 'new', clusterWith('etcd', {args: [{name: 'quota-backend-bytes', value: '4294967296'}]}))
    expect(await apply(vm.host, [changed])).toBe(1)
    expect(membersIn(vm)).toEqual([`--initial-cluster=${OTHER},${OWN}`, '--initial-cluster-state=existing'])
    expect(vm.read(PATH)).toContain('--quota-backend-bytes=4294967296')
  })

  test('takes the members from a manifest of kubeadm, which is laid out in another way', async () => {
    const vm = bench()
    vm.write(
      PATH,
      `spec:\n  containers:\n  - command:\n    - etcd\n    - --initial-cluster=${OTHER},${OWN}\n    - --initial-cluster-state=existing\n`,
    )
    expect(await apply(vm.host, [wanted(vm, 'join')])).toBe(1)
    expect(vm.read(PATH)).toContain(
      `        - "--initial-cluster=${OTHER},${OWN}"\n        - "--initial-cluster-state=existing"\n`,
    )
  })

  test('says whether the host has data of a member', async () => {
    const vm = bench()
    vm.write(`${vm.root}/etcd/member/x`, '')
    const etcd = values()
    await apply(vm.host, [wanted(vm, 'join')], {values: etcd})
    expect(etcd.asked).toMatchObject([{hasData: true}])
  })
})
