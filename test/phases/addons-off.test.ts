import {describe, expect, test} from 'vitest'
import type {Cluster} from '../../src/domain/cluster.ts'
import {readTemplates} from '../../src/engine/sources/templates-on-disk.ts'
import {clusterConfiguration} from '../../src/manifests/kubeadm-config.ts'
import {initPhases} from '../../src/phases/workflows/init.ts'
import {joinPhases} from '../../src/phases/workflows/join.ts'
import {sampleCluster, sampleSpec} from './preflight/sample.ts'
import {type SampleNode, sampleContext, stepsOn} from './sample-context.ts'

const templates = readTemplates()

/** What a run wants of the add-ons on a host: each object and each wait that names one. */
function wanted(cluster: Cluster, on: SampleNode): readonly string[] {
  const context = sampleContext(templates, {on, cluster})
  const steps = stepsOn(on === 'master' ? initPhases : joinPhases, on).filter(
    ({phase}) => (phase.when?.(context) ?? true) === true,
  )
  const resources = steps.flatMap(({phase}) => phase.resources?.(context) ?? [])
  return resources.map(resource => JSON.stringify(resource)).filter(text => /"(kube-proxy|coredns)"/.test(text))
}

const cluster = (kubeadm: Cluster['kubeadm']): Cluster => ({...sampleCluster(), kubeadm})
const about = (name: string, list: readonly string[]): number => list.filter(text => text.includes(`"${name}"`)).length

describe('an add-on that is turned off', () => {
  test('is deployed and waited for otherwise', () => {
    expect(about('kube-proxy', wanted(cluster(undefined), 'master'))).toBeGreaterThan(3)
    expect(about('coredns', wanted(cluster(undefined), 'master'))).toBeGreaterThan(3)
    expect(about('kube-proxy', wanted(cluster(undefined), 'worker'))).toBe(1)
  })

  test.each([
    ['proxy.disabled', {proxyDisabled: true}],
    ['a skipped phase', {init: {skipPhases: ['addon/kube-proxy']}}],
  ])('kube-proxy, by %s: no object, no wait, and no wait for what needs it', (_, kubeadm) => {
    expect(about('kube-proxy', wanted(cluster(kubeadm), 'master'))).toBe(0)
    expect(about('kube-proxy', wanted(cluster(kubeadm), 'worker'))).toBe(0)
    expect(wanted(cluster(kubeadm), 'master').filter(text => text.includes('"kind":"ready"'))).toEqual([])
    expect(clusterConfiguration(cluster(kubeadm))).toMatchObject({proxy: {disabled: true}, dns: {}})
  })

  test.each([
    ['dns.disabled', {dns: {disabled: true}}],
    ['a skipped phase', {init: {skipPhases: ['addon/coredns']}}],
  ])('CoreDNS, by %s', (_, kubeadm) => {
    expect(about('coredns', wanted(cluster(kubeadm), 'master'))).toBe(0)
    expect(about('kube-proxy', wanted(cluster(kubeadm), 'master'))).toBeGreaterThan(3)
    expect(clusterConfiguration(cluster(kubeadm))).toMatchObject({dns: {disabled: true}, proxy: {}})
  })

  test('both, by the phase above them', () => {
    const both = cluster({init: {skipPhases: ['addon']}})

    expect(wanted(both, 'master')).toEqual([])
    expect(clusterConfiguration(both)).toMatchObject({dns: {disabled: true}, proxy: {disabled: true}})
  })

  test('a cloud controller that comes later is not waited for', () => {
    const hosts = [sampleSpec({kubeletExtraArgs: [{name: 'cloud-provider', value: 'external'}]})]
    const waits = wanted({...sampleCluster(), hosts}, 'master').filter(text => text.includes('"kind":"ready"'))

    expect(about('coredns', waits)).toBe(0)
    expect(about('kube-proxy', waits)).toBe(2)
  })
})
