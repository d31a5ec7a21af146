import {expect, test} from 'vitest'
import type {Cluster, Node} from '../../src/domain/cluster.ts'
import {directHosts, noProxy, proxyEnvironment} from '../../src/domain/no-proxy.ts'
import {link, sampleCluster, sampleFacts, sampleSpec} from '../phases/preflight/sample.ts'

const node = (address: string): Node => ({
  host: sampleSpec(),
  role: 'worker',
  name: 'n',
  address,
  networkInterface: 'enp0s8',
})
const PROXY = {http: 'http://proxy:3128', noProxy: []}

const view = (cluster: Partial<Cluster>, others: readonly string[] = [], endpoint = 'https://192.168.56.11:6443') => ({
  cluster: sampleCluster({proxy: PROXY, ...cluster}),
  node: node('192.168.56.11'),
  nodes: ['192.168.56.11', ...others].map(node),
  facts: sampleFacts(11),
  endpoint,
})

test('nodes, pods, services and the cluster domain are reached without the proxy', () => {
  expect(noProxy(view({}))).toEqual([
    ...['localhost', '127.0.0.1', '::1', '192.168.56.0/24'],
    ...['10.244.0.0/16', '10.96.0.0/12', '.svc', '.cluster.local'],
  ])
})

test('a node that joins on the same network does not change the list', () => {
  expect(noProxy(view({}, ['192.168.56.12', '192.168.56.13']))).toEqual(noProxy(view({})))
})

test('a node and an endpoint on another network are named', () => {
  const list = noProxy(view({controlPlaneEndpoint: 'api.example.com:6443'}, ['10.9.0.2'], 'https://[fd00::9]:6443'))

  expect(list).toEqual(expect.arrayContaining(['10.9.0.2', 'api.example.com', 'fd00::9']))
})

test('a node whose card is not known is named itself', () => {
  const facts = sampleFacts(11, {})
  const other = {...facts, network: {...facts.network, interfaces: [link('enp0s3', ['10.0.2.15/24'])]}}

  expect(noProxy({...view({}), facts: other})).toContain('192.168.56.11')
})

test('mirrors inside are reached without the proxy, those of the internet by it', () => {
  const source: Cluster['source'] = {
    kind: 'online',
    packages: {url: 'http://10.1.2.3:8080/deb/'},
    archives: {url: 'https://mirrors.example.com/github'},
    images: [
      {registry: 'registry.k8s.io', url: 'https://registry.lan:5000'},
      {registry: 'ghcr.io', url: 'https://[fd00::5]'},
      {registry: 'quay.io', url: 'https://198.51.100.1'},
    ],
  }
  const list = noProxy(view({source}))

  expect(list).toEqual(expect.arrayContaining(['10.1.2.3', 'registry.lan', 'fd00::5']))
  expect(list.join()).not.toMatch(/mirrors\.example\.com|198\.51/)
  expect(directHosts(view({source, proxy: {...PROXY, noProxy: ['a.b:80', '.c', '10.0.0.0/8']}}))).toEqual([
    ...['10.1.2.3', 'registry.lan', 'fd00::5', 'a.b'],
  ])
})

test('what the file adds comes last, and a program gets both proxies', () => {
  const proxy = {https: 'http://proxy:3129', noProxy: ['.example.com', 'localhost']}

  expect(proxyEnvironment(view({proxy}))).toEqual({
    HTTPS_PROXY: 'http://proxy:3129',
    NO_PROXY: 'localhost,127.0.0.1,::1,192.168.56.0/24,10.244.0.0/16,10.96.0.0/12,.svc,.cluster.local,.example.com',
  })
})

test('without a proxy in the file, programs get no setting', () => {
  expect(proxyEnvironment(view({proxy: undefined}))).toEqual({})
})
