import {describe, expect, test} from 'vitest'
import {KADM_DIR, KUBELET_DIR, RUN_DIR} from '../../src/domain/paths.ts'
import {podMountsGone} from '../../src/phases/shared/node-residue.ts'
import {forgetAllButLedger, forgetScript, kubernetesFilesGone} from '../../src/phases/workflows/reset.ts'
import {Script, sh} from '../../src/remote/shell/shell.ts'
import type {CleanupResource} from '../../src/resources/steps/cleanup.ts'
import {directory, directoryKind} from '../../src/resources/files/directory.ts'
import {canMount, mountBenches, type MountBench} from '../resources/mount-bench.ts'

const mountBench = mountBenches()

const MOVED = ['/var/lib', '/etc/kubernetes', '/run/containerd', '/run/netns', RUN_DIR]

/** With the paths of a host in the scratch root. */
const moved = (bench: MountBench, script: Script): Script =>
  new Script(
    MOVED.reduce((text, dir) => text.replaceAll(new RegExp(`(?<![\\w/.])${dir}`, 'g'), bench.root + dir), script.text),
  )

/** As a reset does it: it looks, removes, and looks again. */
const cleanup = ({remains, clear}: CleanupResource): Script =>
  sh`${new Script(clear)}
( ${new Script(remains)} )`

/** The user's data, mounted into a pod by subPath: a bind mount on the same file system. */
function scene(links: string) {
  const bench = mountBench()
  bench.write('srv/app/db/rows', 'precious\n')
  const prepare = `mkdir -p "$ROOT/var/lib" "$ROOT/etc/kubernetes" "$ROOT/data/kubelet" "$ROOT/data/pki"
${links}
cd "$ROOT"
mkdir -p var/lib/kubelet/pods/1/volume-subpaths/v/c/0 "var/lib/kubelet/pods/1/volumes/my data" etc/kubernetes/pki/etcd etc/kubernetes/manifests var/lib/etcd/member/wal
echo x | tee var/lib/kubelet/config.yaml etc/kubernetes/pki/ca.crt etc/kubernetes/admin.conf var/lib/etcd/member/wal/0 >/dev/null
mount --bind srv/app/db var/lib/kubelet/pods/1/volume-subpaths/v/c/0
mount --bind srv/app/db "var/lib/kubelet/pods/1/volumes/my data"
mount -t tmpfs none var/lib/kubelet/pods/1/volumes`
  return {bench, prepare}
}

const KINDS_OF_LINK = [
  ['no link', ':'],
  ['the folder of the kubelet', 'ln -s "$ROOT/data/kubelet" "$ROOT/var/lib/kubelet"'],
  ['a folder above it', 'mv "$ROOT/var" "$ROOT/big"; ln -s big "$ROOT/var"'],
  ['the folder of the certificates', 'ln -s ../../data/pki "$ROOT/etc/kubernetes/pki"'],
  ['both ends', 'mv "$ROOT/var" "$ROOT/big"; ln -s big "$ROOT/var"; ln -s ../../data/kubelet "$ROOT/big/lib/kubelet"'],
] as const

describe.skipIf(!canMount)('a reset, where a link is', () => {
  test.each(KINDS_OF_LINK)('%s: takes volumes off first', (_, links) => {
    const {bench, prepare} = scene(links)

    const {code, stdout, stderr} = bench.run(moved(bench, cleanup(podMountsGone())), {
      prepare,
      after: 'grep -c "$ROOT" /proc/self/mountinfo',
    })

    expect({code, stdout, stderr}).toStrictEqual({code: 0, stdout: '0\n', stderr: ''})
  })

  test.each(KINDS_OF_LINK)("%s: removes the cluster's files, and no data through a mount", (_, links) => {
    const {bench, prepare} = scene(links)
    const before = '( cd "$ROOT"; for f in var var/lib/kubelet etc/kubernetes/pki; do stat -c "%N %F" $f; done >kinds )'

    const {code, stdout, stderr} = bench.run(moved(bench, cleanup(kubernetesFilesGone())), {
      prepare: `${prepare}\n${before}`,
      after: `cd "$ROOT"; find var/lib/kubelet/ etc/kubernetes/ var/lib/etcd/ data ! -type d ! -type l; cp kinds old; ${before}; cmp kinds old`,
    })

    expect({code, stdout, stderr}).toStrictEqual({code: 0, stdout: '', stderr: ''})
    expect(bench.read('srv/app/db/rows')).toBe('precious\n')
  })

  test.each(KINDS_OF_LINK)('%s: undoes the folder that kadm made, and no data through a mount', (_, links) => {
    const {bench, prepare} = scene(links)
    const folder = directory({path: KUBELET_DIR, tree: true, why: 'a test needs it'})

    const {code} = bench.run(moved(bench, directoryKind.revert(folder, {type: 'absent', missing: []})), {prepare})

    expect(code).toBe(0)
    expect(bench.read('srv/app/db/rows')).toBe('precious\n')
  })

  test.each([forgetScript, forgetAllButLedger])("forgets kadm's own folder, but no data through a mount", script => {
    const {bench, prepare} = scene('mv "$ROOT/var" "$ROOT/big"; ln -s big "$ROOT/var"')
    const own = KADM_DIR.slice(1)

    const {code, stdout} = bench.run(moved(bench, script), {
      prepare: `${prepare}\nmkdir -p ${own}/ledger/x ${own}/stage/m run/kadm; touch ${own}/lease; mount --bind srv/app/db ${own}/stage/m`,
      after: `ls -d ${own}/* run/kadm 2>/dev/null; grep -c "$ROOT/big/lib/kadm" /proc/self/mountinfo`,
    })

    expect({code, stdout}).toStrictEqual({code: 0, stdout: script === forgetScript ? '0\n' : `${own}/ledger\n0\n`})
    expect(bench.read('srv/app/db/rows')).toBe('precious\n')
  })
})
