import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {CARDS} from '../../src/lab/drivers/vm-command.ts'
import {labReboot} from '../../src/lab/run/lab-power.ts'
import {NETWORK_STATE} from './network-state.ts'
import {measured, testLab, type TestLab} from './test-lab.ts'
import {changedIn} from './told.ts'
import {knockFromHere} from './vm-gateway.ts'
import {SWAP_SOURCES, SWAP_STATE, SWAP_WORDS} from './vm-swap-sources.ts'

const NAME = 'e2e-vm-prepared'
const VM = 'one'
const SMALL_MTU = 1450
const FIREWALL = 'ufw allow 22/tcp comment mine; ufw deny 9999; ufw --force enable'
const FIREWALL_STATE = 'ufw status numbered; sha256sum /etc/ufw/* /etc/default/ufw'
const KERNEL_STATE = 'cat /proc/sys/net/ipv4/ip_forward; find /etc/modules-load.d /etc/sysctl.d | sort'
const DELETE_A_RULE = 'ufw delete allow 6443/tcp'
/** All that needs a kernel and a boot of its own; programs, images and the cluster are for tests on containers. */
const ONLY = ['--only', 'prepare/network,prepare/swap,prepare/kernel,prepare/firewall']
/** The VM is too small for a control plane, and none is made of it. */
const SMALL = ['--ignore-preflight-errors', 'NumCPU,Mem']

/**
 * What only a kernel and a boot of its own can show, in one life: a VM with two cards as VirtualBox makes them, swap of six sources
 * and a firewall is prepared, booted and given back. `test/release/vm-worker.test.ts` makes a node of such a VM.
 */
describe('a VM that is prepared for a cluster', () => {
  let lab: TestLab
  let before: readonly string[]

  beforeAll(async () => {
    lab = await testLab(NAME, [VM], {driver: 'qemu', vm: {cards: 'virtualbox', cpus: 1, memoryMib: 1024}})
    await measured('six sources of swap and a firewall', () => root(`${SWAP_SOURCES}\n${FIREWALL}`))
    await lab.write('kadm.yaml', clusterFile())
    before = await state()
  })
  afterAll(() => lab.down())

  const root = (script: string): Promise<string> => lab.must(VM, 'sudo sh', script)
  const swaps = (): Promise<string> => root('sed 1d /proc/swaps')
  const state = async (): Promise<readonly string[]> =>
    (await root([SWAP_STATE, NETWORK_STATE, FIREWALL_STATE, KERNEL_STATE].join('\n'))).split('\n')
  const addresses = (): readonly string[] => [lab.address(VM), lab.address(VM).replace(/\d+$/, '50')]
  const clusterFile = (): string => `apiVersion: kadm/v1
kind: Cluster
hosts:
  - name: ${VM}
    role: control-plane
    ssh: ${lab.target(VM)}
    network: {${CARDS.lab}: {addresses: [${addresses().join('/24, ')}/24], mtu: ${String(SMALL_MTU)}}}
source: {kind: bundle, path: ${lab.bundleDir}}
`
  const apply = () => lab.kadmDone(['apply', '-f', 'kadm.yaml', ...ONLY, ...SMALL, '--json'])
  const holds = async (): Promise<void> => {
    expect(await swaps()).toBe('')
    const card = await root(`ip address show dev ${CARDS.lab}`)
    expect(card).toContain(`mtu ${String(SMALL_MTU)}`)
    for (const address of addresses()) expect(card).toContain(`inet ${address}/24`)
    expect(await root(`ip -o -4 address show dev ${CARDS.nat}`)).toContain('10.0.2.15/24')
    expect(await root('cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/bridge/bridge-nf-call-iptables')).toBe('1\n1')
    expect(await root('ufw status')).toMatch(/^Status: active/)
    const knocks = [22, 6443, 9999].map(port => knockFromHere(lab.address(VM), port))
    expect(await Promise.all(knocks)).toEqual(['open', 'refused', 'silent'])
  }

  it('is checked: each source of swap, the card that counts and the firewall are reported', async () => {
    const {stdout, stderr} = await measured('preflight', () =>
      lab.kadmDone(['preflight', '-f', 'kadm.yaml', '--verbose', ...SMALL]),
    )

    expect(stderr).toBe('')
    expect((await swaps()).split('\n')).toHaveLength(5)
    for (const words of SWAP_WORDS)
      expect(stdout).toEqual(typeof words === 'string' ? expect.stringContaining(words) : expect.stringMatching(words))
    expect(stdout).toContain(`${lab.address(VM)} on ${CARDS.lab} (login)`)
    expect(stdout).toMatch(/6443/)
    expect(stdout).toMatch(/ 0 errors/)
  })

  it('gets the network of the file, no swap, the settings of the kernel and the rules of the firewall', async () => {
    await measured('kadm apply', apply)

    await holds()
  })

  it('has all of them after a boot; a deleted rule is restored, and nothing else changes', async () => {
    await measured('reboot', () => labReboot(NAME, VM))
    await holds()
    await root(DELETE_A_RULE)

    const {events} = await measured('second run', apply)

    expect(changedIn(events)).toEqual([`${VM} ufw-rules`])
  })

  it('has no swap then, though systemd finds a partition of its type', async () => {
    expect(
      await root('systemctl daemon-reload; systemctl start swap.target; ls /run/systemd/generator.late'),
    ).toContain('dev-vda2.swap')
    expect(await swaps()).toBe('')
  })

  it('is as it was after a reset', async () => {
    await measured('reset', () => lab.kadmDone(['reset', '-f', 'kadm.yaml', '--yes']))

    expect(await state()).toEqual(before)
  })
})
