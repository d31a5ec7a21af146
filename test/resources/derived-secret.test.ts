import {describe, expect, test} from 'vitest'
import {revertLedger} from '../../src/engine/ledger/ledger.ts'
import {derivedSecret, derivedSecretKind} from '../../src/resources/files/derived-secret.ts'
import {apply, proving} from '../engine/sample-run.ts'
import {scratchHosts} from '../engine/scratch-host.ts'

const scratch = scratchHosts()
const FROM = '/etc/kubernetes/pki/sa.key'
const secret = derivedSecret({
  path: '/etc/kubernetes/keepalived/auth.conf',
  from: FROM,
  purpose: 'a test',
  prefix: 'auth_pass ',
  why: 'a test needs it',
})

const bench = (key = 'the key\n') => {
  const vm = scratch()
  vm.write('/var/lib/kadm/lease', 'me\n1\n')
  vm.write(FROM, key)
  return vm
}
const stateOn = async (vm: ReturnType<typeof bench>) =>
  derivedSecretKind.parse(await vm.host.read(derivedSecretKind.look(secret).text), secret)

describe('a password that comes from a secret of the host', () => {
  test('is the same on hosts with the same secret, another on others, and for root only', async () => {
    const [one, same, other] = [bench(), bench(), bench('another key\n')]
    for (const vm of [one, same, other]) expect(await apply(vm.host, [secret])).toBe(1)

    expect(one.read(secret.path)).toMatch(/^auth_pass [0-9a-f]{8}\n$/)
    expect(same.read(secret.path)).toBe(one.read(secret.path))
    expect(other.read(secret.path)).not.toBe(one.read(secret.path))
    expect(await one.host.read(`stat -c %a ${secret.path}`)).toBe('600\n')
    expect(await apply(one.host, [secret])).toBe(0)
  })

  test('follows the secret, and leaves nothing after an undo', async () => {
    const vm = bench()
    await apply(vm.host, [secret])
    vm.write(FROM, 'a new key\n')

    expect(derivedSecretKind.diff(secret, await stateOn(vm))).toBe(`does not come from ${FROM}`)
    expect(await apply(vm.host, [secret])).toBe(1)
    await revertLedger(proving(vm.host, 1))
    expect(vm.has('/etc/kubernetes/keepalived')).toBe(false)
  })

  test('is not in what kadm reads from the host or keeps there', async () => {
    const vm = bench()
    await apply(vm.host, [secret])
    const password = vm.read(secret.path).trim().slice('auth_pass '.length)

    expect(JSON.stringify(await stateOn(vm))).not.toContain(password)
    expect(await vm.host.read(`grep -r ${password} /var/lib/kadm || echo none`)).toBe('none\n')
  })

  test('is not made without the secret', async () => {
    const vm = scratch()
    vm.write('/var/lib/kadm/lease', 'me\n1\n')

    await expect(apply(vm.host, [secret])).rejects.toThrow()
    expect(vm.has(secret.path)).toBe(false)
  })
})
