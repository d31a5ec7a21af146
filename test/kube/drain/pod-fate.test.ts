import {describe, expect, it} from 'vitest'
import {podFate, type DrainRules} from '../../../src/kube/drain/pod-fate.ts'

const NOW = Date.parse('2026-12-01T00:10:00Z')
const DEFAULTS: DrainRules = {
  force: false,
  ignoreDaemonSets: false,
  deleteEmptyDirData: false,
  skipWaitForDeleteSeconds: 0,
}
const ALL: DrainRules = {force: true, ignoreDaemonSets: true, deleteEmptyDirData: true, skipWaitForDeleteSeconds: 0}

const owner = (kind: string) => ({ownerReferences: [{kind, controller: true}]})
const emptyDir = {
  volumes: [
    {name: 'a', configMap: {}},
    {name: 'b', emptyDir: {}},
  ],
}
const mirror = {annotations: {'kubernetes.io/config.mirror': 'x'}}

const replicated = {metadata: owner('ReplicaSet')}
const alone = {metadata: {}}
const scratch = {metadata: owner('StatefulSet'), spec: emptyDir}
const ofDaemonSet = {metadata: owner('DaemonSet')}
const kubeProxy = {metadata: owner('DaemonSet'), spec: {priorityClassName: 'system-node-critical'}}
const owned = {metadata: {ownerReferences: [{kind: 'ConfigMap', controller: false}]}}

describe('by the defaults of kubectl, a drain', () => {
  it.each([
    ['moves what a controller creates again', replicated, {kind: 'leaves'}],
    ['leaves static pods to their machine', {metadata: {...mirror}}, {kind: 'stays', because: 'static pod'}],
    ['refuses a pod that no controller creates again', alone, {kind: 'refused', because: 'no controller'}],
    ['refuses a pod whose owner is no controller', owned, {kind: 'refused', because: 'no controller'}],
    ['refuses data of a pod', scratch, {kind: 'refused', because: 'emptyDir'}],
    ['refuses a pod of a DaemonSet', ofDaemonSet, {kind: 'refused', because: 'DaemonSet'}],
    ['leaves kube-proxy and the pod network to their machine', kubeProxy, {kind: 'stays', because: 'DaemonSet'}],
    ['moves a finished pod without a controller', {...alone, status: {phase: 'Succeeded'}}, {kind: 'leaves'}],
    ['moves a finished pod with data', {...scratch, status: {phase: 'Failed'}}, {kind: 'leaves'}],
    ['moves a finished pod of a DaemonSet', {...ofDaemonSet, status: {phase: 'Failed'}}, {kind: 'leaves'}],
  ])('%s', (_, pod, fate) => {
    expect(podFate(pod, DEFAULTS, NOW)).toEqual(fate)
  })
})

describe('with its flags, a drain', () => {
  it.each([
    ['--force', alone, {force: true}, {kind: 'leaves', loses: 'no controller'}],
    ['--delete-emptydir-data', scratch, {deleteEmptyDirData: true}, {kind: 'leaves', loses: 'emptyDir'}],
    ['--ignore-daemonsets', ofDaemonSet, {ignoreDaemonSets: true}, {kind: 'stays', because: 'DaemonSet'}],
  ])('%s continues, and only with that flag', (_, pod, flag, fate) => {
    expect(podFate(pod, {...DEFAULTS, ...flag}, NOW)).toEqual(fate)
    const [name = ''] = Object.keys(flag)
    expect(podFate(pod, {...ALL, [name]: false}, NOW).kind).toBe('refused')
  })

  const terminating = (at: string) => ({...replicated, metadata: {...replicated.metadata, deletionTimestamp: at}})
  it.each([
    ['waits for a pod that terminates', '2026-12-01T00:00:00Z', 0, 'leaves'],
    ['waits as long as it is told', '2026-12-01T00:09:30Z', 60, 'leaves'],
    ['then gives the pod up', '2026-12-01T00:08:30Z', 60, 'stays'],
  ])('%s', (_, at, skipWaitForDeleteSeconds, kind) => {
    expect(podFate(terminating(at), {...DEFAULTS, skipWaitForDeleteSeconds}, NOW).kind).toBe(kind)
  })
})
