import {describe, expect, test} from 'vitest'
import {readTemplates} from '../../src/engine/sources/templates-on-disk.ts'
import {applyPhases} from '../../src/phases/workflows/apply.ts'
import {initPhases} from '../../src/phases/workflows/init.ts'
import {joinPhases} from '../../src/phases/workflows/join.ts'
import type {Phase} from '../../src/phases/phase.ts'
import {afterResetPhases, resetPhases} from '../../src/phases/workflows/reset.ts'
import {flatten, paths, select} from '../../src/phases/select.ts'
import {sampleContext, stepsOn, type Sample, type SampleNode} from './sample-context.ts'

const templates = readTemplates()

const PREPARE = [
  ...['hostname', 'network', 'swap', 'kernel', 'nat', 'firewall', 'proxy', 'packages', 'runtime', 'kubelet'],
].map(name => `prepare/${name}`)
const FIRST_CONTROL_PLANE = [
  'control-plane-images',
  'load-balancer',
  'certs/ca',
  'certs/leaves',
  'kubeconfig',
  'virtual-address',
  'etcd',
  'control-plane',
  'kubelet-start',
  'node-images',
  'wait-control-plane',
  'controllers-start',
  ...['admin', 'virtual-address-rights', 'upload-config', 'bootstrap-token'],
  'mark-control-plane',
  'load-balancer-ready',
  'virtual-address-ready',
  'pod-network',
  ...['kube-proxy/objects', 'kube-proxy/ready', 'kube-proxy/in-force', 'coredns'].map(name => `addon/${name}`),
  'kubelet-finalize',
  'user-kubeconfig',
  'controllers',
]
const OTHER_CONTROL_PLANE = [
  'control-plane-images',
  'node-images',
  'control-plane-join/load-balancer',
  'control-plane-join/certs/shared',
  'control-plane-join/certs/leaves',
  'control-plane-join/kubeconfig',
  'control-plane-join/virtual-address',
  'control-plane-join/kubelet-start',
  'control-plane-join/kubelet-finalize',
  'control-plane-join/etcd',
  'control-plane-join/manifests',
  'control-plane-join/wait-control-plane',
  'control-plane-join/kubelet-server',
  'control-plane-join/load-balancer-ready',
  'control-plane-join/virtual-address-start',
  'control-plane-join/mark-control-plane',
  'control-plane-join/user-kubeconfig',
  'control-plane-join/controllers',
  'node-ready',
  'control-plane-pods',
]
const WORKER = [
  'node-images',
  ...['load-balancer', 'kubelet-start', 'token-gone', 'marks'].map(name => `worker/${name}`),
  'node-ready',
  'node-pods',
]

const pathsOn = (phases: readonly Phase[], on: SampleNode): readonly string[] =>
  stepsOn(phases, on).map(({path}) => path)

describe('the phases that run', () => {
  test('for init, on the control plane', () => {
    expect(pathsOn(initPhases, 'master')).toStrictEqual([
      ...PREPARE,
      ...FIRST_CONTROL_PLANE,
      'node-ready',
      'cluster-ready',
    ])
  })

  test('for join, on a worker', () => {
    expect(pathsOn(joinPhases, 'worker')).toStrictEqual([...PREPARE, ...WORKER])
  })

  test('for join, on a control plane: the same as for apply', () => {
    expect(pathsOn(joinPhases, 'second')).toStrictEqual(pathsOn(applyPhases, 'second'))
  })

  test('for apply, on the control plane: the same as for init', () => {
    expect(pathsOn(applyPhases, 'master')).toStrictEqual(pathsOn(initPhases, 'master'))
  })

  test('for apply, on another control plane: it starts no cluster of its own', () => {
    expect(pathsOn(applyPhases, 'second')).toStrictEqual([...PREPARE, ...OTHER_CONTROL_PLANE])
  })

  test('for apply, on a worker: the same as for join', () => {
    expect(pathsOn(applyPhases, 'worker')).toStrictEqual(pathsOn(joinPhases, 'worker'))
  })

  test('for reset: the node leaves first, a control plane leaves etcd too', () => {
    expect(pathsOn([...resetPhases, ...afterResetPhases], 'worker')).toStrictEqual(['leave', 'stop', 'clean'])
    expect(pathsOn([...resetPhases, ...afterResetPhases], 'master')).toStrictEqual([
      'leave',
      'leave-etcd',
      'stop',
      'clean',
    ])
  })
})

describe.each([
  ['init', initPhases],
  ['join', joinPhases],
  ['apply', applyPhases],
  ['reset', [...resetPhases, ...afterResetPhases]],
] as const)('the tree of %s', (_, phases) => {
  test('has each path once, and a title and a sentence for each', () => {
    const all = paths(phases)
    const visit = (phase: Phase): readonly Phase[] => [phase, ...(phase.phases ?? []).flatMap(visit)]

    expect(new Set(all).size).toBe(all.length)
    for (const {title, why} of phases.flatMap(visit)) {
      expect(title).toMatch(/^[A-Z].*[^.]$/)
      expect(why).toMatch(/^\S.{15,}[^.]$/)
    }
  })

  test('either branches or does something, never both', () => {
    for (const {phase} of flatten(phases)) expect(phase.resources).toBeDefined()
  })
})

test('every phase that another needs is in the whole workflow, and comes before it', () => {
  const steps = flatten(applyPhases)
  const needs = steps.flatMap(({path, phase}, i) => (phase.needs ?? []).map(name => ({path, name, i})))

  expect(needs.map(({path, name}) => `${path} needs ${name}`)).toStrictEqual([
    'prepare/packages needs prepare/firewall',
    'control-plane-join/certs/shared needs certs/ca',
    'control-plane-join/etcd needs wait-control-plane',
    ...['virtual-address', 'control-plane-join/virtual-address'].map(
      path => `control-plane-join/virtual-address-start needs ${path}`,
    ),
    'worker/kubelet-start needs certs',
    'worker/kubelet-start needs bootstrap-token',
    'node-ready needs pod-network',
    'cluster-ready needs node-ready',
  ])
  for (const {name, i} of needs) {
    const before = steps.slice(0, i).map(({path}) => path)
    expect(before.some(path => path === name || path.startsWith(`${name}/`))).toBe(true)
  }
})

describe.each<[Sample, SampleNode, readonly Phase[]]>([
  ['vm', 'master', applyPhases],
  ['vm', 'second', applyPhases],
  ['vm', 'worker', applyPhases],
  ['container', 'master', applyPhases],
  ['container', 'worker', applyPhases],
  ['vm', 'worker', [...resetPhases, ...afterResetPhases]],
])('the things on a %s %s', (sample, on, phases) => {
  const context = sampleContext(templates, {sample, on})
  const resources = stepsOn(phases, on).flatMap(({phase}) => phase.resources?.(context) ?? [])

  test('have each their own id', () => {
    const ids = resources.map(({id}) => id)

    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toStrictEqual([])
  })

  test('say each why they are there', () => {
    for (const {why} of resources) expect(why).toMatch(/^\S.{10,}[^.]$/)
  })

  test('are the same when the same is asked again', () => {
    expect(stepsOn(phases, on).flatMap(({phase}) => phase.resources?.(context) ?? [])).toStrictEqual(resources)
  })
})

describe('phases with nothing to do say so', () => {
  const why = (path: string, context: Parameters<typeof sampleContext>[1]): true | string => {
    const step = flatten([...applyPhases, ...resetPhases]).find(other => other.path === path)
    return step?.phase.when?.(sampleContext(templates, context)) ?? true
  }
  const {cluster} = sampleContext(templates, {on: 'worker'})
  const noNetwork = {...cluster, network: {...cluster.network, plugin: {kind: 'none'} as const}}

  const slow = {...cluster, startupSeconds: 900}

  test.each<[string, Parameters<typeof sampleContext>[1], true | string]>([
    ['prepare/network', {on: 'worker'}, true],
    ['prepare/network', {on: 'master'}, 'the file sets no static address'],
    ['prepare/nat', {on: 'worker'}, 'no NAT ranges are configured for this host'],
    ['prepare/swap', {on: 'worker'}, true],
    ['prepare/swap', {on: 'worker', sample: 'container'}, 'the host has no swap'],
    ['prepare/swap', {on: 'worker', cluster: {...cluster, swap: 'keep'}}, 'you chose to keep swap'],
    ['prepare/runtime', {on: 'worker', bundle: undefined}, true],
    ['control-plane-images', {on: 'master', bundle: undefined}, true],
    ['node-images', {on: 'worker', bundle: undefined}, 'the kubelet pulls them on demand'],
    ['node-images', {on: 'master'}, true],
    ['node-images', {on: 'worker', cluster: slow}, true],
    ['node-images', {on: 'master', cluster: slow}, 'already loaded before the control plane started'],
    ['controllers-start', {on: 'master'}, 'they start together with the API server'],
    ['controllers-start', {on: 'master', cluster: slow}, true],
    [
      'pod-network',
      {on: 'master', cluster: noNetwork},
      'the file sets no pod network; nodes stay NotReady until you install one',
    ],
    ['node-ready', {on: 'worker', cluster: noNetwork}, 'nodes do not become Ready without a pod network'],
    [
      'node-ready',
      {on: 'worker', isAdmin: false},
      'kadm has no admin access in this run; check on the control plane: kubectl get nodes',
    ],
    ['cluster-ready', {on: 'master', cluster: noNetwork}, 'pods get no address without a pod network'],
    ['worker/marks', {on: 'worker'}, true],
    ['worker/marks', {on: 'worker', isAdmin: false}, 'needs admin access, which a join with a token does not have'],
    [
      'leave',
      {on: 'worker', isAdmin: false},
      'skipped: no control plane given (--to); the Node object stays in the cluster',
    ],
  ])('%s %o', (path, context, expected) => {
    expect(why(path, context)).toBe(expected)
  })
})

describe('choosing phases', () => {
  const chosen = (only: readonly string[], skip: readonly string[]): readonly string[] =>
    select(initPhases, only, skip).map(({path}) => path)

  test('takes all when none is named', () => {
    expect(chosen([], [])).toStrictEqual(flatten(initPhases).map(({path}) => path))
  })

  test('takes a whole subtree by its name, in the order of the tree and not of the names', () => {
    expect(chosen(['kubeconfig', 'certs'], [])).toStrictEqual(['certs/ca', 'certs/leaves', 'kubeconfig'])
  })

  test('takes one leaf by its path', () => {
    expect(chosen(['certs/leaves'], [])).toStrictEqual(['certs/leaves'])
  })

  test('leaves out what the user skips, and a skip wins', () => {
    expect(chosen(['certs', 'etcd'], ['certs/ca', 'etcd'])).toStrictEqual(['certs/leaves'])
  })

  test('does not take what only begins with the same letters', () => {
    expect(chosen(['control-plane'], [])).toStrictEqual(['control-plane'])
  })

  test('refuses an unknown name, and says which was meant', () => {
    expect(() => chosen(['cert'], ['zzz-zzz-zzz'])).toThrow(
      expect.objectContaining({
        code: 'usage',
        message: "unknown phase 'cert', 'zzz-zzz-zzz'",
        hint: 'did you mean certs? list them with: kadm phase list',
      }),
    )
    expect(() => chosen([], ['zzz-zzz-zzz'])).toThrow(
      expect.objectContaining({hint: 'list them with: kadm phase list'}),
    )
  })
})

test('a bundle that lacks something is reported before any host is touched', () => {
  const context = sampleContext(templates, {on: 'worker'})
  const without = (kind: 'binary' | 'image') => ({
    ...context,
    bundle: context.bundle && {
      dir: '/bundle',
      bundle: {...context.bundle.bundle, entries: context.bundle.bundle.entries.filter(entry => entry.kind !== kind)},
    },
  })
  const phase = (path: string) => flatten(applyPhases).find(step => step.path === path)?.phase

  expect(() => phase('prepare/runtime')?.resources?.(without('binary'))).toThrow('the bundle has no binary containerd')
  expect(() => phase('node-images')?.resources?.(without('image'))).toThrow(/^the bundle has no image .*kube-proxy/)
})
