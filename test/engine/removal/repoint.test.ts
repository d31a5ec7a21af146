import {randomBytes} from 'node:crypto'
import {expect, it} from 'vitest'
import {issueCa} from '../../../src/certs/issue.ts'
import {makeKey} from '../../../src/certs/keys.ts'
import type {Leaver, ListedNode} from '../../../src/domain/removal.ts'
import {repointClusterInfo} from '../../../src/engine/removal/repoint.ts'
import {textsAt} from '../../../src/kube/json.ts'
import {clusterOfKubeconfig} from '../../../src/kube/kubeconfig.ts'
import {clusterInfoConfigMap} from '../../../src/manifests/cluster-info.ts'
import {fakeKube} from '../../resources/cluster/fake-kube.ts'
import {NEVER} from '../sample-run.ts'

const PATH = '/api/v1/namespaces/kube-public/configmaps/cluster-info'
const plane = (last: number): ListedNode => ({
  name: `cp-${String(last)}`,
  address: `10.0.0.${String(last)}`,
  role: 'control-plane',
})
const NODES: readonly ListedNode[] = [
  plane(1),
  {name: 'worker', address: '10.0.0.21', role: 'worker'},
  plane(2),
  plane(3),
]
const leaver = (last: number): Leaver => ({...plane(last), isListed: true, isDead: false})
const key = await makeKey('ECDSA-P256')
const wanted = {
  isCa: true,
  commonName: 'kubernetes',
  organisations: [],
  usages: [],
  sans: {dns: [], ips: []},
  hours: 1,
}
const caPem = issueCa({wanted, key, now: new Date(), random: randomBytes})

/** The server in cluster-info after these control planes left, when this one was in it before. */
async function after(server: string, leavers: readonly Leaver[]) {
  const api = fakeKube({[PATH]: clusterInfoConfigMap({server, caPem})})
  const isChanged = await repointClusterInfo(api, {leavers, nodes: NODES, signal: NEVER})
  const text = textsAt(api.objects.get(PATH), 'data')['kubeconfig'] ?? ''
  const entry = clusterOfKubeconfig(text)
  expect(entry.ca.trim()).toBe(caPem.trim())
  return {isChanged, server: entry.server}
}

it.each([
  ['https://10.0.0.1:6443', [1], 'https://10.0.0.2:6443'],
  ['https://10.0.0.1:16443', [1, 2], 'https://10.0.0.3:16443'],
])('cluster-info at %s names a control plane that stays when %j leave', async (server, lasts, next) => {
  expect(await after(server, lasts.map(leaver))).toEqual({isChanged: true, server: next})
})

it.each([
  ['https://10.0.0.2:6443', 'another control plane'],
  ['https://api.example.org:6443', 'a load balancer'],
])('cluster-info at %s stays as it is: %s', async server => {
  expect(await after(server, [leaver(1)])).toEqual({isChanged: false, server})
})

it.each([
  ['is missing', {}],
  ['is unreadable', {[PATH]: {data: {kubeconfig: 'kind: Other'}}}],
])('a cluster-info that %s is left to the next apply', async (_, objects) => {
  expect(await repointClusterInfo(fakeKube(objects), {leavers: [leaver(1)], nodes: NODES, signal: NEVER})).toBe(false)
})
