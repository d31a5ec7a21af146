import {describe, expect, test} from 'vitest'
import {revertLedger} from '../../src/engine/ledger/ledger.ts'
import {sharedFile} from '../../src/resources/pki/shared-file.ts'
import {apply, proving} from '../engine/sample-run.ts'
import {scratchHosts} from '../engine/scratch-host.ts'
import {valuesOf} from './cluster-values.ts'

const scratch = scratchHosts()
const KEY = sharedFile(
  {entry: 'external-etcd.key', path: '/etc/kubernetes/external-etcd/client.key', isKey: true},
  'reaches etcd',
)
const CERT = sharedFile(
  {entry: 'external-etcd.crt', path: '/etc/kubernetes/external-etcd/client.crt', isKey: false},
  'reaches etcd',
)
const shared = new Map([
  ['external-etcd.key', 'the key\n'],
  ['external-etcd.crt', 'the certificate\n'],
])

const bench = () => {
  const vm = scratch()
  vm.write('/var/lib/kadm/lease', 'me\n1\n')
  vm.write('/etc/kubernetes/own', '')
  return vm
}

describe('a file that control planes share', () => {
  test('comes from a control plane, keys for root only, and undo takes it away with its folder', async () => {
    const vm = bench()

    expect(await apply(vm.host, [KEY, CERT], {values: valuesOf({shared})})).toBe(2)
    expect(vm.read(KEY.path)).toBe('the key\n')
    expect(await vm.host.read(`stat -c %a ${KEY.path} ${CERT.path}`)).toBe('600\n644\n')
    await revertLedger(proving(vm.host, 1))

    expect(vm.has('/etc/kubernetes/external-etcd')).toBe(false)
    expect(vm.has('/etc/kubernetes/own')).toBe(true)
  })

  test('that is there is kept', async () => {
    const vm = bench()
    vm.write(KEY.path, 'own')

    expect(await apply(vm.host, [KEY], {values: valuesOf({shared})})).toBe(0)
    expect(vm.read(KEY.path)).toBe('own')
  })
})
