import {describe, expect, test} from 'vitest'
import {diagnoseCluster} from '../../../src/diagnose/cluster/diagnose-cluster.ts'
import type {Expected} from '../../../src/diagnose/cluster/expected.ts'
import {API_FAULTS} from './cases/api-faults.ts'
import {file, noFile, taint, type Break} from './cases/changes.ts'
import {NODE_FAULTS} from './cases/node-faults.ts'
import {POD_FAULTS} from './cases/pod-faults.ts'
import {WELL_CLUSTERS} from './cases/well-clusters.ts'
import {WELL_MOMENTS} from './cases/well-moments.ts'
import {lacks, WORKLOAD_FAULTS} from './cases/workload-faults.ts'
import {healthy} from './sample-cluster.ts'

const WELL = [...WELL_CLUSTERS, ...WELL_MOMENTS].map(
  ([name, change, expected = file]) => [name, {change, expected}] as const,
)
const FAULTS = [...NODE_FAULTS, ...WORKLOAD_FAULTS, ...API_FAULTS, ...POD_FAULTS]

const found = (broken: Break, expected: Expected = file): readonly string[] =>
  diagnoseCluster({...healthy(), ...broken(healthy())}, expected).map(({name, cause}) => `${name}: ${cause}`)

describe('one fault is reported once, by its name', () => {
  test.each(FAULTS)('%s', (_, telling, broken) => {
    const told = found(broken)

    expect(told).toEqual([expect.stringMatching(telling)])
  })
})

test('every finding proves itself and says what to do', () => {
  for (const [, , broken] of FAULTS) {
    for (const {proof, fix, cause} of diagnoseCluster({...healthy(), ...broken(healthy())}, file)) {
      expect(
        proof.filter(line => line.trim() !== ''),
        cause,
      ).not.toEqual([])
      expect(fix.trim(), cause).not.toBe('')
      expect(`${cause}${fix}${proof.join('')}`, cause).not.toMatch(/undefined|\[object|NaN/)
    }
  }
})

test('one account that is gone does not hide the rights that another lacks', () => {
  const told = found(() => ({
    accounts: {...healthy().accounts, proxy: 'absent'},
    lackingRights: [lacks('kube-proxy', 'list services'), lacks('flannel', 'list nodes')],
  }))

  expect(told).toEqual([
    expect.stringMatching(/^account-missing: .*kube-proxy/),
    expect.stringMatching(/^rights-missing: flannel cannot list nodes/),
  ])
})

test('what is typed stands between backticks', () => {
  const fixes = [...FAULTS.values()].flatMap(([, , broken]) =>
    diagnoseCluster({...healthy(), ...broken(healthy())}, file).map(({fix}) => fix),
  )
  const words = fixes.map(fix => fix.replaceAll(/`[^`]+`/g, ''))

  expect(fixes.filter(fix => fix.includes('`')).length).toBeGreaterThan(20)
  expect(words.filter(text => /`|\bsudo |systemctl |\bkubectl |\bkadm [a-z]+ -|\bdf -|\bps -/.test(text))).toEqual([])
})

test('without a file the same faults are reported, but for what only a file can say', () => {
  const onlyByFile = /^(?:node-missing|node-role|taint-differs):/
  const silent = FAULTS.filter(([, , broken]) => found(broken, noFile).length === 0).map(([name, telling]) => [
    name,
    telling,
  ])

  expect(silent.filter(([, telling]) => !onlyByFile.test(String(telling).slice(2)))).toEqual([])
})

describe('nobody is accused where', () => {
  test.each(WELL)('%s', (_, {change, expected}) => {
    expect(found(change, expected)).toEqual([])
  })
})

test('a cluster of a thousand nodes is judged in a moment', () => {
  const nodes = Array.from({length: 1000}, (_, i) => ({name: `n${String(i)}`, controlPlane: i === 0}))
  const hosts = nodes.map(
    ({name, controlPlane}) =>
      ({
        name,
        addresses: [],
        role: controlPlane ? 'control-plane' : 'worker',
        taints: controlPlane ? [taint] : [],
      }) as const,
  )
  const start = performance.now()

  const told = diagnoseCluster(healthy(nodes), {...file, hosts})

  // Addresses of the sample wrap around; only the time counts here.
  expect(told.filter(({name}) => name !== 'pod-address')).toEqual([])
  expect(performance.now() - start).toBeLessThan(2000)
})

test('flannel that is gone with all that belongs to it is missed by the mark that it left, unless another network took its place', () => {
  const sample = healthy()
  const nodes = (sample.nodes ?? []).map(node => ({
    ...node,
    metadata: {...(node['metadata'] as object), annotations: {'flannel.alpha.coreos.com/backend-type': 'vxlan'}},
  }))
  const daemonSets = (sample.daemonSets ?? []).filter(one => JSON.stringify(one).includes('kube-proxy'))
  const calico = daemonSets.map(one => ({...one, metadata: {namespace: 'kube-system', name: 'calico-node'}}))
  const gone = {accounts: {}, nodes, daemonSets, configMaps: {...sample.configMaps, flannel: 'absent' as const}}

  expect(found(() => gone, noFile)).toEqual([expect.stringMatching(/^workload-missing: .*kube-flannel-ds/)])
  expect(found(() => ({...gone, daemonSets: [...daemonSets, ...calico]}), noFile)).toEqual([])
})
