import {describe, expect, test} from 'vitest'
import {readLedger} from '../../src/engine/ledger/read-ledger.ts'
import {sh} from '../../src/remote/shell/shell.ts'
import {cleanup, cleanupKind} from '../../src/resources/steps/cleanup.ts'
import {apply, NEVER} from '../engine/sample-run.ts'
import {scratchHosts} from '../engine/scratch-host.ts'

const scratch = scratchHosts()
const resource = cleanup({name: 'x', why: 'a test needs it', remains: sh`:`, clear: sh`:`})
const diff = (output: string): string | undefined => cleanupKind.diff(resource, cleanupKind.parse(output, resource))

describe('what must be gone', () => {
  test.each([
    ['', undefined],
    ['\n \n', undefined],
    ['a\n', 'a still present'],
    ['a\nb\nc\n', 'a, b, c still present'],
    ['a\nb\nc\nd\ne\n', 'a, b, c and 2 more still exist'],
  ])('%j: %s', (output, expected) => {
    expect(diff(output)).toBe(expected)
  })

  test('is cleared once, and nothing of it is kept', async () => {
    const vm = scratch()
    const path = `${vm.root}/token`
    vm.write('/var/lib/kadm/lease', 'me\n1\n')
    vm.write(path, 'secret')
    const token = cleanup({
      name: 'token',
      why: 'a test needs it',
      remains: sh`[ ! -e ${path} ] || echo ${path}`,
      clear: sh`rm -- ${path}`,
    })

    expect([await apply(vm.host, [token]), await apply(vm.host, [token])]).toStrictEqual([1, 0])
    expect(vm.has(path)).toBe(false)
    expect(await readLedger(vm.host, NEVER)).toStrictEqual({entries: [], unread: []})
  })
})
