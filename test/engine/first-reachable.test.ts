import {describe, expect, test} from 'vitest'
import {firstReachable} from '../../src/engine/hosts/first-reachable.ts'
import type {AddressChoice} from '../../src/phases/preflight/address-choice.ts'
import type {Finding} from '../../src/phases/preflight/finding.ts'
import {sampleNode} from './sample-run.ts'

const at = (address: string): AddressChoice => ({
  nodes: [{...sampleNode('worker-1'), address, reason: 'shared network'}],
  findings: [],
})
const [best, next, last] = [at('10.0.0.5'), at('192.168.56.5'), at('172.16.0.5')]

const cut = (address: string): Finding => ({
  name: 'Reachability',
  severity: 'error',
  hosts: ['worker-1', 'master'],
  message: `worker-1 does not reach master from ${address}`,
  remedy: 'see why',
})
const fine: Finding = {
  name: 'Reachability',
  severity: 'ok',
  hosts: ['worker-1'],
  message: 'all answered',
  remedy: undefined,
}

/** Probes of hosts that reach one another by these addresses only. */
function network(...good: readonly AddressChoice[]) {
  const probed: string[] = []
  const probe = async (choice: AddressChoice): Promise<readonly Finding[]> => {
    const address = choice.nodes[0]?.address ?? ''
    probed.push(address)
    await Promise.resolve()
    return good.includes(choice) ? [fine] : [cut(address)]
  }
  return {probed, probe}
}

describe('of several ways to give nodes their addresses', () => {
  test('the first is taken when it works, and no other is tried', async () => {
    const {probed, probe} = network(best, next)

    expect(await firstReachable([best, next], probe)).toEqual({choice: best, findings: [fine]})
    expect(probed).toEqual(['10.0.0.5'])
  })

  test('the next that works is taken, and what was wrong with the first is reported without being an error', async () => {
    const {choice, findings} = await firstReachable([best, next, last], network(last).probe)

    expect(choice).toBe(last)
    expect(findings).toEqual([
      fine,
      {
        ...cut('10.0.0.5'),
        severity: 'info',
        message: 'worker-1 does not reach master from 10.0.0.5; kadm uses other addresses',
        remedy: 'you need to do nothing, unless you want to use that network',
      },
    ])
  })

  test('the first is kept when none works, with the failures of each', async () => {
    expect(await firstReachable([best, next], network().probe)).toEqual({
      choice: best,
      findings: [cut('10.0.0.5'), cut('192.168.56.5')],
    })
  })

  test('one that leaves a host without an address is refused, although nothing fails that is not tried', async () => {
    const empty = at('')

    expect((await firstReachable([empty, best], network(empty, best).probe)).choice).toBe(best)
  })
})
