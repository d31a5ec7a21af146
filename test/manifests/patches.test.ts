import {describe, expect, it} from 'vitest'
import {patchName} from '../../src/domain/patch-name.ts'
import {apiServerPod} from '../../src/manifests/api-server.ts'
import {coreDnsObjects} from '../../src/manifests/coredns.ts'
import {ownContainer, patchedPod} from '../../src/manifests/patched-pod.ts'
import {patched} from '../../src/manifests/patches.ts'
import {clusterOf, DEBIAN_HOST, nodeOf} from './cluster.ts'

const pod = apiServerPod({cluster: clusterOf('v1.37.2'), node: nodeOf(), host: DEBIAN_HOST})
const file = (name: string, text: string) => ({name, text})

describe('the name of a patch', () => {
  it.each([
    ['kube-apiserver.yaml', {target: 'kube-apiserver', type: 'strategic'}],
    ['kube-apiserver0+merge.yaml', {target: 'kube-apiserver', type: 'merge'}],
    ['kubeletconfiguration+json.json', {target: 'kubeletconfiguration', type: 'json'}],
    ['etcd-memory+strategic.yaml', {target: 'etcd', type: 'strategic'}],
    ['corednsdeployment.json', {target: 'corednsdeployment', type: 'strategic'}],
  ])('%s', (name, wanted) => {
    expect(patchName(name)).toEqual(wanted)
  })

  it.each([
    ['kube-apiserver.yml', 'must end in'],
    ['kube-proxy.yaml', 'must begin with'],
    ['etcd+.yaml', "after '+'"],
    ['etcd+foo.yaml', "after '+'"],
  ])('%s is none', (name, words) => {
    expect(patchName(name)).toContain(words)
  })
})

describe('a strategic patch', () => {
  it('changes the container that it names, and adds a volume before the others', () => {
    const text = `
spec:
  containers:
  - name: kube-apiserver
    resources: {requests: {cpu: 500m, memory: 1Gi}}
    volumeMounts: [{name: audit, mountPath: /audit}]
  volumes:
  - {name: audit, hostPath: {path: /audit}}
`
    const result = patchedPod(pod, [file('kube-apiserver.yaml', text), file('etcd.yaml', 'spec: {priority: 1}')])

    expect(result.spec.containers).toHaveLength(1)
    expect(result.spec.containers[0]).toMatchObject({
      command: pod.spec.containers[0]?.command,
      resources: {requests: {cpu: '500m', memory: '1Gi'}},
    })
    expect(result.spec.volumes.map(({name}) => name)).toEqual(['audit', ...pod.spec.volumes.map(({name}) => name)])
    expect(result.spec.priority).toBe(pod.spec.priority)
  })

  it('adds a container and takes a volume away; the component is still found', () => {
    const text = `
spec:
  containers: [{name: proxy, image: proxy, volumeMounts: []}]
  volumes: [{name: ca-certs, $patch: delete}]
`
    const result = patchedPod(pod, [file('kube-apiserver.yaml', text)])

    expect(result.spec.containers.map(({name}) => name)).toEqual(['proxy', 'kube-apiserver'])
    expect(ownContainer(result)?.name).toBe('kube-apiserver')
    expect(result.spec.volumes.map(({name}) => name)).not.toContain('ca-certs')
  })
})

describe('other patches', () => {
  it('a merge patch replaces lists and removes with null', () => {
    const result = patched('kubeletconfiguration', {clusterDNS: ['a'], maxPods: 1, authentication: {x: 1, y: 2}}, [
      file('kubeletconfiguration+merge.yaml', 'clusterDNS: [b]\nmaxPods: null\nauthentication: {y: 3}\n'),
    ])

    expect(result).toEqual({clusterDNS: ['b'], authentication: {x: 1, y: 3}})
  })

  it('a JSON patch adds, replaces, removes, moves, copies and tests', () => {
    const patch = [
      {op: 'test', path: '/list/0', value: 'a'},
      {op: 'add', path: '/list/1', value: 'b'},
      {op: 'add', path: '/list/-', value: 'd'},
      {op: 'replace', path: '/list/2', value: 'C'},
      {op: 'remove', path: '/gone'},
      {op: 'move', from: '/old', path: '/new'},
      {op: 'copy', from: '/new', path: '/a~1b'},
    ]
    const before = {list: ['a', 'c'], gone: 1, old: {x: 1}}
    const result = patched('kubeletconfiguration', before, [
      file('kubeletconfiguration+json.json', JSON.stringify(patch)),
    ])

    expect(result).toEqual({list: ['a', 'b', 'C', 'd'], new: {x: 1}, 'a/b': {x: 1}})
  })

  it('a test of a JSON patch does not mind the order of keys, and a patch leaves the object as it was', () => {
    const object = {a: {x: 1, y: 2}, list: [1]}
    const patch = '[{op: test, path: /a, value: {y: 2, x: 1}}, {op: add, path: /list/-, value: 2}]'

    expect(patched('etcd', object, [file('etcd+json.yaml', patch)])).toEqual({a: {x: 1, y: 2}, list: [1, 2]})
    expect(object.list).toEqual([1])
  })

  it('files count in the order of their names', () => {
    const files = [file('etcd1.yaml', 'a: 2'), file('etcd0.yaml', 'a: 1')]

    expect(patched('etcd', {}, files)).toEqual({a: 2})
  })

  it('of a Deployment change its pods', () => {
    const deployment = coreDnsObjects(clusterOf('v1.37.2')).find(({kind}) => kind === 'Deployment') ?? {}
    const text = 'spec: {replicas: 3, template: {spec: {containers: [{name: coredns, args: [-x]}]}}}'

    expect(patched('corednsdeployment', deployment, [file('corednsdeployment.yaml', text)])).toMatchObject({
      spec: {replicas: 3, template: {spec: {containers: [{name: 'coredns', args: ['-x']}]}}},
    })
  })

  it.each([
    ['kube-apiserver+json.yaml', '{}', 'must be a list'],
    ['kube-apiserver+json.yaml', '[{op: remove, path: /nothing}]', 'cannot remove /nothing'],
    ['kube-apiserver+json.yaml', '[{op: test, path: /kind, value: Job}]', 'cannot test /kind'],
    ['kube-apiserver+json.yaml', '[{op: put, path: /kind, value: Job}]', 'op must be one of'],
    ['kube-apiserver+json.yaml', '[{op: move, path: /kind}]', 'an operation must be'],
    ['kube-apiserver.yaml', 'spec: {$retainKeys: [containers]}', '$retainKeys is not supported'],
    ['kube-apiserver.yaml', 'spec: {containers: [{image: a}]}', 'has no name'],
    ['kube-apiserver+merge.yaml', 'spec: null', 'leave no pod'],
  ])('%s with %s is refused by its name', (name, text, words) => {
    expect(() => patchedPod(pod, [file(name, text)])).toThrow(words)
  })
})
