import {describe, expect, it} from 'vitest'
import {planJobs} from '../../src/engine/schedule/job-graph.ts'
import {select} from '../../src/phases/select.ts'
import {restorePhases} from '../../src/phases/workflows/restore.ts'
import {sampleNode} from '../engine/sample-run.ts'

const backup = {
  snapshot: {from: '/tmp/etcd.db', to: '/etcd.db', sha256: 'ab', size: 1},
  revision: 7,
  hasKeys: true,
  files: [],
}
const [first, second, worker] = [
  sampleNode('cp-1', 'control-plane'),
  sampleNode('cp-2', 'control-plane'),
  sampleNode('w'),
]
const jobs = planJobs({steps: select(restorePhases(backup), [], []), nodes: [first, second, worker], first}).order.map(
  ({node, step}) => `${node.name} ${step.path}`,
)
const at = (job: string): number => {
  expect(jobs).toContain(job)
  return jobs.indexOf(job)
}

describe('a restore', () => {
  it('makes the new data before anything stops, and starts etcd when all control planes have stopped', () => {
    expect(at('cp-1 restore/prepare')).toBeLessThan(at('cp-1 restore/stop'))
    expect(at('cp-1 restore/prepare')).toBeLessThan(at('cp-2 restore/stop'))
    expect(at('cp-2 restore/stop')).toBeLessThan(at('cp-1 restore/swap'))
    expect(at('cp-1 restore/swap')).toBeLessThan(at('cp-1 etcd'))
    expect(at('cp-1 control-plane-images')).toBeLessThan(at('cp-1 restore/prepare'))
  })

  it('has the keys before it issues certificates, and joins the others when the first one works', () => {
    expect(at('cp-1 restore/keys')).toBeLessThan(at('cp-1 certs/ca'))
    expect(at('cp-1 wait-control-plane')).toBeLessThan(at('cp-2 control-plane-join/etcd'))
  })

  it('deletes the former data when all nodes report, on the first control plane last', () => {
    expect(at('w node-ready')).toBeLessThan(at('cp-1 absent-nodes'))
    expect(at('cp-1 absent-nodes')).toBeLessThan(at('cp-1 cluster-ready'))
    expect(at('cp-1 cluster-ready')).toBeLessThan(at('cp-2 restore-end/others'))
    expect(at('cp-1 restored-pods')).toBeLessThan(at('cp-2 restore-end/others'))
    expect(at('cp-2 restore-end/others')).toBeLessThan(at('cp-1 restore-end/first'))
  })
})
