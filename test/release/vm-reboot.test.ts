import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {measured, type TestLab} from '../e2e/test-lab.ts'
import {bootPair, nodesOf, swapsOf} from '../e2e/vm-pair.ts'
import {changedIn} from '../e2e/told.ts'

const NAME = 'release-vm-reboot'

describe('a cluster of VMs', () => {
  let lab: TestLab

  beforeAll(async () => {
    lab = await bootPair(NAME)
    await measured('kadm apply', () => lab.kadmDone(['apply', '-f', 'kadm.yaml']))
  })
  afterAll(() => lab.down())

  it('comes back from reboots one by one and all at once, and kadm proves it', async () => {
    const {stdout} = await measured('kadm verify --reboot', () =>
      lab.kadmDone(['verify', '-f', 'kadm.yaml', '--reboot', '--all-at-once', '--reboot-timeout', '20m', '--yes']),
    )

    console.log(stdout)
    expect(stdout).toMatch(/worker-1/)
    expect(await swapsOf(lab)).toEqual(['', ''])
    expect(await nodesOf(lab)).toMatch(/^master +Ready .*\nworker-1 +Ready /)
  })

  it('has nothing left to change afterwards', async () => {
    const {events} = await lab.kadmDone(['apply', '-f', 'kadm.yaml', '--json'])

    expect(changedIn(events)).toEqual([])
  })
})
