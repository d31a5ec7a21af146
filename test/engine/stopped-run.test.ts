import {createHash} from 'node:crypto'
import {lstatSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {Readable} from 'node:stream'
import {describe, expect, test} from 'vitest'
import {changeHost} from '../../src/engine/hosts/change-host.ts'
import {withLeases, type Lease} from '../../src/engine/lease/lease.ts'
import {beatScript} from '../../src/engine/lease/lease-scripts.ts'
import {revertLedger} from '../../src/engine/ledger/ledger.ts'
import {look} from '../../src/engine/hosts/look.ts'
import {guardOf, uploadAll} from '../../src/engine/hosts/upload.ts'
import {forgetScript} from '../../src/phases/workflows/reset.ts'
import type {Host} from '../../src/remote/host.ts'
import {sh} from '../../src/remote/shell/shell.ts'
import {uploadFile} from '../../src/remote/shell/upload.ts'
import {file} from '../../src/resources/files/file.ts'
import {holder, options, take} from './lease-scene.ts'
import {machineAt, NEVER, noValues, proving} from './sample-run.ts'
import {scratchHosts, type ScratchHost} from './scratch-host.ts'

const scratch = scratchHosts()
const STAGE = '/var/lib/kadm/stage'
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** A file of the run, and one that is brought before it is written. */
const wanted = (vm: ScratchHost, text: string) => {
  const source = join(vm.root, '.source')
  writeFileSync(source, text)
  const resources = [file({path: '/etc/kubernetes/one.conf', content: `${text}\n`, why: 'a test'})]
  return {resources, upload: {from: source, to: `${STAGE}/${sha256(text)}`, sha256: sha256(text), size: text.length}}
}

async function changeAll(host: Host, lease: Lease, {resources, upload}: ReturnType<typeof wanted>): Promise<void> {
  const changing = {
    ...proving(host, lease.fence),
    machine: {...machineAt(host, lease.fence), lease},
    everything: resources,
    values: noValues,
    upload: () => uploadAll(host, [upload], {fence: lease.fence, signal: NEVER, progress: () => undefined}),
    onFurtherChanges: () => undefined,
  }
  for (const resource of resources) {
    const found = await look(host, [resource], NEVER)
    await changeHost(
      {...changing, everything: [resource]},
      found.filter(({diff}) => diff !== undefined),
    )
  }
}

/** A whole life on a machine: an apply and a reset. */
const wholeRun = (vm: ScratchHost, host: Host): Promise<void> =>
  withLeases([host], options(holder('ann@laptop process 1')), async ([lease]) => {
    if (lease === undefined) throw new Error('there is no lease')
    await changeAll(host, lease, wanted(vm, 'of ann'))
    await revertLedger(proving(host, lease.fence))
    await lease.forget(forgetScript)
  })

/** Another run takes over, resets the machine, and a third is at work there. */
async function takeOver(vm: ScratchHost): Promise<Lease> {
  const reset = await take(vm, holder('bob@desk process 2'), true)
  await revertLedger(proving(vm.host, reset.fence))
  await reset.forget(forgetScript)
  const lease = await take(vm, holder('cyd@home process 3'))
  await changeAll(vm.host, lease, wanted(vm, 'of cyd'))
  return lease
}

const treeOf = (folder: string): readonly string[] =>
  readdirSync(folder, {recursive: true, encoding: 'utf8'})
    .filter(path => !/^\.(bin|count|source)/.test(path))
    .sort()
    .map(path => {
      const stat = lstatSync(join(folder, path))
      return `${path} ${stat.mode.toString(8)} ${stat.isFile() ? readFileSync(join(folder, path), 'utf8') : ''}`
    })

/** The same machine, on which something happens before the script with that number is begun. */
function stoppedBefore(vm: ScratchHost, at: number, meanwhile: () => Promise<void>): Host {
  let count = 0
  const one = async <T>(work: () => Promise<T>): Promise<T> => {
    if (++count === at) await meanwhile()
    return work()
  }
  const {host} = vm
  return {
    ...host,
    run: (script, more) => one(() => host.run(script, more)),
    read: (script, more) => one(() => host.read(script, more)),
    pipe: (content, script, more) => one(() => host.pipe(content, script, more)),
  }
}

/** What a run that nobody stops sends. */
async function scriptsOfRun(): Promise<readonly string[]> {
  const vm = scratch()
  await wholeRun(vm, vm.host)
  return vm.scripts
}

describe('a run that was stopped', () => {
  test(
    'changes nothing after a reset and a new run, wherever it continues, and says that it lost its lease',
    {timeout: 120_000},
    async () => {
      const count = (await scriptsOfRun()).length
      expect(count).toBeGreaterThan(8)
      for (let at = 2; at <= count; at++) {
        const vm = scratch()
        const seen: {before?: readonly string[]; lease?: Lease} = {}
        const host = stoppedBefore(vm, at, async () => {
          seen.lease = await takeOver(vm)
          seen.before = treeOf(vm.root)
        })

        await expect(wholeRun(vm, host), `at script ${at}`).rejects.toMatchObject({code: 'lease'})

        expect(treeOf(vm.root), `at script ${at}`).toEqual(seen.before)
        await seen.lease?.release()
      }
    },
  )

  test('in the middle of what it brings leaves nothing of it', async () => {
    for (const after of [0, 1, 2]) {
      const vm = scratch()
      const lease = await take(vm, holder('ann@laptop process 1'))
      vm.write(`${STAGE}/other`, '')
      const seen: {before?: readonly string[]; lease?: Lease} = {}
      const source = Readable.from(
        (async function* () {
          for (let i = 0; i < 3; i++) {
            if (i === after) {
              // The far side has made its temporary file by then.
              await expect.poll(() => readdirSync(vm.real(STAGE)).length).toBe(2)
              seen.lease = await takeOver(vm)
              seen.before = treeOf(vm.root)
            }
            yield Buffer.from('abc')
          }
        })(),
      )
      const upload = {
        source,
        target: `${STAGE}/late`,
        sha256: sha256('abcabcabc'),
        size: 9,
        mode: '0600',
      }

      await expect(uploadFile(vm.host, {...upload, guard: guardOf(lease.fence)})).rejects.toMatchObject({
        code: 'lease',
        message: 'another kadm run took over the lock',
      })

      expect(treeOf(vm.root)).toEqual(seen.before)
      await Promise.all([lease.release(), seen.lease?.release()])
    }
  })

  test('does not give away the lease of a run that has it now', async () => {
    const vm = scratch()
    const lease = await take(vm, holder('ann@laptop process 1'))
    const other = await takeOver(vm)
    const before = treeOf(vm.root)

    await lease.release(sh`rm -rf ${STAGE}`)

    expect(treeOf(vm.root)).toEqual(before)
    await other.release()
  })
})

const WRITES = /(^|[;&|(\s])(mkdir|mktemp|mv|rm|touch|chmod|chown|cp|ln|sync|base64 -d)\s/m

test('every script of a run that writes asks first whose lease it is', async () => {
  const [taking, ...others] = await scriptsOfRun()
  expect(taking).toContain('/var/lib/kadm/lease.new')
  const writing = others.filter(script => WRITES.test(script) && !script.startsWith(beatScript(0).text.slice(0, 20)))

  expect(writing.length).toBeGreaterThan(4)
  for (const script of writing) {
    const fence = script.search(/\[ "\$kadm_fence" != \d+ \]/)
    expect(fence).toBeGreaterThan(0)
    expect(script.slice(0, fence)).not.toMatch(WRITES)
  }
})

describe('what uploads leave behind', () => {
  test('of an earlier run that was cut off is removed by the next, whole files are kept', async () => {
    const vm = scratch()
    vm.write(`${STAGE}/abc.kadm.Xy12Zz`, 'half')
    vm.write(`${STAGE}/abc`, 'whole')
    const lease = await take(vm, holder('ann'))
    const {upload} = wanted(vm, 'new')

    await uploadAll(vm.host, [upload], {fence: lease.fence, signal: NEVER, progress: () => undefined})

    expect(readdirSync(vm.real(STAGE)).sort()).toEqual(['abc', upload.sha256].sort())
    expect(lstatSync(vm.real('/var/lib/kadm')).mode & 0o777).toBe(0o700)
    expect(lstatSync(vm.real(STAGE)).mode & 0o777).toBe(0o700)
    await lease.release()
  })

  test('that find no place say so, and not that another run took over', async () => {
    const vm = scratch()
    const lease = await take(vm, holder('ann'))
    vm.stub('mktemp', 'echo "mktemp: No space left on device" >&2; exit 1')

    await expect(
      uploadAll(vm.host, [wanted(vm, 'new').upload], {fence: lease.fence, signal: NEVER, progress: () => undefined}),
    ).rejects.toMatchObject({code: 'remote', message: expect.stringContaining('the disk is full') as string})
    await lease.release()
  })
})
