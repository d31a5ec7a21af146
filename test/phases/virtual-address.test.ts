import {describe, expect, test} from 'vitest'
import {stringify} from 'yaml'
import type {Cluster} from '../../src/domain/cluster.ts'
import type {FileFacts} from '../../src/domain/facts.ts'
import {imageNeeds, imagesForRole} from '../../src/domain/images.ts'
import {KUBE_VIP_IMAGE} from '../../src/domain/releases.ts'
import {KEEPALIVED_CHECK, type VipProvider} from '../../src/domain/virtual-address.ts'
import {readTemplates} from '../../src/engine/sources/templates-on-disk.ts'
import type {PhaseContext} from '../../src/phases/phase.ts'
import {applyPhases} from '../../src/phases/workflows/apply.ts'
import {sampleFacts} from './preflight/sample.ts'
import {sampleContext, stepsOn, type SampleNode} from './sample-context.ts'

const templates = readTemplates()
const ADDRESS = '192.168.56.100'
const MEMBERS = 'control-plane-join/virtual-address'
const START = 'control-plane-join/virtual-address-start'
const FILE: FileFacts = {type: 'file', mode: '0700', owner: 'root', size: 1, sha256: undefined}

function vipContext(on: SampleNode, more: Partial<PhaseContext> = {}, provider: VipProvider = 'keepalived') {
  const {cluster} = sampleContext(templates, {on})
  const shared: Cluster = {
    ...cluster,
    controlPlaneEndpoint: `${ADDRESS}:6443`,
    virtualAddress: {address: ADDRESS, provider, networkInterface: undefined},
  }
  return sampleContext(templates, {
    on,
    cluster: shared,
    nodes: sampleContext(templates, {on: 'second'}).nodes,
    existingNodes: [],
    endpoint: `https://${ADDRESS}:6443`,
    bundle: undefined,
    ...more,
  })
}

const phaseOn = (on: SampleNode, path: string) => {
  const step = stepsOn(applyPhases, on).find(one => one.path === path)
  if (step === undefined) throw new Error(`${path} does not run on ${on}`)
  return step.phase
}
const whenOn = (on: SampleNode, path: string, context: PhaseContext) => phaseOn(on, path).when?.(context) ?? true
const resourcesOn = (on: SampleNode, path: string, context: PhaseContext) => {
  expect(whenOn(on, path, context)).toBe(true)
  return phaseOn(on, path).resources?.(context) ?? []
}
const idsOn = (on: SampleNode, path: string, context: PhaseContext) => resourcesOn(on, path, context).map(({id}) => id)
const textOf = (on: SampleNode, path: string, context: PhaseContext): string =>
  stringify(resourcesOn(on, path, context), {lineWidth: 0, aliasDuplicateObjects: false})

const memberFacts = (last: number) => sampleFacts(last, {files: {[KEEPALIVED_CHECK]: FILE}})
const UNIT = 'unit:keepalived.service'

describe('control planes that share an address by keepalived', () => {
  test.each<[SampleNode, string]>([
    ['master', 'virtual-address'],
    ['second', MEMBERS],
    ['second', START],
    ['master', 'virtual-address-ready'],
  ])('on a %s: %s', async (on, path) => {
    await expect(textOf(on, path, vipContext(on))).toMatchFileSnapshot(`golden/vip/${on}/${path}.yaml`)
  })

  test('the first has it running before its kubelet, a new one only when all others know it', () => {
    const paths = (on: SampleNode) => stepsOn(applyPhases, on).map(({path}) => path)

    expect(idsOn('master', 'virtual-address', vipContext('master'))).toContain(UNIT)
    expect(paths('master').indexOf('virtual-address')).toBeLessThan(paths('master').indexOf('kubelet-start'))
    expect(idsOn('second', MEMBERS, vipContext('second'))).not.toContain(UNIT)
    expect(idsOn('second', START, vipContext('second'))).toEqual([UNIT])
    expect(phaseOn('second', START).needs).toEqual(['virtual-address', MEMBERS])
  })

  test('one that shares it already reads its new configuration at once', () => {
    const context = vipContext('second', {facts: memberFacts(12)})

    expect(idsOn('second', MEMBERS, context)).toContain(UNIT)
  })

  test('a new one waits for a run that reaches all others', () => {
    const elsewhere = {existingNodes: [{role: 'control-plane', address: '192.168.56.20'}]} as const
    const reason =
      'the other control planes do not know this one yet; run kadm apply with a file that lists all of them, and it shares 192.168.56.100'
    const own = vipContext('second').node

    expect(whenOn('second', MEMBERS, vipContext('second', elsewhere))).toBe(reason)
    expect(whenOn('second', START, vipContext('second', elsewhere))).toBe(reason)
    expect(whenOn('master', 'virtual-address', vipContext('master', elsewhere))).toBe(reason)
    expect(whenOn('second', MEMBERS, vipContext('second', {nodes: [own], existingNodes: undefined}))).toBe(reason)
    expect(whenOn('second', MEMBERS, vipContext('second', {...elsewhere, facts: memberFacts(12)}))).toBe(true)
    expect(whenOn('master', 'virtual-address', vipContext('master', {existingNodes: undefined}))).toBe(true)
  })

  test('all control planes that the run knows are in the configuration', () => {
    const text = textOf(
      'master',
      'virtual-address',
      vipContext('master', {
        facts: memberFacts(10),
        existingNodes: [
          {role: 'control-plane', address: '192.168.56.20'},
          {role: 'worker', address: '192.168.56.21'},
        ],
      }),
    )

    expect(text).toContain('    192.168.56.12\n')
    expect(text).toContain('    192.168.56.20\n')
    expect(text).not.toContain('192.168.56.11\n')
    expect(text).not.toContain('192.168.56.21')
  })

  test('with a bundle, no package is installed', () => {
    const bundle = {dir: '/b', bundle: {apiVersion: 'kadm/v1', kind: 'Bundle', entries: []}} as never

    expect(idsOn('master', 'virtual-address', vipContext('master', {bundle}))).not.toContain('packages:keepalived')
    expect(idsOn('master', 'virtual-address', vipContext('master'))).toContain('packages:keepalived')
  })

  test('the chosen interface gets it, or the one of the node', () => {
    const context = vipContext('master')
    const chosen: Cluster = {
      ...context.cluster,
      virtualAddress: {address: ADDRESS, provider: 'keepalived', networkInterface: 'bond0'},
    }

    expect(textOf('master', 'virtual-address', context)).toContain('interface enp0s8\n')
    expect(textOf('master', 'virtual-address', {...context, cluster: chosen})).toContain('dev bond0\n')
  })

  test('no password is in a plan', () => {
    for (const [on, path] of [
      ['master', 'virtual-address'],
      ['second', MEMBERS],
    ] as const)
      expect(textOf(on, path, vipContext(on))).not.toMatch(/auth_pass +\w/)
  })
})

describe('control planes that share an address by kube-vip', () => {
  const manifest = '/etc/kubernetes/manifests/kube-apiserver.yaml'

  test('the first uses the kubeconfig for emergencies until the cluster has its rights', () => {
    const fresh = vipContext('master', {}, 'kube-vip')
    const running = vipContext('master', {facts: sampleFacts(10, {files: {[manifest]: FILE}})}, 'kube-vip')

    expect(textOf('master', 'virtual-address', fresh)).toContain('super-admin.conf')
    expect(textOf('master', 'virtual-address-rights', fresh)).not.toContain('super-admin.conf')
    expect(textOf('master', 'virtual-address', running)).not.toContain('super-admin.conf')
    expect(textOf('second', MEMBERS, vipContext('second', {}, 'kube-vip'))).not.toContain('super-admin.conf')
  })

  test('a new one shares it also when others are not reached, because they agree by a lease', () => {
    const elsewhere = {existingNodes: [{role: 'control-plane', address: '192.168.56.20'}]} as const

    expect(whenOn('second', MEMBERS, vipContext('second', elsewhere, 'kube-vip'))).toBe(true)
    expect(whenOn('second', START, vipContext('second', {}, 'kube-vip'))).toBe('the kubelet runs kube-vip already')
  })

  test('only control planes need its image', () => {
    const {cluster} = vipContext('master', {}, 'kube-vip')
    const imagesOf = (role: 'control-plane' | 'worker', of: Cluster) => imagesForRole(role, imageNeeds(of))

    expect(imagesOf('control-plane', cluster)).toContain(KUBE_VIP_IMAGE)
    expect(imagesOf('worker', cluster)).not.toContain(KUBE_VIP_IMAGE)
    expect(imagesOf('control-plane', vipContext('master').cluster)).not.toContain(KUBE_VIP_IMAGE)
    expect(textOf('master', 'control-plane-images', vipContext('master', {}, 'kube-vip'))).toContain(KUBE_VIP_IMAGE)
  })
})

test('a cluster without a virtual address has none of these phases', () => {
  const context = sampleContext(templates, {on: 'second'})

  for (const path of [MEMBERS, START])
    expect(whenOn('second', path, context)).toBe('the control planes have no virtual address')
  for (const path of ['virtual-address', 'virtual-address-ready', 'virtual-address-rights'])
    expect(whenOn('master', path, sampleContext(templates, {on: 'master'}))).not.toBe(true)
})
