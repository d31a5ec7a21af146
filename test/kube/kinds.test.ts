import {describe, expect, it} from 'vitest'
import {endpointFromKubeconfig, parseAddress} from '../../src/kube/kubeconfig.ts'
import {collectionPath, inWords, knownResource, objectPath, apiPath, query} from '../../src/kube/kinds.ts'
import {containing} from './matchers.ts'

describe('the path of an object', () => {
  it.each([
    ['v1', 'Node', undefined, '/api/v1/nodes/a'],
    ['v1', 'ConfigMap', 'kube-system', '/api/v1/namespaces/kube-system/configmaps/a'],
    ['v1', 'ConfigMap', undefined, '/api/v1/namespaces/default/configmaps/a'],
    ['apps/v1', 'DaemonSet', 'x', '/apis/apps/v1/namespaces/x/daemonsets/a'],
    ['rbac.authorization.k8s.io/v1', 'ClusterRole', 'x', '/apis/rbac.authorization.k8s.io/v1/clusterroles/a'],
  ])('of %s %s in %s is %s', (apiVersion, kind, namespace, path) => {
    const place = knownResource(apiVersion, kind)
    expect(place === undefined ? undefined : objectPath(place, 'a', namespace)).toBe(path)
  })

  it('keeps the colons of a role’s name from being read as anything else', () => {
    const place = {apiVersion: 'v1', plural: 'things', namespaced: false}

    expect(objectPath(place, 'kubeadm:get-nodes/..')).toBe('/api/v1/things/kubeadm%3Aget-nodes%2F..')
  })

  it('without a name is the collection, in one namespace or in all', () => {
    expect(apiPath.pods()).toBe('/api/v1/pods')
    expect(apiPath.pods(undefined, 'x')).toBe('/api/v1/namespaces/x/pods')
    expect(collectionPath({apiVersion: 'v1', plural: 'nodes', namespaced: false}, 'x')).toBe('/api/v1/nodes')
  })

  it('is unknown for kinds that not every cluster has', () => {
    expect(knownResource('projectcalico.org/v3', 'IPPool')).toBeUndefined()
    expect(knownResource('v1', 'Deployment')).toBeUndefined()
  })

  it('has a query only when there is something to ask', () => {
    expect(query({a: undefined})).toBe('')
    expect(query({fieldSelector: 'type=Warning', limit: 5, all: true})).toBe(
      '?fieldSelector=type%3DWarning&limit=5&all=true',
    )
  })
})

describe('a path in words', () => {
  it.each([
    ['/api/v1/nodes', 'nodes'],
    ['/api/v1/nodes/master', 'nodes master'],
    ['/api/v1/namespaces/kube-public', 'namespaces kube-public'],
    ['/api/v1/namespaces/kube-public/configmaps/cluster-info', 'configmaps kube-public/cluster-info'],
    ['/apis/apps/v1/namespaces/x/deployments?limit=500', 'deployments x'],
    ['/apis/apps/v1beta1/deployments', 'deployments'],
    ['/api/v1/namespaces/x/pods/p/log?tailLines=5', 'log of pods x/p'],
    ['/apis/rbac.authorization.k8s.io/v1/clusterroles/kubeadm%3Aget-nodes', 'clusterroles kubeadm:get-nodes'],
    ['/readyz?verbose', '/readyz'],
  ])('%s is %s', (path, words) => {
    expect(inWords(path)).toBe(words)
  })
})

describe('the address of an API server', () => {
  it.each([
    ['10.0.0.1:6443', {host: '10.0.0.1', port: 6443}],
    ['https://api.example', {host: 'api.example', port: 443}],
    ['https://[fd00::1]:6443/', {host: 'fd00::1', port: 6443}],
    ['10.0.0.1', undefined],
    ['10.0.0.1:0', undefined],
    ['10.0.0.1:65536', undefined],
    ['http://10.0.0.1:80', undefined],
    ['a b:1', undefined],
  ])('%s is %j', (text, address) => {
    expect(parseAddress(text)).toEqual(address)
  })
})

describe('a kubeconfig', () => {
  const whole = {
    kind: 'Config',
    'current-context': 'c',
    clusters: [{name: 'k', cluster: {server: 'https://10.0.0.1:6443', 'certificate-authority-data': 'Y2E='}}],
    contexts: [{name: 'c', context: {cluster: 'k', user: 'u'}}],
    users: [{name: 'u', user: {token: 't'}}],
  }

  it('says where and as whom to connect', () => {
    expect(endpointFromKubeconfig(JSON.stringify(whole))).toEqual({
      host: '10.0.0.1',
      port: 6443,
      trust: {ca: 'ca'},
      credentials: {kind: 'token', token: 't'},
    })
  })

  it.each([
    ['no YAML', 'a: [', 'it is not valid YAML'],
    ['another document', '{"kind":"Pod"}', 'its kind is not Config'],
    ['a context that does not exist', JSON.stringify({...whole, 'current-context': 'x'}), "current context 'x'"],
    ['a context without its cluster', JSON.stringify({...whole, clusters: []}), 'the cluster of its current context'],
    [
      'plain http',
      JSON.stringify({...whole, clusters: [{name: 'k', cluster: {server: 'http://a:1'}}]}),
      "'http://a:1'",
    ],
    [
      'no CA',
      JSON.stringify({...whole, clusters: [{name: 'k', cluster: {server: 'https://a:1'}}]}),
      'certificate-authority-data',
    ],
    [
      'keys in files',
      JSON.stringify({...whole, users: [{name: 'u', user: {'client-key': '/k'}}]}),
      'does not have a token',
    ],
  ])('with %s cannot be used', (_, text, why) => {
    expect(() => endpointFromKubeconfig(text)).toThrow(
      expect.objectContaining({code: 'config', message: containing(why)}),
    )
  })
})
