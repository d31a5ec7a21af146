import {readFileSync} from 'node:fs'
import {expect, test} from 'vitest'
import {diagnoseCluster} from '../../../src/diagnose/cluster/diagnose-cluster.ts'
import type {ClusterSnapshot} from '../../../src/diagnose/cluster/snapshot.ts'
import {noFile} from './cases/changes.ts'

/** What a cluster of the lab answered, without what no rule reads (managed fields, images, requests). */
const captured = (name: string): ClusterSnapshot =>
  JSON.parse(readFileSync(new URL(`captures/${name}.json`, import.meta.url), 'utf8')) as ClusterSnapshot

const found = (name: string): readonly string[] =>
  diagnoseCluster(captured(name), noFile).map(({name, certainty}) => `${certainty}: ${name}`)

test('of a real cluster in which all works nothing is reported', () => {
  expect(captured('one-node').nodes).toHaveLength(1)
  expect(found('one-node')).toEqual([])
})

test('of a real cluster with its pod network taken away and a node cordoned just that is reported', () => {
  expect(found('no-flannel-and-cordoned')).toEqual(['certain: workload-missing', 'possible: node-cordoned'])
})
