import {expect, it} from 'vitest'
import type {EndpointAnswer} from '../../../src/phases/preflight/input.ts'
import {judge} from '../../../src/phases/preflight/judge.ts'
import {file, input, judged, sampleCluster} from './sample.ts'

const PKI = '/etc/kubernetes/pki'
const FILES = [`${PKI}/etcd/ca.crt`, `${PKI}/apiserver-etcd-client.crt`, `${PKI}/apiserver-etcd-client.key`] as const
const [caFile, certFile, keyFile] = FILES
const cluster = sampleCluster({
  kubeadm: {externalEtcd: {endpoints: ['https://10.0.0.31:2379'], caFile, certFile, keyFile}},
})

/** Of two control planes, the first leads. */
const found = (paths: readonly string[]) => {
  const files = Object.fromEntries(paths.map(path => [path, file]))
  const hosts = [judged('cp-1', 10, {role: 'control-plane', files}), judged('cp-2', 11, {role: 'control-plane'})]
  return judge({...input(hosts, {cluster}), leader: hosts[0]?.node.host}).filter(({name}) =>
    name.startsWith('External'),
  )
}

it('an etcd outside the cluster needs its files on the control plane that leads, and nothing else', () => {
  expect(found([caFile])).toMatchObject([
    {
      name: 'ExternalEtcdClientCertificates',
      severity: 'error',
      hosts: ['cp-1'],
      message: expect.stringMatching(/: .*\/apiserver-etcd-client\.crt, .*\/apiserver-etcd-client\.key$/) as string,
    },
  ])
  expect(found(FILES)).toMatchObject([{severity: 'ok', hosts: ['cp-1']}])
})

const URLS = ['https://10.0.0.31:2379', 'https://10.0.0.32:2379'] as const
const server = {kind: 'server', subject: 'CN=etcd', isOfCluster: undefined} as const

it.each<[string, readonly (EndpointAnswer | undefined)[], string]>([
  ['all members answer', [server, server], 'ok'],
  ['one of its members is down', [server, {kind: 'refused'}], 'warning'],
  ['no member can be reached', [{kind: 'silent'}, {kind: 'unknown-name'}], 'error'],
  ['the SSH server forwards nothing', [undefined, undefined], 'ok'],
  ['it speaks no TLS', [{kind: 'closed'}, {kind: 'closed'}], 'ok'],
])('an etcd outside the cluster of which %s', (_, answers, severity) => {
  const outsideEtcd = new Map(URLS.map((url, i) => [url, answers[i]]))
  const host = {...judged('cp-1', 10, {role: 'control-plane'}), outsideEtcd}
  const [finding] = judge(input([host])).filter(({name}) => name === 'ExternalEtcd')
  expect(finding?.severity).toBe(severity)
})
