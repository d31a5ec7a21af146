import {chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {describe, expect, test} from 'vitest'
import {hostNetwork, hostNetworkKind, type HostNetworkSpec} from '../../src/resources/network/host-network.ts'
import type {CommitConfirm} from '../../src/resources/core/kind.ts'
import {lifecycle, ME, workbenches, type Workbench} from './shell-runner.ts'

const bench = workbenches()
const TEXT = 'network: {ethernets: {eth1: {addresses: ["10.0.0.10/24"]}}}\n'

/**
 * A stand-in for a machine with netplan and one card, eth1: it has the address that is in the first of the files, and neighbours that
 * answer at the addresses in the file `neighbours`. A second card, eth0, has the leased address in the file `lease`; each
 * `netplan apply` runs the script `at-apply`, and `networkctl reconfigure` runs `at-reconfigure`.
 */
function machine(): Workbench {
  const b = bench()
  for (const folder of ['etc', 'try']) mkdirSync(join(b.root, folder))
  writeFileSync(join(b.root, 'etc/50-cloud-init.yaml'), '10.0.0.7/24')
  writeFileSync(join(b.root, 'neighbours'), '10.0.0.254\n')
  writeFileSync(join(b.root, 'lease'), '2: eth0    inet 10.0.2.15/24 scope global dynamic eth0\n')
  b.stub(
    'netplan',
    `if [ "$1" = generate ]; then ! grep -qs broken ${b.root}/try/*; else sh ${b.root}/at-apply 2>/dev/null; true; fi`,
  )
  b.stub(
    'ip',
    `case "$*" in
*'link show'*) echo '2: eth1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc';;
*'neigh show'*) ! grep -qx "$4" ${b.root}/neighbours || echo "$4 lladdr 52:54:00:00:00:01 REACHABLE";;
*neigh*) :;;
*'dev eth0'*) cat ${b.root}/lease;;
*) [ "$*" != '-o -4 addr show scope global' ] || cat ${b.root}/lease
a=$(grep -oh '[0-9.]*/24' ${b.root}/try/*.yaml ${b.root}/etc/6*.yaml ${b.root}/etc/50*.yaml 2>/dev/null | head -n1)
echo "2: eth1    inet $a brd x scope global eth1";;
esac`,
  )
  for (const name of ['udevadm', 'systemctl']) b.stub(name)
  b.stub('networkctl', `[ "$1" != reconfigure ] || sh ${b.root}/at-reconfigure 2>/dev/null; true`)
  b.stub('systemd-run', 'exit 1')
  b.stub('sleep', 'exec /bin/sleep 0.01')
  chmodSync(b.root, 0o755)
  return b
}

function network(b: Workbench, spec: Partial<HostNetworkSpec> = {}) {
  const resource = hostNetwork({
    path: join(b.root, 'etc/60-kadm.yaml'),
    text: TEXT,
    interfaces: {eth1: {addresses: ['10.0.0.10/24'], gateway: '10.0.0.254'}},
    why: 'nodes need addresses that stay',
    runDir: join(b.root, 'run/network'),
    tryDir: join(b.root, 'try'),
    trialSeconds: 1000,
    ...spec,
  })
  return {...resource, config: {...resource.config, owner: ME}}
}

/** Each look starts a shell, which takes time from the trial. */
const POLL_MS = 100

/** What the trial says when it no longer says that it is trying. */
async function outcome(b: Workbench, trial: CommitConfirm | undefined): Promise<string> {
  for (let i = 0; i < 1000; i++) {
    const [said = ''] = b.run(trial?.stage ?? '').stdout.split('\n')
    if (said !== 'trying') return said
    await sleep(POLL_MS)
  }
  return 'still trying'
}

const calls = (b: Workbench, of: RegExp): number => (readFileSync(join(b.root, 'calls'), 'utf8').match(of) ?? []).length
const files = {tried: 'try/60-kadm.yaml', kept: 'etc/60-kadm.yaml'}
const there = (b: Workbench) => ({
  tried: existsSync(join(b.root, files.tried)),
  kept: existsSync(join(b.root, files.kept)),
})

test('while a trial goes back no other one begins', () => {
  const b = machine()
  mkdirSync(join(b.root, 'run/network'), {recursive: true})
  writeFileSync(join(b.root, 'run/network/stage'), 'applied\n')

  expect(() => lifecycle(b, hostNetworkKind, network(b)).apply()).toThrow('an earlier trial')
  writeFileSync(join(b.root, 'run/network/stage'), 'kept\n')
  lifecycle(b, hostNetworkKind, network(b)).apply()
})

describe('a static address', () => {
  test('is tried where a reboot forgets it, stays when a login confirms it, and is reverted the same way', async () => {
    const b = machine()
    const resource = network(b)
    const cycle = lifecycle(b, hostNetworkKind, resource)
    const before = cycle.look()

    expect(cycle.diff()).toBe(`${resource.config.path} does not exist, eth1 does not have 10.0.0.10/24`)
    const original = cycle.apply()
    const trial = hostNetworkKind.commitConfirm?.act(resource, before)
    expect(await outcome(b, trial)).toBe('applied')
    expect(there(b)).toEqual({tried: true, kept: false})
    expect(b.run(trial?.confirm ?? '').stdout).toBe('kept\n')
    expect(there(b)).toEqual({tried: false, kept: true})
    expect(statSync(resource.config.path).mode & 0o777).toBe(0o600)
    expect(cycle.diff()).toBeUndefined()

    cycle.undo(original)
    const undo = hostNetworkKind.commitConfirm?.revert(resource, original)
    expect(await outcome(b, undo)).toBe('applied')
    expect(there(b)).toEqual({tried: true, kept: true})
    expect(b.run(undo?.confirm ?? '').stdout).toBe('kept\n')

    expect(there(b)).toEqual({tried: false, kept: false})
    expect(calls(b, /netplan apply/g)).toBe(2)
  })

  test('that nobody confirms in time goes by itself, and a confirmation that comes too late changes nothing', async () => {
    const b = machine()
    const resource = network(b, {trialSeconds: 1})
    const cycle = lifecycle(b, hostNetworkKind, resource)
    const trial = hostNetworkKind.commitConfirm?.act(resource, cycle.look())
    cycle.apply()
    while ((await outcome(b, trial)) === 'applied') await sleep(POLL_MS)

    const late = b.run(trial?.confirm ?? '').stdout.split('\n')[0]

    expect(late).toBe('reverted no new login succeeded within 1 s')
    expect(there(b)).toEqual({tried: false, kept: false})
    expect(calls(b, /netplan apply/g)).toBe(2)
  })

  test('that netplan does not take is never applied', async () => {
    const b = machine()
    const resource = network(b, {text: 'broken'})
    const cycle = lifecycle(b, hostNetworkKind, resource)
    const trial = hostNetworkKind.commitConfirm?.act(resource, cycle.look())

    cycle.apply()

    expect(await outcome(b, trial)).toBe('reverted netplan does not take the file')

    expect(there(b)).toEqual({tried: false, kept: false})
    expect(calls(b, /netplan apply/g)).toBe(0)
  })

  test.each([
    [
      'whose gateway does not answer',
      {gateway: '10.0.0.1'},
      'reverted no machine answers at the gateway 10.0.0.1 on eth1',
    ],
    ['that does not come', {addresses: ['10.0.0.10/24', '10.0.0.11/24']}, 'reverted 10.0.0.11/24 did not come to eth1'],
  ])('%s goes at once', async (_, card, why) => {
    const b = machine()
    const resource = network(b, {interfaces: {eth1: {addresses: ['10.0.0.10/24'], gateway: undefined, ...card}}})
    const cycle = lifecycle(b, hostNetworkKind, resource)
    const trial = hostNetworkKind.commitConfirm?.act(resource, cycle.look())

    cycle.apply()

    expect(await outcome(b, trial)).toContain(why)
    expect(there(b)).toEqual({tried: false, kept: false})
  })

  describe('on a machine whose other card lives from a lease', () => {
    const loses = (b: Workbench): void => writeFileSync(join(b.root, 'at-apply'), `: >${b.root}/lease`)
    const gets = (b: Workbench, when: string): void =>
      writeFileSync(join(b.root, when), `echo '2: eth0 inet 10.0.2.16/24' >${b.root}/lease`)
    const tried = async (b: Workbench) => {
      const resource = network(b)
      const cycle = lifecycle(b, hostNetworkKind, resource)
      const trial = hostNetworkKind.commitConfirm?.act(resource, cycle.look())
      cycle.apply()
      return outcome(b, trial)
    }

    test('is reverted when that card permanently loses its address', async () => {
      const b = machine()
      loses(b)

      expect(await tried(b)).toBe('reverted eth0 lost its address, and it did not come back')

      expect(there(b)).toEqual({tried: false, kept: false})
      expect(calls(b, /networkctl reconfigure eth0/g)).toBe(2)
    })

    test('stays when networkd gives that card an address after it was asked again', async () => {
      const b = machine()
      loses(b)
      gets(b, 'at-reconfigure')

      expect(await tried(b)).toBe('applied')

      expect(calls(b, /networkctl reconfigure eth0/g)).toBe(1)
    })

    test('stays when the lease is another one afterwards', async () => {
      const b = machine()
      gets(b, 'at-apply')

      expect(await tried(b)).toBe('applied')

      expect(calls(b, /networkctl reconfigure/g)).toBe(0)
    })

    test('is not taken back because that card was without an address before', async () => {
      const b = machine()
      writeFileSync(join(b.root, 'lease'), '')

      expect(await tried(b)).toBe('applied')
    })
  })

  test('that another machine has is not even tried', () => {
    const b = machine()
    writeFileSync(join(b.root, 'neighbours'), '10.0.0.10\n10.0.0.254\n')

    expect(() => lifecycle(b, hostNetworkKind, network(b)).apply()).toThrow(
      '10.0.0.10 belongs to another machine on the network of eth1',
    )

    expect(calls(b, /netplan/g)).toBe(0)
  })

  test('says where the machine may be reached while it is tried and while it is taken back', () => {
    const resource = network(machine())
    const found = {
      netplan: true,
      file: {type: 'absent' as const, missing: []},
      interfaces: {eth1: {up: true, mtu: 1500, addresses: [{address: '10.0.0.7/24', dynamic: true}]}},
    }

    expect(hostNetworkKind.commitConfirm?.act(resource, found).addresses).toEqual(['10.0.0.10'])
    expect(hostNetworkKind.commitConfirm?.revert(resource, found).addresses).toEqual(['10.0.0.7'])
  })
})

test('a card is read with its state, its MTU and its addresses, leased ones as such', () => {
  const output = [
    'netplan yes',
    'link 2: host0@if4: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1400 qdisc noqueue state UP mode DEFAULT',
    String.raw`address 2: host0    inet 10.0.2.15/24 metric 100 brd 10.0.2.255 scope global dynamic host0\       valid_lft 86000sec`,
    String.raw`address 2: host0    inet6 fd00::5/64 scope global \       valid_lft forever preferred_lft forever`,
    'link 3: eth1: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN',
    'file',
    'absent',
  ].join('\n')

  expect(hostNetworkKind.parse(output, network(machine())).interfaces).toEqual({
    host0: {
      up: true,
      mtu: 1400,
      addresses: [
        {address: '10.0.2.15/24', dynamic: true},
        {address: 'fd00::5/64', dynamic: false},
      ],
    },
    eth1: {up: false, mtu: 1500, addresses: []},
  })
})
