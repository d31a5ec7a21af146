import {expect, test} from 'vitest'
import {readTemplates} from '../../src/engine/sources/templates-on-disk.ts'
import {applyPhases} from '../../src/phases/workflows/apply.ts'
import {sampleContext, stepsOn} from './sample-context.ts'

const templates = readTemplates()

test('a control plane that joins a cluster with an etcd elsewhere gets its files, and no CA of etcd', () => {
  const {cluster} = sampleContext(templates, {on: 'second'})
  const externalEtcd = {
    endpoints: ['https://10.0.0.31:2379'],
    caFile: '/etc/etcd/ca.crt',
    certFile: '/etc/etcd/client.crt',
    keyFile: '/etc/etcd/client.key',
  }
  const context = sampleContext(templates, {on: 'second', cluster: {...cluster, kubeadm: {externalEtcd}}})
  const shared = stepsOn(applyPhases, 'second').find(({path}) => path === 'control-plane-join/certs/shared')
  const ids = shared?.phase.resources?.(context).map(({id}) => id)

  expect(ids).toEqual([
    'certificate:ca',
    'certificate:front-proxy-ca',
    'service-account-key',
    'shared-file:/etc/etcd/ca.crt',
    'shared-file:/etc/etcd/client.crt',
    'shared-file:/etc/etcd/client.key',
  ])
})
