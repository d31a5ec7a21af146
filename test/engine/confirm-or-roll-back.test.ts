import {describe, expect, test} from 'vitest'
import {KadmError} from '../../src/domain/errors.ts'
import {confirmOrRollBack} from '../../src/engine/hosts/confirm-or-roll-back.ts'
import type {Host, Reached, RunResult} from '../../src/remote/host.ts'
import {sh} from '../../src/remote/shell/shell.ts'
import type {CommitConfirm} from '../../src/resources/core/kind.ts'
import {fakeHost} from './fake-host.ts'
import {proving} from './sample-run.ts'

const trial: CommitConfirm = {
  what: 'the network settings of enp0s8',
  seconds: 60,
  addresses: ['10.0.0.20'],
  stage: sh`stage`,
  confirm: sh`confirm`,
}

const here: Reached = {address: '10.0.0.7', hasMoved: false}
const away: Reached = {address: '10.0.0.20', hasMoved: true}
const cut = new KadmError('connect', 'no route to 10.0.0.7')

/** A machine that is found like this, login by login, and says this, script by script; the last of each for ever. */
function machine(logins: readonly (Reached | KadmError)[], says: readonly (string | KadmError)[], fence = 1) {
  const told: string[] = []
  let [renewed, asked] = [0, 0]
  const take = <T>(list: readonly T[], i: number): Exclude<T, Error> => {
    const one = list[Math.min(i, list.length - 1)]
    if (one instanceof Error) throw one
    return one as Exclude<T, Error>
  }
  const run = async (script: string): Promise<RunResult> => {
    told.push(script.includes('confirm') ? 'confirm' : 'stage')
    if (script.includes('kadm_fence') && !script.includes(`"$kadm_fence" != ${fence} `))
      return {code: 75, stdout: '', stderr: 'taken over'}
    await Promise.resolve()
    return {code: 0, stdout: take(says, asked++), stderr: ''}
  }
  const local: Host = {...fakeHost('vm-1'), run, read: async script => (await run(script)).stdout}
  const host: Host = {
    ...local,
    renew: async () => {
      told.push('login')
      await Promise.resolve()
      return take(logins, renewed++)
    },
  }
  return {host, local, told}
}

/** A clock on which nothing takes time but waiting. */
function prove({host}: {readonly host: Host}) {
  let now = 0
  const warnings: string[] = []
  const sleep = (ms: number): Promise<void> => Promise.resolve(void (now += ms))
  const edge = {...proving(host, 1, {now: () => now, sleep}), warn: (message: string) => void warnings.push(message)}
  return {done: confirmOrRollBack(trial, edge), warnings, seconds: () => now / 1000}
}

describe('a trial', () => {
  test('is kept by a login that began after the change was made, and not by one that saw it being made', async () => {
    const vm = machine([here], ['trying', 'applied', 'kept'])

    await prove(vm).done

    expect(vm.told).toEqual(['login', 'stage', 'login', 'stage', 'login', 'confirm'])
  })

  test('that moves the machine says where it is reached from now on', async () => {
    const {done, warnings} = prove(machine([cut, cut, away], ['applied', 'kept']))
    await done

    expect(warnings).toEqual(['the host is now at 10.0.0.20: set this as its ssh address in the file'])
  })

  test('that cuts the machine off is reported by the host itself once it is back, with the login that failed', async () => {
    const said = 'reverted no new login succeeded within 60 s\nGateway: 10.0.0.1\n'
    const {done, warnings} = prove(machine([...Array.from({length: 100}, () => cut), here], [said]))

    await expect(done).rejects.toMatchObject({
      code: 'remote',
      host: 'vm-1',
      message:
        'the network settings of enp0s8 failed, and the host reverted the change: no new login succeeded within 60 s',
      evidence: 'the last login that failed: no route to 10.0.0.7\nGateway: 10.0.0.1',
    })
    expect(warnings).toEqual([])
  })

  test('that was taken back just before it was confirmed is not kept', async () => {
    await expect(prove(machine([here], ['applied', 'reverted too late'])).done).rejects.toMatchObject({
      message: 'the network settings of enp0s8 failed, and the host reverted the change: too late',
    })
  })

  test('whose confirmation is cut off is asked again', async () => {
    const vm = machine([here], ['applied', cut, 'kept'])

    await prove(vm).done

    expect(vm.told).toEqual(['login', 'stage', 'login', 'confirm', 'login', 'confirm'])
  })

  test('whose machine never returns has a limit', async () => {
    const {done, seconds} = prove(machine([cut], []))

    await expect(done).rejects.toMatchObject({code: 'host-lost', host: 'vm-1', cause: cut})
    expect(seconds()).toBeLessThan(500)
  })

  test('is not confirmed by a run whose lease was taken over', async () => {
    await expect(prove(machine([here], ['applied'], 2)).done).rejects.toMatchObject({code: 'lease'})
  })

  test('on the machine itself needs no login', async () => {
    const {local, told} = machine([], ['trying', 'applied', 'kept'])

    await confirmOrRollBack(trial, proving(local, 1))

    expect(told).toEqual(['stage', 'stage', 'confirm'])
  })
})
