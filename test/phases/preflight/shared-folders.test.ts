import {describe, expect, test} from 'vitest'
import {NOTHING_SHARED, type SharedFacts} from '../../../src/domain/shared-facts.ts'
import {judge} from '../../../src/phases/preflight/judge.ts'
import {file, input, judged, sampleCluster, seen, tell} from './sample.ts'

const CNI = '/etc/cni/net.d'
const OWN = `${CNI}/10-containerd-net.conflist`
const holding = (...names: readonly string[]) => ({
  files: Object.fromEntries(names.map(name => [name.startsWith('/') ? name : `${CNI}/${name}`, file])),
})
const sharing = (changes: Partial<SharedFacts>) => ({shared: {...NOTHING_SHARED, ...changes}})

const ofMember = (name: string, facts: object): readonly string[] => {
  const member = judged('master', 10, {role: 'control-plane', clusterCaHash: 'aa', ...facts})
  return tell(judge(input([member])).filter(finding => finding.name === name))
}

describe('files of another pod network', () => {
  test.each([
    ['87-podman-bridge.conflist'],
    ['10-calico.conflist'],
    ['05-cilium.conflist'],
    ['10-weave.conf'],
    ['nerdctl-bridge.conflist'],
    ['00-multus.json'],
    ['.hidden.conf'],
  ])('%s stops a machine that is to become a node', name => {
    const path = `${CNI}/${name}`

    expect(seen('PodNetworkConfig', holding(name))).toEqual([
      `error master: ${path} of another pod network: pods would get their addresses from ${path} instead of this cluster -> move it away, if nothing else here needs it: sudo mv ${path} ${path}.off`,
    ])
  })

  test.each([['README'], ['87-podman-bridge.conflist.off'], ['.kubernetes-cni-keep'], ['10-calico.conflist.bak']])(
    '%s is nothing that a runtime loads',
    name => {
      expect(seen('PodNetworkConfig', holding(name))).toEqual([])
    },
  )

  test("do not matter where the cluster's pod network is not kadm's", () => {
    const base = sampleCluster()
    const cluster = {...base, network: {...base.network, plugin: {kind: 'none' as const}}}

    expect(seen('PodNetworkConfig', holding('10-calico.conflist'), {cluster})).toEqual([])
  })

  test('are reported on a node that runs: the first by name counts', () => {
    expect(ofMember('PodNetworkConfig', holding(OWN))).toEqual([])
    expect(ofMember('PodNetworkConfig', holding(OWN, '05-x.conf'))).toEqual([
      expect.stringMatching(/^warning master: \/etc\/cni\/net.d\/05-x.conf of another pod network: pods would get/),
    ])
    expect(ofMember('PodNetworkConfig', holding(OWN, '87-podman.conflist'))).toEqual([
      expect.stringMatching(/^warning master: \S+87-podman.conflist of another pod network would take effect if/),
    ])
  })
})

describe('files beside the manifests of the control plane', () => {
  const dir = '/etc/kubernetes/manifests'

  test.each([
    ['a backup', 'kube-apiserver.yaml.bak', 'kube-apiserver'],
    ['what an editor leaves', 'etcd.yaml~', 'etcd'],
    ['another name', 'old-scheduler.yml', 'kube-scheduler'],
  ])('%s that defines a pod of the same name is named', (_what, name, pod) => {
    const path = `${dir}/${name}`
    const facts = {...holding(path), ...sharing({manifests: {[path]: pod}})}
    const told = `error master: ${path} defines the pod ${pod} too, and the kubelet reads every file in this folder -> move it out of ${dir}: sudo mv ${path} /root/`

    expect(seen('ManifestCopies', facts)).toEqual([told])
    expect(ofMember('ManifestCopies', facts)).toEqual([told])
  })

  test('its name tells what is in a file that could not be read', () => {
    expect(seen('ManifestCopies', holding(`${dir}/etcd.yaml.orig`))).toHaveLength(1)
  })

  test('pods of your own and files that begin with a dot are not copies', () => {
    const own = `${dir}/keepalived.yaml`
    const facts = {
      ...holding(own, `${dir}/.kube-apiserver.yaml.swp`, `${dir}/kube-apiserver.yaml`),
      ...sharing({manifests: {[own]: 'keepalived', [`${dir}/kube-apiserver.yaml`]: 'kube-apiserver'}}),
    }

    expect(seen('ManifestCopies', facts)).toEqual([])
  })
})

describe('another file that names the package repository', () => {
  const URL = 'https://pkgs.k8s.io/core:/stable:/v1.37/deb/'
  const listed = (path: string, ...lines: readonly string[]) => sharing({repositories: {[path]: lines}})

  test.each([
    ['a line', '/etc/apt/sources.list.d/k8s.list', `deb [signed-by=/etc/apt/keyrings/kubernetes.gpg] ${URL} /`],
    ['a line without the last slash', '/etc/apt/sources.list', `deb ${URL.replace(/\/$/, '')} /`],
    ['a deb822 file', '/etc/apt/sources.list.d/k8s.sources', `URIs: ${URL}`],
  ])('%s stops before apt would', (_what, path, line) => {
    expect(seen('PackageRepository', listed(path, line))).toEqual([
      `error master: ${path} also sets the package repository ${URL}, and apt fails if two files set one repository with different keys -> remove it: sudo rm ${path}; kadm writes its own file with a pinned key`,
    ])
  })

  test.each([
    ["kadm's own", listed('/etc/apt/sources.list.d/kubernetes.sources', `URIs: ${URL}`)],
    ['another minor release', listed('/etc/apt/sources.list.d/k8s.list', `deb ${URL.replace('1.37', '1.36')} /`)],
    ['a file that is turned off', listed('/etc/apt/sources.list.d/k8s.sources', 'Enabled: no', `URIs: ${URL}`)],
  ])('%s does not', (_what, facts) => {
    expect(seen('PackageRepository', facts)).toEqual([])
  })

  test('does not matter where no packages are used', () => {
    const facts = listed('/etc/apt/sources.list.d/k8s.list', `deb ${URL} /`)

    expect(seen('PackageRepository', facts, {cluster: sampleCluster({source: {kind: 'bundle', path: 'b'}})})).toEqual(
      [],
    )
  })
})

test('what others said to containerd is reported where it will not count any more', () => {
  const path = '/etc/containerd/conf.d/99-nvidia.toml'

  expect(seen('RuntimeDropIns', holding(path))).toEqual([
    expect.stringContaining(`warning master: ${path} will be ignored`),
  ])
  expect(seen('RuntimeDropIns', holding('/etc/containerd/conf.d/README'))).toEqual([])
})
