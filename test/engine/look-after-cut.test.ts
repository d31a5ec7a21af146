import {describe, expect, test} from 'vitest'
import {lookAfterCut} from '../../src/engine/hosts/look-after-cut.ts'
import type {Host} from '../../src/remote/host.ts'
import {fakeClock} from '../kube/fake-api.ts'
import {fakeHost, litter} from './fake-host.ts'
import {NEVER} from './sample-run.ts'

const BUSY = {code: 75, stdout: '', stderr: 'another kadm script is still running on this host\n'}

/** A host on which an earlier script holds the lock for that many turns. */
function busyHost(turns: number): {host: Host; told: string[]; after: Parameters<typeof lookAfterCut>[2]} {
  const idle = fakeHost('vm-1', {lies: ['paper'], fence: 7})
  const told: string[] = []
  let left = turns
  return {
    host: {...idle, run: (script, options) => (left-- > 0 ? Promise.resolve(BUSY) : idle.run(script, options))},
    told,
    after: {fence: 7, clock: fakeClock(), signal: NEVER, progress: message => told.push(message)},
  }
}

describe('a look after a lost connection', () => {
  test('waits for the end of what was begun there, and says so', async () => {
    const {host, told, after} = busyHost(2)

    const looked = await lookAfterCut(host, [litter('paper'), litter('glass')], after)

    expect(looked.map(({diff}) => diff)).toEqual(['paper still present', undefined])
    expect(told).toEqual(
      Array.from({length: 2}, () => 'waiting for the script that was running before the connection was lost'),
    )
  })

  test('waits up to a limit', async () => {
    const {host, after} = busyHost(Infinity)

    await expect(lookAfterCut(host, [litter('paper')], after)).rejects.toMatchObject({
      code: 'host-lost',
      host: 'vm-1',
      message: 'the connection was lost, and the script with the changes is still running there',
    })
  })

  test('does not look for a run whose lease was taken over meanwhile', async () => {
    const {host, after} = busyHost(0)

    await expect(lookAfterCut(host, [litter('paper')], {...after, fence: 6})).rejects.toMatchObject({code: 'lease'})
  })
})
