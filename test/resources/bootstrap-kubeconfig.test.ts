import {randomBytes} from 'node:crypto'
import {statSync} from 'node:fs'
import {describe, expect, test} from 'vitest'
import {issueLeaf} from '../../src/certs/issue.ts'
import {makeKey, parsePrivateKey, privateKeyPem} from '../../src/certs/keys.ts'
import {certPath} from '../../src/domain/certificates.ts'
import {wantedKubeconfigCertificate} from '../../src/domain/kubeconfig-specs.ts'
import {BOOTSTRAP_KUBELET_CONF, KUBELET_CLIENT_PEM, KUBELET_CONF} from '../../src/domain/paths.ts'
import {readLedger} from '../../src/engine/ledger/read-ledger.ts'
import {look} from '../../src/engine/hosts/look.ts'
import {bootstrapKubeconfig} from '../../src/resources/pki/bootstrap-kubeconfig.ts'
import {apply, NEVER} from '../engine/sample-run.ts'
import {scratchHosts, type ScratchHost} from '../engine/scratch-host.ts'
import {anAuthority, cluster, laterBy, node, valuesOf} from './cluster-values.ts'

const scratch = scratchHosts()
const resource = bootstrapKubeconfig({
  node: 'worker-1',
  server: 'https://10.0.0.10:6443',
  clusterName: 'demo',
  caPath: certPath('ca'),
  at: '2026-06-01T00:00:00Z',
})

const bench = (): ScratchHost => {
  const vm = scratch()
  vm.write('/var/lib/kadm/lease', 'me\n1\n')
  return vm
}
const diffOf = async (vm: ScratchHost) => (await look(vm.host, [resource], NEVER))[0]?.diff
const applyWith = async (vm: ScratchHost, token: string) =>
  apply(vm.host, [resource], {values: valuesOf({authority: await anAuthority(), token})})

describe('what a kubelet introduces itself with', () => {
  test('is made with the token of this join, for root only, and nothing of it is kept', async () => {
    const vm = bench()

    expect(await applyWith(vm, 'abcdef.0123456789abcdef')).toBe(1)

    expect(vm.read(BOOTSTRAP_KUBELET_CONF)).toContain('token: "abcdef.0123456789abcdef"')
    expect(statSync(vm.real(BOOTSTRAP_KUBELET_CONF)).mode & 0o777).toBe(0o600)
    expect(await readLedger(vm.host, NEVER)).toStrictEqual({entries: [], unread: []})
  })

  test('is never the file that an earlier run left: its token may be dead', async () => {
    const vm = bench()
    await applyWith(vm, 'oldold.0123456789abcdef')

    expect(await diffOf(vm)).toBe('will be created with a new token')
    await applyWith(vm, 'newnew.0123456789abcdef')

    expect(vm.read(BOOTSTRAP_KUBELET_CONF)).toContain('newnew.')
    expect(vm.read(BOOTSTRAP_KUBELET_CONF)).not.toContain('oldold.')
  })

  test('is not needed by a kubelet whose certificate was signed elsewhere', async () => {
    const vm = bench()
    vm.write(KUBELET_CONF, 'client-certificate-data: ""\n')
    expect(await diffOf(vm)).toBe('will be created with a new token')

    vm.write(KUBELET_CONF, '    client-certificate-data: LS0t\n')
    expect(await diffOf(vm)).toBeUndefined()
  })

  test('is not needed by a kubelet that has joined', async () => {
    const vm = bench()
    vm.write(KUBELET_CONF, 'x')
    vm.write(KUBELET_CLIENT_PEM, 'x')

    expect(await diffOf(vm)).toBeUndefined()
  })

  test.each([
    ['its kubeconfig', [KUBELET_CLIENT_PEM]],
    ['its certificate', [KUBELET_CONF]],
  ])('is needed by a kubelet that lost %s', async (_, left) => {
    const vm = bench()
    for (const path of left) vm.write(path, 'x')

    expect(await diffOf(vm)).toBe('will be created with a new token')
  })

  test('never goes to the host in a readable script: the token travels encoded, on stdin', async () => {
    const vm = bench()
    await applyWith(vm, 'abcdef.0123456789abcdef')

    expect(vm.scripts.join('\n')).not.toContain('abcdef.0123456789abcdef')
  })

  test.each([
    ['that expired', {laterHours: -10_000, isForeign: false}, "the kubelet's certificate expired on "],
    ['of another authority', {laterHours: 0, isForeign: true}, "the kubelet's certificate was signed by another"],
  ])(
    'is needed by a kubelet with a certificate %s, which then lies beside',
    async (_, {laterHours, isForeign}, words) => {
      const vm = bench()
      const authority = await anAuthority()
      const signer = isForeign ? await anAuthority() : authority
      const key = await makeKey('ECDSA-P256')
      const pem = issueLeaf(
        {
          wanted: wantedKubeconfigCertificate('kubelet', cluster, node),
          key,
          now: laterBy(laterHours),
          random: randomBytes,
        },
        {certPem: signer.certPem, key: parsePrivateKey(signer.keyPem)},
      )
      vm.write(certPath('ca'), authority.certPem)
      vm.write(KUBELET_CONF, 'x')
      vm.write(KUBELET_CLIENT_PEM, `${pem}${privateKeyPem(key)}`)

      expect(await diffOf(vm)).toContain(words)
      await applyWith(vm, 'abcdef.0123456789abcdef')

      expect(vm.has(KUBELET_CLIENT_PEM)).toBe(false)
      expect(vm.read(BOOTSTRAP_KUBELET_CONF)).toContain('abcdef.')
      expect(JSON.stringify(await look(vm.host, [resource], NEVER))).not.toContain('PRIVATE KEY')
    },
  )
})
