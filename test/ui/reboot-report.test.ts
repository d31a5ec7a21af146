import pc from 'picocolors'
import {expect, test} from 'vitest'
import {renderReboot} from '../../src/ui/render-reboot.ts'
import {renderRepaired} from '../../src/ui/render-repair.ts'

const PLAIN = pc.createColors(false)
const times = {sshMs: 56_000, readyMs: 61_000, podsMs: 97_000}
const check = (name: string, ok = true) => ({name, ok, ms: 1, detail: ok ? 'as before' : 'differs\nwas a\nis b'})

test('a reboot shows each check with its place, then a row for each node with what it took', () => {
  const text = renderReboot(
    {
      rounds: [
        {
          name: 'worker-1',
          nodes: [{node: 'worker-1', times, checks: [check('swap')]}],
          checks: [{...check('etcd'), skipped: 'the cluster has only one node'}],
        },
        {
          name: 'all at once',
          nodes: [
            {node: 'master', times, checks: [check('swap', false)]},
            {node: 'worker-1', times, checks: []},
          ],
          checks: [],
        },
      ],
      untouched: ['worker-2'],
    },
    PLAIN,
  )

  expect(text.split('\n')).toEqual([
    'ok  worker-1: swap as before',
    'skipped  worker-1, cluster: etcd the cluster has only one node',
    'failed  all at once, master: swap differs',
    '    was a',
    '    is b',
    '',
    expect.stringMatching(/^REBOOT +NODE +SSH AFTER +READY AFTER +ALL PODS AFTER +AS BEFORE$/),
    expect.stringMatching(/^alone +worker-1 +56s +1m 01s +1m 37s +yes$/),
    expect.stringMatching(/^all at once +master .*no$/),
    expect.stringMatching(/^all at once +worker-1 .*yes$/),
    expect.stringMatching(/^worker-2 was not rebooted: /),
  ])
})

test('a node does not count as before when the cluster as a whole is not', () => {
  const round = {
    name: 'master',
    nodes: [{node: 'master', times, checks: [check('swap')]}],
    checks: [check('etcd', false)],
  }

  expect(renderReboot({rounds: [round], untouched: []}, PLAIN)).toMatch(/^alone +master .*no$/m)
})

test('a repaired clone is shown with its new identity, where it is now, and who still trusts its old key', () => {
  const moved = {
    host: 'two',
    machineId: 'abc',
    hostKeys: [{type: 'ssh-ed25519', fingerprint: 'SHA256:x'}],
    bootMs: 42_000,
    before: {address: '10.0.0.2'},
    now: {address: '10.0.0.9'},
    staleLines: ['/etc/ssh/ssh_known_hosts:3'],
  }

  expect(renderRepaired([moved]).split('\n')).toEqual([
    expect.stringMatching(/^two: .*machine-id abc, ssh-ed25519 SHA256:x$/),
    expect.stringMatching(/^two: .*42s, at 10\.0\.0\.9 \(was 10\.0\.0\.2\)$/),
    expect.stringMatching(/^two: \/etc\/ssh\/ssh_known_hosts:3 still trusts the old host key/),
  ])
  expect(renderRepaired([{...moved, now: moved.before}])).not.toContain('10.0.0')
})
