import {expect, test} from 'vitest'
import type {ApiObject} from '../../src/kube/json.ts'
import {notBack, podsBefore} from '../../src/verify/reboot/pods-back.ts'

const pod = (uid: string, container: string, ready = true, more: object = {}): ApiObject => ({
  metadata: {namespace: 'kube-system', name: uid, uid, ...more},
  status: {
    phase: 'Running',
    conditions: [{type: 'Ready', status: ready ? 'True' : 'False'}],
    containerStatuses: [{containerID: container}],
  },
})

const before = podsBefore([pod('etcd', 'c1'), pod('proxy', 'c2'), pod('broken', 'c3', false), pod('moved', 'c4')])

test('pods are back when they are Ready in new containers', () => {
  expect(notBack(before, [pod('etcd', 'c11'), pod('proxy', 'c12'), pod('new', 'c13', false)])).toBeUndefined()
})

test('a pod that is still shown as before the reboot is not back', () => {
  expect(notBack(before, [pod('etcd', 'c1'), pod('proxy', 'c12', false)])).toBe(
    'kube-system/etcd: not started again yet; kube-system/proxy: running',
  )
})

test('what failed before, or is leaving, is not waited for', () => {
  const leaving = pod('moved', 'c4', true, {deletionTimestamp: '2026-01-01T00:00:00Z'})

  expect(notBack(before, [pod('broken', 'c3', false), leaving])).toBeUndefined()
})
