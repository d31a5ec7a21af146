import {expect, test} from 'vitest'
import {brokenParts} from '../../../src/diagnose/cluster/broken-parts.ts'
import type {ClusterReport} from '../../../src/diagnose/cluster/cluster-report.ts'
import type {Diagnosis} from '../../../src/diagnose/diagnosis.ts'

const WELL: ClusterReport = {
  nodes: [],
  missingNodes: [],
  unnamedNodes: [],
  components: [],
  machines: [{host: 'master', diagnoses: []}],
  diagnoses: [],
  unread: [],
}
const diagnosis: Diagnosis = {name: 'ip-forward', cause: 'c', certainty: 'likely', proof: [], fix: 'f'}
const machine = (...diagnoses: readonly Diagnosis[]): ClusterReport => ({
  ...WELL,
  machines: [{host: 'master', diagnoses}],
})

test('nothing is broken where no machine has a cause', () => {
  expect(brokenParts(WELL)).toEqual([])
})

test('a machine with a cause is broken, however certain the cause is', () => {
  expect(brokenParts(machine(diagnosis))).toEqual(['master'])
  expect(brokenParts(machine({...diagnosis, certainty: 'possible'}))).toEqual(['master'])
})

test('a fault outside the cluster breaks no machine, unless the machine has another one', () => {
  const outside: Diagnosis = {...diagnosis, name: 'dns-upstream', isOutside: true}

  expect(brokenParts(machine(outside))).toEqual([])
  expect(brokenParts(machine(outside, diagnosis))).toEqual(['master'])
})

test('what is missing is broken, each once', () => {
  expect(brokenParts({...machine(diagnosis), missingNodes: ['worker-1', 'master']})).toEqual(['worker-1', 'master'])
})
