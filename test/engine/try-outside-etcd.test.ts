import {expect, test} from 'vitest'
import {KadmError} from '../../src/domain/errors.ts'
import {tryOutsideEtcd} from '../../src/engine/hosts/try-outside-etcd.ts'
import {fakeHost} from './fake-host.ts'

test('an etcd outside the cluster is asked at each of its addresses', async () => {
  const dialled: string[] = []
  const host = {
    ...fakeHost('cp-1'),
    forward: (to: string, port: number) => {
      dialled.push(`${to} ${String(port)}`)
      return Promise.reject(new KadmError('connect', 'no', {evidence: 'Connection refused'}))
    },
  }
  const endpoints = ['https://10.0.0.31:2379', 'https://[fd00::31]:2379', 'http://etcd.example']
  const answers = await tryOutsideEtcd(host, {kubeadm: {externalEtcd: {endpoints}}})

  expect(dialled).toEqual(['10.0.0.31 2379', 'fd00::31 2379', 'etcd.example 80'])
  expect([...answers]).toEqual(endpoints.map(endpoint => [endpoint, {kind: 'refused'}]))
  expect([...(await tryOutsideEtcd(host, {}))]).toEqual([])
})
