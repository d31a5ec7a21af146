import {expect, test} from 'vitest'
import {judge} from '../../../src/phases/preflight/judge.ts'
import type {ForwardTry} from '../../../src/phases/preflight/input.ts'
import {input, judged, tell} from './sample.ts'

const told = (forwards: readonly ForwardTry[] | undefined): readonly string[] => {
  const host = judged('master', 10, {role: 'control-plane'})
  const findings = judge(input([forwards === undefined ? host : {...host, forwards}]))
  return tell(findings.filter(({name}) => name === 'Forwarding'))
}
const kubelet = '127.0.0.1:10248'
const api = '192.168.56.10:6443'

test.each([
  [undefined, []],
  [[], []],
  [[{to: kubelet, isForbidden: false}], []],
])('%j is accepted', (forwards, findings) => {
  expect(told(forwards)).toEqual(findings)
})

test('a server that forbids all forwarding is named with the setting', () => {
  expect(told([kubelet, api].map(to => ({to, isForbidden: true})))).toEqual([
    expect.stringMatching(
      /^error master: its SSH server forbids .*10248, 192.*6443.*AllowTcpForwarding local.*restrict/,
    ),
  ])
})

test('one that permits some places is named with those it lacks', () => {
  expect(
    told([
      {to: kubelet, isForbidden: false},
      {to: api, isForbidden: true},
    ]),
  ).toEqual([expect.stringMatching(/forwarding to 192.168.56.10:6443, .*add 192.168.56.10:6443 to PermitOpen/)])
})
