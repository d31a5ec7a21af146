import {afterAll, beforeAll, describe, expect, it, vi} from 'vitest'
import {labKill, labPowerOn} from '../../src/lab/run/lab-power.ts'
import {measured, type TestLab} from '../e2e/test-lab.ts'
import {bootPair, kubectl, MACHINES, nodesOf, swapsOf, type Pair} from '../e2e/vm-pair.ts'
import {changedIn} from '../e2e/told.ts'

const NAME = 'release-vm-reboot'

describe('a cluster of VMs', () => {
  let pair: Pair
  let lab: TestLab

  beforeAll(async () => {
    pair = await bootPair(NAME)
    lab = pair.lab
    await measured('kadm apply', () => lab.kadmDone(['apply', '-f', 'kadm.yaml']))
  })
  afterAll(() => lab.down())

  it('passes the whole proof', async () => {
    const {stdout} = await measured('kadm verify', () => lab.kadmDone(['verify', lab.target('master')]))

    console.log(stdout)
    expect(stdout).toMatch(/^\d+ of 12 checks passed/m)
  })

  it('comes back from reboots one by one and all at once, and kadm proves it', async () => {
    const {stdout} = await measured('kadm verify --reboot', () =>
      lab.kadmDone(['verify', '-f', 'kadm.yaml', '--reboot', '--all-at-once', '--reboot-timeout', '20m', '--yes']),
    )

    console.log(stdout)
    expect(stdout).toMatch(/worker-1/)
    expect(await swapsOf(pair)).toEqual(['', ''])
    expect(await nodesOf(lab)).toMatch(/^master +Ready .*\nworker-1 +Ready /)
  })

  it('has nothing left to change afterwards', async () => {
    const {events} = await lab.kadmDone(['apply', '-f', 'kadm.yaml', '--json'])

    expect(changedIn(events)).toEqual([])
  })

  const boots = (): Promise<readonly string[]> =>
    Promise.all(MACHINES.map(machine => lab.must(machine, 'cat /proc/sys/kernel/random/boot_id')))
  const bootsKnown = async (): Promise<readonly string[]> =>
    (await kubectl(lab, `get nodes -o jsonpath='{.items[*].status.nodeInfo.bootID}'`)).trim().split(' ')

  it('comes back when the plug of all is pulled at once', async () => {
    await labKill(NAME, MACHINES)
    await measured('two VMs from off to Ready', async () => {
      await labPowerOn(NAME, MACHINES)
      // What the API last heard before the plug was pulled was Ready too; the kubelets must have told it of this boot.
      await vi.waitFor(
        async () => {
          expect(await bootsKnown()).toEqual(await boots())
          expect(await nodesOf(lab)).toMatch(/^master +Ready .*\nworker-1 +Ready /)
        },
        {timeout: 900_000, interval: 5000},
      )
    })

    expect(await swapsOf(pair)).toEqual(['', ''])
  })
})
