import {describe, expect, test} from 'vitest'
import {acrossMachines, type Neighbour} from '../../../src/diagnose/cluster/across-machines.ts'
import type {Diagnosis} from '../../../src/diagnose/diagnosis.ts'

const finding = (name: string, more: Partial<Diagnosis> = {}): Diagnosis => ({
  name,
  cause: name,
  certainty: 'likely',
  proof: ['x'],
  fix: 'x',
  ...more,
})
const machine = (address: string, ...diagnoses: readonly Diagnosis[]): Neighbour => ({
  addresses: [address],
  isControlPlane: address === '10.0.0.1',
  diagnoses,
})
const port = finding('kubelet-port', {towards: ['10.0.0.2']})
const tunnel = finding('pod-tunnel', {towards: ['10.0.0.2']})
const drops = (number: number): Diagnosis =>
  finding('firewall', {cause: `a firewall of this host drops packets to port ${String(number)}`, certainty: 'possible'})
const named = (machines: readonly Neighbour[]): readonly string[] =>
  acrossMachines(machines).flatMap(({addresses, diagnoses}) =>
    diagnoses.map(({name, certainty}) => `${addresses.join()} ${certainty} ${name}`),
  )

describe('what a machine sees of another one', () => {
  test.each([
    ['its kubelet is off', port, finding('kubelet-off', {certainty: 'certain'}), '10.0.0.2 certain kubelet-off'],
    ['its containerd hangs', port, finding('runtime-hangs'), '10.0.0.2 likely runtime-hangs'],
    [
      'its kubelet has an expired certificate',
      port,
      finding('certificate-expired', {certainty: 'certain'}),
      '10.0.0.2 certain certificate-expired',
    ],
    ['it drops the packets', port, drops(10250), '10.0.0.2 likely firewall'],
    ['it drops what comes by the tunnel', tunnel, drops(8472), '10.0.0.2 likely firewall'],
    ['its tunnel is gone', tunnel, finding('tunnel-missing'), '10.0.0.2 likely tunnel-missing'],
  ])('is left out when that one says why: %s', (_, seen, own, told) => {
    expect(named([machine('10.0.0.1', seen), machine('10.0.0.2', own)])).toEqual([told])
  })

  test.each([
    ['another port is closed there', port, drops(8472)],
    ['the other trouble is only possible', port, finding('kubelet-off', {certainty: 'possible'})],
    ['the other trouble has nothing to do with it', port, finding('hold-lifted')],
    ['two are silent and one tells', finding('kubelet-port', {towards: ['10.0.0.2', '10.0.0.3']}), drops(10250)],
  ])('stays when nobody explains it: %s', (_, seen, own) => {
    expect(named([machine('10.0.0.1', seen), machine('10.0.0.2', own)])).toContain(`10.0.0.1 likely ${seen.name}`)
  })

  test('two machines that only see one another both tell', () => {
    const back = finding('pod-tunnel', {towards: ['10.0.0.1']})

    expect(named([machine('10.0.0.1', tunnel), machine('10.0.0.2', back)])).toHaveLength(2)
  })
})

describe('an API that does not answer', () => {
  const silent = finding('api-unreachable', {certainty: 'certain'})

  test('is reported once, by the control plane that knows why', () => {
    const workers = [machine('10.0.0.2', silent), machine('10.0.0.3', silent)]

    expect(named([machine('10.0.0.1', finding('manifest-missing')), ...workers])).toEqual([
      '10.0.0.1 likely manifest-missing',
    ])
    expect(named([machine('10.0.0.1', drops(6443)), ...workers])).toEqual(['10.0.0.1 likely firewall'])
  })

  test('stays where the control plane knows nothing, and for the control plane itself', () => {
    expect(named([machine('10.0.0.1'), machine('10.0.0.2', silent)])).toEqual(['10.0.0.2 certain api-unreachable'])
    expect(named([machine('10.0.0.1', finding('api-refused'))])).toEqual(['10.0.0.1 likely api-refused'])
  })
})
