import {statSync} from 'node:fs'
import {describe, expect, test} from 'vitest'
import {parsePrivateKey, publicKeyOf, publicKeyPem} from '../../src/certs/keys.ts'
import {SA_KEY, SA_PUB} from '../../src/domain/certificates.ts'
import type {KeyAlgorithm} from '../../src/domain/cluster.ts'
import {revertLedger} from '../../src/engine/ledger/ledger.ts'
import {readLedger} from '../../src/engine/ledger/read-ledger.ts'
import {look} from '../../src/engine/hosts/look.ts'
import {serviceAccountKey} from '../../src/resources/pki/service-account-key.ts'
import {apply, NEVER, proving} from '../engine/sample-run.ts'
import {scratchHosts, type ScratchHost} from '../engine/scratch-host.ts'
import {valuesOf} from './cluster-values.ts'

const scratch = scratchHosts()

const bench = (): ScratchHost => {
  const vm = scratch()
  vm.write('/var/lib/kadm/lease', 'me\n1\n')
  vm.write('/etc/kubernetes/pki/x', '')
  return vm
}
const make = (vm: ScratchHost, algorithm: KeyAlgorithm = 'ECDSA-P256') =>
  apply(vm.host, [serviceAccountKey(algorithm)], {values: valuesOf()})
const diffOf = async (vm: ScratchHost) => (await look(vm.host, [serviceAccountKey('RSA-2048')], NEVER))[0]?.diff
const publicHalf = (vm: ScratchHost): string => publicKeyPem(publicKeyOf(parsePrivateKey(vm.read(SA_KEY))))

describe('the key that signs tokens', () => {
  test.each<KeyAlgorithm>(['RSA-2048', 'ECDSA-P256'])(
    'is made with its public half and then kept (%s)',
    async algorithm => {
      const vm = bench()

      expect(await diffOf(vm)).toBe('will be created')
      expect([await make(vm, algorithm), await make(vm, algorithm)]).toStrictEqual([1, 0])

      expect(vm.read(SA_PUB)).toBe(publicHalf(vm))
      expect([SA_KEY, SA_PUB].map(path => statSync(vm.real(path)).mode & 0o777)).toStrictEqual([0o600, 0o600])
    },
  )

  test.each<KeyAlgorithm>(['RSA-2048', 'ECDSA-P256'])(
    'whose public half is missing is kept, and the host derives that half from it (%s)',
    async algorithm => {
      const vm = bench()
      await make(vm, algorithm)
      const key = vm.read(SA_KEY)
      await vm.host.read(`rm ${SA_PUB}`)

      expect(await diffOf(vm)).toBe('sa.pub is missing')
      await make(vm, algorithm)

      expect(vm.read(SA_KEY)).toBe(key)
      expect(vm.read(SA_PUB).trim()).toBe(publicHalf(vm).trim())
    },
  )

  test('goes again by undo, and is never in the ledger', async () => {
    const vm = bench()
    await make(vm)
    const [entry] = (await readLedger(vm.host, NEVER)).entries

    await revertLedger(proving(vm.host, 1))

    expect(JSON.stringify(entry?.applied)).not.toContain('KEY-----')
    expect([vm.has(SA_KEY), vm.has(SA_PUB)]).toStrictEqual([false, false])
  })

  test('that was there before outlives an undo', async () => {
    const vm = bench()
    await make(vm)
    await vm.host.read(`rm -r /var/lib/kadm/ledger ${SA_PUB}`)
    const key = vm.read(SA_KEY)
    await make(vm)

    await revertLedger(proving(vm.host, 1))

    expect(vm.read(SA_KEY)).toBe(key)
  })
})

test('the key of service accounts is copied for every control plane but the first', async () => {
  const [first, second] = [bench(), bench()]
  const values = valuesOf()
  await apply(first.host, [serviceAccountKey('ECDSA-P256')], {values})
  await apply(second.host, [serviceAccountKey('ECDSA-P256', {origin: 'copy'})], {values})

  expect([second.read(SA_KEY), second.read(SA_PUB)]).toStrictEqual([first.read(SA_KEY), first.read(SA_PUB)])
  await expect(
    apply(bench().host, [serviceAccountKey('ECDSA-P256', {origin: 'copy'})], {values: valuesOf()}),
  ).rejects.toThrow('has no access to the key of service accounts')
})
