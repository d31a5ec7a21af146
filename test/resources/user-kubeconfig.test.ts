import {statSync} from 'node:fs'
import {describe, expect, test} from 'vitest'
import {ADMIN_CONF} from '../../src/domain/paths.ts'
import {undoLedger} from '../../src/engine/ledger.ts'
import {look} from '../../src/engine/look.ts'
import {userKubeconfig} from '../../src/resources/user-kubeconfig.ts'
import {apply, NEVER, proving} from '../engine/sample-run.ts'
import {scratchHosts} from '../engine/scratch-host.ts'

const scratch = scratchHosts()
const ADMIN = 'users:\n- name: kubernetes-admin\n  user:\n    client-certificate-data: "QURNSU4="\n'
const FOREIGN = 'users:\n- name: somebody\n  user:\n    client-certificate-data: Rk9SRUlHTg==\n'

/** A login user's home; `kubectl` puts the files it is told to merge one after another. */
function bench() {
  const vm = scratch()
  const home = `${vm.root}/home/ubuntu`
  vm.write('/var/lib/kadm/lease', 'me\n1\n')
  vm.write(ADMIN_CONF, ADMIN)
  vm.write(`${home}/.profile`, '')
  vm.stub(
    'kubectl',
    `[ "$*" = 'config view --flatten --merge' ] || exit 1\nIFS=:; for file in $KUBECONFIG; do cat "$file"; done`,
  )
  const uid = process.getuid?.() ?? 0
  const gid = process.getgid?.() ?? 0
  const resource = userKubeconfig({home, uid, gid})
  return {
    vm,
    home,
    path: `${home}/.kube/config`,
    applied: () => apply(vm.host, [resource]),
    diff: async () => (await look(vm.host, [resource], NEVER))[0]?.diff,
  }
}

describe('the kubeconfig of the login user', () => {
  test('is that of the administrator where there was none, for that user only', async () => {
    const {vm, path, home, applied, diff} = bench()

    expect(await diff()).toBe('is not there')
    expect(await applied()).toBe(1)

    expect(vm.read(path)).toBe(ADMIN)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(`${home}/.kube`).mode & 0o777).toBe(0o700)
    expect(await applied()).toBe(0)
  })

  test('goes again with the folder and the cache of kubectl', async () => {
    const {vm, home, applied} = bench()
    await applied()
    vm.write(`${home}/.kube/cache/discovery`, 'x')

    await undoLedger(proving(vm.host, 1))

    expect(vm.has(`${home}/.kube`)).toBe(false)
    expect(vm.has(`${home}/.profile`)).toBe(true)
  })

  test('that goes leaves a folder that was there, and what others put into it', async () => {
    const {vm, home, path, applied} = bench()
    vm.write(`${home}/.kube/plugins`, 'x')
    await applied()

    await undoLedger(proving(vm.host, 1))

    expect(vm.has(path)).toBe(false)
    expect(vm.has(`${home}/.kube/plugins`)).toBe(true)
  })

  test('with other clusters keeps them, puts this one first, and comes back by undo as it was', async () => {
    const {vm, path, applied, diff} = bench()
    vm.write(path, FOREIGN)

    expect(await diff()).toBe('does not hold this cluster; it will be added, what is there stays')
    expect(await applied()).toBe(1)
    expect(vm.read(path)).toBe(ADMIN + FOREIGN)
    expect(await applied()).toBe(0)

    await undoLedger(proving(vm.host, 1))
    expect(vm.read(path)).toBe(FOREIGN)
  })

  test('that other programs wrote with other quotes and indents counts as the same', async () => {
    const {vm, path, diff} = bench()
    vm.write(path, ADMIN.replaceAll('"', '').replaceAll('    ', '      '))

    expect(await diff()).toBeUndefined()
  })

  test('is not touched when kubectl cannot merge it', async () => {
    const {vm, path, applied} = bench()
    vm.write(path, FOREIGN)
    vm.stub('kubectl', 'echo "yaml: line 1" >&2; exit 1')

    await expect(applied()).rejects.toThrow('yaml: line 1')
    expect(vm.read(path)).toBe(FOREIGN)
  })
})
