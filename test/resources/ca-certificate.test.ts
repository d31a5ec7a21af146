import {describe, expect, test} from 'vitest'
import {certPath} from '../../src/domain/certificates.ts'
import {revertLedger} from '../../src/engine/ledger/ledger.ts'
import {caCertificate} from '../../src/resources/pki/ca-certificate.ts'
import {apply, proving} from '../engine/sample-run.ts'
import {scratchHosts} from '../engine/scratch-host.ts'
import {anAuthority, valuesOf} from './cluster-values.ts'

const scratch = scratchHosts()
const copy = caCertificate(certPath('ca'))

const bench = () => {
  const vm = scratch()
  vm.write('/var/lib/kadm/lease', 'me\n1\n')
  return vm
}

describe("the authority's certificate on a worker", () => {
  test('is brought from the cluster, and undo takes it away with the folders it needed', async () => {
    const vm = bench()
    const authority = await anAuthority()
    vm.write(`${vm.root}/etc/own`, '')

    expect(await apply(vm.host, [copy], {values: valuesOf({authority})})).toBe(1)
    expect(vm.read(certPath('ca'))).toBe(authority.certPem)
    expect(await revertLedger(proving(vm.host, 1))).toStrictEqual({undone: [vm.real(copy.id)], left: []})

    expect(vm.has('/etc/kubernetes')).toBe(false)
    expect(vm.has(`${vm.root}/etc/own`)).toBe(true)
  })

  test('that is there is kept, whatever it is: it was compared before', async () => {
    const vm = bench()
    vm.write(certPath('ca'), 'theirs')

    expect(await apply(vm.host, [copy], {values: valuesOf()})).toBe(0)
    expect(vm.read(certPath('ca'))).toBe('theirs')
  })
})
