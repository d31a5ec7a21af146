import {expect, test} from 'vitest'
import {diagnose} from '../../../src/diagnose/diagnose.ts'
import {explainRefusal} from '../../../src/diagnose/cluster/explain-refusal.ts'
import {KadmError} from '../../../src/domain/errors.ts'
import {parseEvidence} from '../../../src/facts/evidence/evidence.ts'
import {capture} from '../captures.ts'
import {noFile} from './cases/changes.ts'

const silent = new KadmError('connect', 'could not list nodes: the API server at 10.77.1.11:6443 is not reachable')

/** A control plane whose manifest of the API server was moved away. */
const withoutApiServer = capture('control-plane')
  .replace('kubeconfig yes', 'kubeconfig yes\nadmin yes\napiserver yes')
  .replace(/^manifest kube-apiserver.*\n/m, '')

test('the cause is what the host shows, with its repair and where to see all of it', () => {
  const diagnoses = diagnose(parseEvidence(withoutApiServer), {phase: 'doctor', waitedFor: 'nothing'})

  const error = explainRefusal(silent, {host: 'master', diagnoses}, noFile.repair)

  expect(error.code).toBe('connect')
  expect(error.message).toMatch(
    /does not answer requests through master\ncause: .*does not contain kube-apiserver\.yaml/,
  )
  expect(error.hint).toMatch(/it writes the missing files\n.* in full$/)
})

test('what the failure itself means stays where the host shows no cause', () => {
  const error = explainRefusal(silent, {host: 'master', diagnoses: []}, noFile.repair)

  expect(error.message).toBe('the API server of the cluster does not answer requests through master')
  expect(error.evidence).toBe(silent.message)
})
