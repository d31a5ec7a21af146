import {describe, expect, test} from 'vitest'
import {examineAll, type Looked} from '../../src/commands/runtime/examine-all.ts'
import type {ApiObject} from '../../src/kube/json.ts'
import {KadmError} from '../../src/domain/errors.ts'
import {evidenceWith, nowOf} from '../diagnose/captures.ts'
import {sampleSpec} from '../phases/preflight/sample.ts'

const lookedAt = (peers: string): Looked => ({
  spec: sampleSpec({role: 'control-plane'}),
  host: 'master',
  seen: {evidence: evidenceWith('control-plane', {peers}), at: nowOf('control-plane')},
})
const node = (address: string, annotations: Readonly<Record<string, string>> = {}): ApiObject => ({
  metadata: {name: address, annotations},
  status: {addresses: [{type: 'InternalIP', address}]},
})
const causes = (looked: Looked, nodes: readonly ApiObject[] | undefined): readonly string[] =>
  examineAll([looked], nodes).examined.flatMap(({diagnoses}) => diagnoses.map(({cause}) => cause))

describe('a machine that does not answer another one', () => {
  const twoSilent = lookedAt('10.77.0.12 10.244.1.0 no silent yes\n10.77.0.13 10.244.2.0 no silent yes')

  test('is named if it is a node of the cluster', () => {
    expect(causes(twoSilent, [node('10.77.0.11'), node('10.77.0.12')])).toEqual([
      expect.stringMatching(/^TCP 10250 of 10\.77\.0\.12 does not answer this host/),
    ])
  })

  test('is not named if it was a node that is gone, which flannel still knows', () => {
    expect(causes(twoSilent, [node('10.77.0.11')])).toEqual([])
  })

  test('is named by the address that flannel has for a node', () => {
    const named = causes(lookedAt('192.0.2.7 10.244.1.0 no silent yes'), [
      node('10.77.0.12', {'flannel.alpha.coreos.com/public-ip': '192.0.2.7'}),
    ])
    expect(named).toEqual([expect.stringContaining('192.0.2.7')])
  })

  test('is named if the nodes of the cluster cannot be read', () => {
    expect(causes(twoSilent, undefined)).toEqual([expect.stringContaining('10.77.0.12, 10.77.0.13')])
  })
})

test('a machine that cannot be reached does not stop the diagnosis of the others', () => {
  const off = new KadmError('connect', '10.77.0.12:22 did not answer in time')
  const lost: Looked = {spec: sampleSpec({name: 'worker-1', role: 'worker'}), host: 'worker-1', seen: off}
  const {examined, names, failures} = examineAll([lookedAt(''), lost], undefined)

  expect(examined).toEqual([
    expect.objectContaining({host: 'master', diagnoses: []}),
    {host: 'worker-1', diagnoses: [], unreachable: off.message},
  ])
  expect(names).toEqual(['master', undefined])
  expect(failures).toEqual([off])
})
