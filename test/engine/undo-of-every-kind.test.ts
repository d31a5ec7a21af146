import {describe, expect, test} from 'vitest'
import {backParts, revertLedger} from '../../src/engine/ledger/ledger.ts'
import {readLedger} from '../../src/engine/ledger/read-ledger.ts'
import type {State} from '../../src/resources/any-resource.ts'
import {KIND_NAMES, kindOf} from '../../src/resources/any-resource.ts'
import {EVERY_KIND} from './every-kind.ts'
import {proving, NEVER} from './sample-run.ts'
import {scratchHosts} from './scratch-host.ts'
import {controlPlane, undoSweep} from './kills/undo-sweep.ts'

const scratch = scratchHosts()
const samples = EVERY_KIND.map(sample => [sample.resource.kind, sample] as const)
/** As the ledger keeps it. */
const kept = (state: State): State => JSON.parse(JSON.stringify(state)) as State

describe('a thing is back as it was', () => {
  test('is known for every kind that the ledger keeps', () => {
    const lasting = KIND_NAMES.filter(
      name => !['bootstrap-kubeconfig', 'cleanup', 'baseline', 'etcd-restore', 'static-pod', 'wait'].includes(name),
    )

    expect(EVERY_KIND.map(({resource}) => resource.kind).toSorted()).toStrictEqual(lasting.toSorted())
    expect(EVERY_KIND.filter(({resource}) => kindOf(resource).schema === undefined)).toStrictEqual([])
  })

  test.each(samples)('%s: although what it refers to is gone as well', (_, {resource, original, undone}) => {
    expect(backParts(resource, undone, kept(original))).toBe('all')
  })

  test.each(samples)('%s: but not while it is as it was applied', (_, {resource, original, applied}) => {
    expect(backParts(resource, applied, kept(original))).not.toBe('all')
  })

  test.each(samples)('%s: although a later kadm sees more of it', (_, {resource, original, undone}) => {
    expect(backParts(resource, kept(Object.assign({}, undone, {seenLater: true})), kept(original))).toBe('all')
  })
})

describe('an undo of a control plane', () => {
  undoSweep('some')

  test('that was cut off half way through a thing still leaves alone what others made of it since', async () => {
    const vm = await controlPlane(scratch())
    const {folder} = (await readLedger(vm.host, NEVER)).entries.find(({id}) => id === 'certificate:apiserver') ?? {
      folder: '',
    }
    vm.write(`/var/lib/kadm/ledger/${folder}/undoing`, '')
    vm.write('/etc/kubernetes/pki/apiserver.crt', 'by hand\n')

    const {left} = await revertLedger(proving(vm.host, 1))

    expect(left).toMatchObject([{id: 'certificate:apiserver'}])
  })
})
