import {expect, test} from 'vitest'
import {moveHost, type HostMove} from '../../src/config/write/move-host.ts'

const move = (changes: Partial<HostMove> = {}): HostMove => ({
  host: 'worker-2',
  before: '10.0.0.12',
  address: '10.0.0.57',
  hostKey: undefined,
  ...changes,
})

const file = (hosts: string): string => `# ours
apiVersion: kadm/v1
kind: Cluster
hosts:
  - {name: master, role: control-plane, ssh: ubuntu@10.0.0.10}   # stays
${hosts}
# the end
---
kind: ClusterConfiguration
hosts: [{name: worker-2, ssh: 10.0.0.12}]
`

test('the short form gets the new address and keeps its user, its port and every comment', () => {
  const text = file('  - {name: worker-2, role: worker, ssh: ubuntu@10.0.0.12:2222} # moves')

  expect(moveHost(text, move())).toEqual({
    text: file('  - {name: worker-2, role: worker, ssh: ubuntu@10.0.0.57:2222} # moves'),
    edits: [{line: 6, from: 'ubuntu@10.0.0.12:2222', to: 'ubuntu@10.0.0.57:2222'}],
  })
})

test('the long form gets address and pinned key, and the node its own address, in the quotes that are there', () => {
  const hosts = (address: string, key: string) => `  - name: worker-2
    address: '${address}'
    ssh:
      user: ubuntu
      address: "${address}"   # by lease
      hostKey: ${key}
    role: worker`

  expect(moveHost(file(hosts('10.0.0.12', 'SHA256:old')), move({hostKey: 'SHA256:new'}))).toEqual({
    text: file(hosts('10.0.0.57', 'SHA256:new')),
    edits: [
      {line: 7, from: '10.0.0.12', to: '10.0.0.57'},
      {line: 10, from: '10.0.0.12', to: '10.0.0.57'},
      {line: 11, from: 'SHA256:old', to: 'SHA256:new'},
    ],
  })
})

test('a new key alone changes nothing where none is pinned, and only the key where one is', () => {
  const same = {address: '10.0.0.12', hostKey: 'SHA256:new'}
  const short = file('  - {name: worker-2, role: worker, ssh: 10.0.0.12}')
  const long = (key: string) => file(`  - {name: worker-2, role: worker, ssh: {address: 10.0.0.12, hostKey: ${key}}}`)

  expect(moveHost(short, move(same))).toEqual({text: short, edits: []})
  expect(moveHost(long('SHA256:old'), move(same)).text).toBe(long('SHA256:new'))
})

test('an address of the node that is on another network stays', () => {
  const text = file('  - {name: worker-2, role: worker, ssh: 10.0.0.12, address: 192.168.56.12}')

  expect(moveHost(text, move()).text).toBe(text.replace('ssh: 10.0.0.12, a', 'ssh: 10.0.0.57, a'))
})

test('a host without a name is found by its address, and one that does not exist changes nothing', () => {
  const text = file('  - {role: worker, ssh: ubuntu@10.0.0.12}\n  - {role: worker, ssh: local}')

  expect(moveHost(text, move({host: '10.0.0.12'})).edits).toEqual([
    {line: 6, from: 'ubuntu@10.0.0.12', to: 'ubuntu@10.0.0.57'},
  ])
  expect(moveHost(text, move({host: 'nobody'}))).toEqual({text, edits: []})
})
