import {chmodSync, readdirSync, readlinkSync, statSync, symlinkSync} from 'node:fs'
import {describe, expect, test} from 'vitest'
import {ADMIN_CONF} from '../../src/domain/paths.ts'
import {revertLedger} from '../../src/engine/ledger/ledger.ts'
import {look} from '../../src/engine/hosts/look.ts'
import {userKubeconfig} from '../../src/resources/pki/user-kubeconfig.ts'
import {apply, NEVER, proving} from '../engine/sample-run.ts'
import {scratchHosts} from '../engine/scratch-host.ts'

const scratch = scratchHosts()
const ADMIN =
  '# cluster kubernetes https://10.0.0.10:6443 T1VS\nusers:\n- name: kubernetes-admin\n  user:\n    client-certificate-data: "QURNSU4="\n'
const FOREIGN = 'users:\n- name: somebody\n  user:\n    client-certificate-data: Rk9SRUlHTg==\n'

/** A login user's home; `kubectl` puts the files it is told to merge one after another. A comment says which clusters it would find there. */
function bench() {
  const vm = scratch()
  const home = `${vm.root}/home/ubuntu`
  vm.write('/var/lib/kadm/lease', 'me\n1\n')
  vm.write(ADMIN_CONF, ADMIN)
  vm.write(`${home}/.profile`, '')
  vm.stub(
    'kubectl',
    `case "$*" in
'config view --raw -o jsonpath='*) awk '/^# cluster/ {print $3, $4, $5}' "$KUBECONFIG";;
'config view --raw --merge') IFS=:; for file in $KUBECONFIG; do cat "$file"; done;;
*) exit 1;; esac`,
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

    expect(await diff()).toBe('does not exist')
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

    await revertLedger(proving(vm.host, 1))

    expect(vm.has(`${home}/.kube`)).toBe(false)
    expect(vm.has(`${home}/.profile`)).toBe(true)
  })

  test('that goes leaves a folder that was there, and what others put into it', async () => {
    const {vm, home, path, applied} = bench()
    vm.write(`${home}/.kube/plugins`, 'x')
    await applied()

    await revertLedger(proving(vm.host, 1))

    expect(vm.has(path)).toBe(false)
    expect(vm.has(`${home}/.kube/plugins`)).toBe(true)
  })

  test('with other clusters keeps them, puts this one first, and comes back by undo as it was', async () => {
    const {vm, path, applied, diff} = bench()
    vm.write(path, FOREIGN)

    expect(await diff()).toBe('does not contain this cluster; kadm will add it and keep the other clusters')
    expect(await applied()).toBe(1)
    expect(vm.read(path)).toBe(ADMIN + FOREIGN)
    expect(await applied()).toBe(0)

    await revertLedger(proving(vm.host, 1))
    expect(vm.read(path)).toBe(FOREIGN)
  })

  test('that other programs wrote with other quotes and indents counts as the same', async () => {
    const {vm, path, diff} = bench()
    vm.write(path, ADMIN.replaceAll('"', '').replaceAll('    ', '      '))

    expect(await diff()).toBeUndefined()
  })

  test('is not touched when kubectl cannot merge it, and nothing lies beside it', async () => {
    const {vm, home, path, applied} = bench()
    vm.write(path, FOREIGN)
    vm.stub('kubectl', 'echo "half of it"; echo "yaml: line 1" >&2; exit 1')

    await expect(applied()).rejects.toThrow('yaml: line 1')
    expect(vm.read(path)).toBe(FOREIGN)
    expect(readdirSync(`${home}/.kube`)).toEqual(['config'])
  })

  test.each([
    ['server and authority', 'https://10.9.9.9:6443 QU5ERVJF', true],
    ['authority, at the same server', 'https://10.0.0.10:6443 QU5ERVJF', false],
    ['server, with the same authority', 'https://10.9.9.9:6443 T1VS', false],
  ])('never loses a cluster of the same name with another %s', async (_, there, isOther) => {
    const {vm, path, applied} = bench()
    vm.write(path, `# cluster kubernetes ${there}\n`)

    if (isOther) await expect(applied()).rejects.toThrow("has another cluster named 'kubernetes'")
    else expect(await applied()).toBe(1)
    expect(vm.read(path)).toContain(there)
  })

  test('keeps the mode of the file', async () => {
    const {vm, path, applied} = bench()
    vm.write(path, FOREIGN)
    chmodSync(path, 0o640)

    await applied()

    expect(statSync(path).mode & 0o777).toBe(0o640)
  })

  test('that is a link stays one, and comes back by undo as it was', async () => {
    const {vm, home, path, applied} = bench()
    vm.write(`${home}/.kube/plugins`, '')
    vm.write(`${home}/dotfiles/kube`, FOREIGN)
    symlinkSync('../dotfiles/kube', path)

    await applied()
    expect(vm.read(`${home}/dotfiles/kube`)).toBe(ADMIN + FOREIGN)
    expect(await applied()).toBe(0)

    await revertLedger(proving(vm.host, 1))
    expect(readlinkSync(path)).toBe('../dotfiles/kube')
    expect(vm.read(`${home}/dotfiles/kube`)).toBe(FOREIGN)
  })

  test('that is a link to nothing gets what it leads to, as long as the cluster is there', async () => {
    const {vm, home, path, applied} = bench()
    vm.write(`${home}/.kube/plugins`, '')
    symlinkSync('../kube', path)

    await applied()
    expect(vm.read(`${home}/kube`)).toBe(ADMIN)

    await revertLedger(proving(vm.host, 1))
    expect(readlinkSync(path)).toBe('../kube')
    expect(vm.has(`${home}/kube`)).toBe(false)
  })

  test('that is a folder is left alone, then and by undo', async () => {
    const {vm, path, applied} = bench()
    vm.write(`${path}/mine`, 'x')

    await expect(applied()).rejects.toThrow('is a folder')
    await revertLedger(proving(vm.host, 1))

    expect(vm.read(`${path}/mine`)).toBe('x')
  })
})
