import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {differences, snapshot} from './snapshot.ts'
import {testLab, type TestLab} from './test-lab.ts'
import {errorsIn} from './told.ts'

describe('a person who starts a second run during the first', () => {
  let lab: TestLab
  beforeAll(async () => {
    lab = await testLab('e2e-second', ['alpha'])
  })
  afterAll(() => lab.down())

  it('learns which run is active, and half-written files of an earlier run do no harm', async () => {
    const before = await snapshot(lab, 'alpha')
    await lab.must(
      'alpha',
      `sudo sh -c 'mkdir -p /etc/containerd /var/lib/kadm/ledger/x.new; echo half > /etc/containerd/.kadm-1234.new; echo half > /usr/bin/.kadm-99.new; echo half > /var/lib/kadm/lease.new'`,
    )
    const prepare = ['init', lab.target('alpha'), '--bundle', lab.bundleDir, '--only', 'prepare', '--json']
    let second: ReturnType<TestLab['kadm']> | undefined

    const first = await lab.kadmDone(prepare, {
      onEvent: ({type}) => {
        if (type === 'phase-started') second ??= lab.kadm(prepare)
      },
    })
    const answer = await second

    expect(answer?.code).toBe(8)
    expect(errorsIn(answer?.events ?? [])).toMatchObject([
      {
        code: 'lease',
        message: expect.stringMatching(/another kadm run holds the lock on \S+: \w+@.* process \d+/) as unknown,
        hint: expect.stringContaining('--take-lease') as unknown,
      },
    ])
    expect(first.events.at(-1)).toMatchObject({type: 'result'})
    expect((await lab.kadmDone(prepare)).events.at(-1)).toMatchObject({changes: 0})
    await lab.kadmDone(['reset', lab.target('alpha'), '--yes'])
    await lab.must('alpha', 'sudo rm -f /usr/bin/.kadm-99.new /etc/containerd/.kadm-1234.new')
    await lab.on('alpha', 'sudo rmdir /etc/containerd')
    expect(differences(before, await snapshot(lab, 'alpha'))).toEqual([])
  })
})
