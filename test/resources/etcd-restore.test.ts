import {mkdirSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {etcdRestore, type EtcdRestoreResource} from '../../src/resources/static-pods/etcd-restore.ts'
import {look} from '../../src/engine/hosts/look.ts'
import {apply, NEVER} from '../engine/sample-run.ts'
import type {Host} from '../../src/remote/host.ts'
import {scratchHosts, type ScratchHost} from '../engine/scratch-host.ts'

const scratch = scratchHosts()
const DATA = '/var/lib/kadm/etcd'
const STATE = '/var/lib/kadm/restore/state'
const SNAPSHOT = '/var/lib/kadm/stage/etcd.db'
const SHA = 'ab'.repeat(32)

/** In the place of etcdutl: it makes a data folder from the text of the snapshot. */
const ETCDUTL = `snapshot=$3; shift 3
while [ $# -gt 0 ]; do case $1 in --data-dir) data=$2 ;; esac; shift; done
[ ! -e "$data/member" ] || { echo 'data-dir not empty' >&2; exit 1; }
mkdir -p "$data/member/snap"
cp "$snapshot" "$data/member/snap/db"`

const step = (name: EtcdRestoreResource['step'], sha256 = SHA): EtcdRestoreResource =>
  etcdRestore({
    step: name,
    snapshot: {from: 'etcd.db', to: SNAPSHOT, sha256, size: 8},
    dataDir: DATA,
    image: 'registry.k8s.io/etcd:3.7.0-0',
    member: {name: 'cp-1', peerUrl: 'https://10.0.0.1:2380'},
    why: 'the state of the cluster',
  })

/** No process of the machine that runs the tests is one of the host. */
const alone = (vm: ScratchHost): Host => ({
  ...vm.host,
  run: (script, options) => vm.host.run(script.replaceAll('cd /proc ', `cd ${vm.root}/.proc `), options),
})

function empty(): ScratchHost {
  const vm = scratch()
  mkdirSync(join(vm.root, '.proc'))
  return vm
}

/** A control plane with data, whose pods do not run. */
function bench(text = 'snapshot'): ScratchHost {
  const vm = empty()
  vm.write('/var/lib/kadm/lease', 'me\n1\n')
  vm.write('/etc/kubernetes/manifests/etcd.yaml', 'etcd')
  vm.write('/etc/kubernetes/manifests/kube-apiserver.yaml', 'api')
  vm.write('/etc/kubernetes/manifests/kube-scheduler.yaml', 'scheduler')
  vm.write(`${DATA}/member/snap/db`, 'former')
  vm.write(SNAPSHOT, text)
  vm.stub('etcdutl', ETCDUTL)
  return vm
}

const restore = async (vm: ScratchHost, sha256 = SHA): Promise<void> => {
  for (const name of ['prepare', 'stop', 'swap'] as const) await apply(alone(vm), [step(name, sha256)])
}

const isDone = async (vm: ScratchHost): Promise<boolean> =>
  (await look(alone(vm), [step('prepare'), step('stop'), step('swap')], NEVER)).every(({diff}) => diff === undefined)

describe('the restore of a snapshot', () => {
  test('prepares the data while etcd still has its own', async () => {
    const vm = bench()
    await apply(alone(vm), [step('prepare')])

    expect(vm.read(`${DATA}/member/snap/db`)).toBe('former')
    expect(vm.read(`${DATA}/restored.kadm/member/snap/db`)).toBe('snapshot')
    expect(vm.has('/etc/kubernetes/manifests/etcd.yaml')).toBe(true)
  })

  test('takes etcd and the API server away, keeps the former data, and puts the new data in their place', async () => {
    const vm = bench()
    await restore(vm)

    expect(vm.read(`${DATA}/member/snap/db`)).toBe('snapshot')
    expect(vm.read(`${DATA}/member.before-restore/snap/db`)).toBe('former')
    expect(vm.has('/etc/kubernetes/manifests/etcd.yaml')).toBe(false)
    expect(vm.has('/etc/kubernetes/manifests/kube-apiserver.yaml')).toBe(false)
    expect(vm.has('/etc/kubernetes/manifests/kube-scheduler.yaml')).toBe(true)
    expect(vm.read(STATE)).toBe(`${SHA} restored\n`)
    expect(await isDone(vm)).toBe(true)
  })

  test('works on a machine that has nothing', async () => {
    const vm = empty()
    vm.write('/var/lib/kadm/lease', 'me\n1\n')
    vm.write('/etc/kubernetes/manifests/x', '')
    vm.write(SNAPSHOT, 'snapshot')
    vm.stub('etcdutl', ETCDUTL)
    await restore(vm)
    expect(vm.read(`${DATA}/member/snap/db`)).toBe('snapshot')
    expect(vm.has(`${DATA}/member.before-restore`)).toBe(false)
  })

  test('keeps the first data when another snapshot is restored before the end', async () => {
    const vm = bench()
    await restore(vm)
    vm.write(SNAPSHOT, 'another')
    await restore(vm, 'cd'.repeat(32))

    expect(vm.read(`${DATA}/member/snap/db`)).toBe('another')
    expect(vm.read(`${DATA}/member.before-restore/snap/db`)).toBe('former')
    expect(vm.read(STATE)).toBe(`${'cd'.repeat(32)} restored\n`)
  })

  test('does not touch a folder of the same name that it did not make', async () => {
    const vm = bench()
    vm.write(`${DATA}/member.before-restore/mine`, 'of the user')
    await apply(alone(vm), [step('prepare')])
    await expect(apply(alone(vm), [step('stop')])).rejects.toThrow('already exists, and no restore left it there')
    expect(vm.read(`${DATA}/member/snap/db`)).toBe('former')
    expect(vm.has('/etc/kubernetes/manifests/etcd.yaml')).toBe(true)
  })

  test('stops nothing when the snapshot cannot be read', async () => {
    const vm = bench()
    vm.stub('etcdutl', 'echo "expected sha256 [1 2], got [3 4]" >&2; exit 1')
    await expect(apply(alone(vm), [step('prepare')])).rejects.toMatchObject({
      message: expect.stringContaining('expected sha256') as string,
    })
    expect(vm.has(STATE)).toBe(false)
    expect(vm.has('/etc/kubernetes/manifests/etcd.yaml')).toBe(true)
  })

  test('converges after a cut anywhere, and never loses the former data', async () => {
    const whole = bench()
    whole.cutAt(0)
    await restore(whole)
    const programs = whole.started()
    for (let at = 1; at <= programs; at++) {
      const vm = bench()
      vm.cutAt(at)
      await restore(vm).catch(() => undefined)
      vm.cutAt(0)
      await restore(vm)

      expect(vm.read(`${DATA}/member/snap/db`), `cut at ${String(at)}`).toBe('snapshot')
      expect(vm.read(`${DATA}/member.before-restore/snap/db`), `cut at ${String(at)}`).toBe('former')
      expect(await isDone(vm)).toBe(true)
    }
  }, 120_000)
})
