import {existsSync, mkdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {expect, test} from 'vitest'
import {hostNetwork, hostNetworkKind, type HostNetworkSpec} from '../../src/resources/host-network.ts'
import {lifecycle, ME, workbenches, type Workbench} from './shell-runner.ts'

const bench = workbenches()
const TEXT = 'network:\n  ethernets:\n    eth1:\n      addresses: ["10.0.0.10/24"]\n'

/** A stand-in for netplan that gives eth1 the address that is in the files. */
function machine(): Workbench {
  const b = bench()
  mkdirSync(join(b.root, 'netplan'))
  writeFileSync(join(b.root, 'netplan/50-cloud-init.yaml'), '10.0.2.15/24')
  b.stub('netplan', `[ "$1" != generate ] || ! grep -q broken ${b.root}/netplan/*`)
  b.stub(
    'ip',
    `grep -oh '[0-9.]*/24' ${b.root}/netplan/*.yaml | while read -r a; do echo "2: eth1    inet $a brd x scope global eth1"; done`,
  )
  b.stub('udevadm')
  b.stub('systemctl')
  b.stub('systemd-run', 'exit 1')
  return b
}
function network(b: Workbench, spec: Partial<HostNetworkSpec> = {}) {
  const resource = hostNetwork({
    path: join(b.root, 'netplan/90-kadm.yaml'),
    text: TEXT,
    addresses: {eth1: ['10.0.0.10/24']},
    connectedAddress: '10.0.2.15',
    why: 'nodes need addresses that stay',
    runDir: join(b.root, 'run'),
    ...spec,
  })
  return {...resource, config: {...resource.config, owner: ME}}
}

test('is written readable by root only and applied, and undo takes it back', () => {
  const b = machine()
  const resource = network(b)
  const cycle = lifecycle(b, hostNetworkKind, resource)

  expect(cycle.diff()).toBe(`${resource.config.path} is not there, eth1 lacks 10.0.0.10/24`)
  const original = cycle.apply()
  b.run(hostNetworkKind.confirm?.(resource) ?? '')
  expect(statSync(resource.config.path).mode & 0o777).toBe(0o600)
  expect(cycle.diff()).toBeUndefined()
  cycle.undo(original)

  expect(existsSync(resource.config.path)).toBe(false)
  expect(readFileSync(join(b.root, 'calls'), 'utf8').match(/netplan apply/g)).toHaveLength(2)
})

test('goes back by itself when nobody confirms over a new connection, and stays when somebody does', async () => {
  const [lost, kept] = [machine(), machine()]
  const spec = {rollbackSeconds: 1}

  lifecycle(lost, hostNetworkKind, network(lost, spec)).apply()
  lifecycle(kept, hostNetworkKind, network(kept, spec)).apply()
  kept.run(hostNetworkKind.confirm?.(network(kept, spec)) ?? '')
  await sleep(2000)

  expect(existsSync(join(lost.root, 'netplan/90-kadm.yaml'))).toBe(false)
  expect(readFileSync(join(lost.root, 'netplan/50-cloud-init.yaml'), 'utf8')).toBe('10.0.2.15/24')
  expect(readFileSync(join(lost.root, 'calls'), 'utf8').match(/netplan apply/g)).toHaveLength(2)
  expect(existsSync(join(kept.root, 'netplan/90-kadm.yaml'))).toBe(true)
})

test('that netplan does not take is taken back at once and never applied', () => {
  const b = machine()
  const resource = network(b, {text: 'broken'})

  expect(() => lifecycle(b, hostNetworkKind, resource).apply()).toThrow('netplan does not take')

  expect(existsSync(resource.config.path)).toBe(false)
  expect(readFileSync(join(b.root, 'calls'), 'utf8')).not.toContain('netplan apply')
})

test('is refused when it would take the address of this connection with no way back', () => {
  const b = machine()
  const noWayBack = {rollbackSeconds: 0}

  expect(() => lifecycle(b, hostNetworkKind, network(b, noWayBack)).apply()).toThrow(
    'the address of this very connection',
  )
  lifecycle(b, hostNetworkKind, network(b, {...noWayBack, connectedAddress: '192.168.1.2'})).apply()
  expect(existsSync(join(b.root, 'netplan/90-kadm.yaml'))).toBe(true)
})
