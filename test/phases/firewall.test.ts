import {expect, test} from 'vitest'
import type {ClosedChain} from '../../src/domain/closed-chain.ts'
import type {FirewallFacts} from '../../src/domain/facts.ts'
import {readTemplates} from '../../src/engine/sources/templates-on-disk.ts'
import {firewallProgram, firewallUnit} from '../../src/manifests/firewall.ts'
import {firewallPhase, isOpenedByKadm, rulesFor} from '../../src/phases/host/firewall.ts'
import type {PhaseContext} from '../../src/phases/phase.ts'
import {sampleContext, type SampleNode} from './sample-context.ts'

const templates = readTemplates()

const NONE: FirewallFacts = {ufw: false, firewalld: false, nftables: false, closed: []}
const NFT: ClosedChain = {
  tool: 'nft',
  family: 'inet',
  table: 'filter',
  chain: 'input',
  hook: 'input',
  because: 'policy drop',
}
const CHAINS: readonly ClosedChain[] = [
  NFT,
  {...NFT, chain: 'forward', hook: 'forward'},
  {...NFT, chain: 'output', hook: 'output'},
  {...NFT, family: 'ip6', table: 'six', chain: 'f', hook: 'forward'},
  {...NFT, tool: 'iptables', family: 'ip', chain: 'INPUT'},
  {...NFT, tool: 'iptables', family: 'ip', chain: 'FORWARD', hook: 'forward'},
]

function context(on: SampleNode, firewall: Partial<FirewallFacts>, more: Partial<PhaseContext> = {}): PhaseContext {
  const base = sampleContext(templates, {on})
  return {...base, facts: {...base.facts, firewall: {...NONE, ...firewall}}, ...more}
}

const idsOf = (made: PhaseContext): readonly string[] => (firewallPhase.resources?.(made) ?? []).map(({id}) => id)

test('nothing is done where no firewall is on, and firewalld is left to its owner', () => {
  expect(firewallPhase.when?.(context('worker', {}))).toBe('no firewall is active')
  expect(firewallPhase.when?.(context('worker', {nftables: true}))).toBe('no firewall is active')
  expect(firewallPhase.when?.(context('worker', {firewalld: true}))).toBe('you manage firewalld yourself')
})

test('ufw gets its own rules, from the nodes of this run and from those the cluster has', () => {
  const others = [{address: '192.168.56.77', role: 'worker'}] as const

  const [resource] = firewallPhase.resources?.(context('master', {ufw: true}, {existingNodes: others})) ?? []

  expect(firewallPhase.when?.(context('master', {ufw: true}))).toBe(true)
  expect(resource).toMatchObject({
    kind: 'ufw-rules',
    prune: true,
    rules: [
      {rule: 'allow 6443/tcp', comment: 'kadm: API server'},
      {rule: 'allow from 192.168.56.11 to any port 10250 proto tcp', comment: 'kadm: kubelet from 192.168.56.11'},
      {rule: 'allow from 192.168.56.11 to any port 8472 proto udp', comment: 'kadm: pod network from 192.168.56.11'},
      {rule: 'allow from 192.168.56.77 to any port 10250 proto tcp'},
      {rule: 'allow from 192.168.56.77 to any port 8472 proto udp'},
      {rule: 'allow in on cni0 from 10.244.0.0/16'},
      {rule: 'route allow in on cni0 from 10.244.0.0/16'},
      {rule: 'route allow in on flannel.1 from 10.244.0.0/16 to 10.244.0.0/16'},
    ],
  })
})

test('no rule is taken out of ufw where it is not known which nodes the cluster has', () => {
  const [resource] = firewallPhase.resources?.(context('master', {ufw: true}, {existingNodes: undefined})) ?? []

  expect(resource).toMatchObject({prune: false})
})

test('a gateway lets its ranges through ufw too', () => {
  const made = context('master', {ufw: true})
  const node = {...made.node, host: {...made.node.host, nat: ['192.168.57.0/24']}}

  const [resource] = firewallPhase.resources?.({...made, node}) ?? []

  expect(JSON.stringify(resource)).toContain('route allow out on enp0s8 from 192.168.57.0/24')
})

test('closed chains get rules by a program that a unit runs at every boot', async () => {
  const made = context('master', {closed: CHAINS})
  const rules = rulesFor({...made, peers: made.nodes})

  expect(idsOf(made)).toEqual([
    'file:/usr/local/sbin/kadm-firewall',
    'file:/etc/systemd/system/kadm-firewall.service',
    'unit:kadm-firewall.service',
    'loaded-rules:kadm-firewall',
  ])
  await expect(firewallProgram(templates, {chains: CHAINS.slice(0, 2), rules})).toMatchFileSnapshot(
    'golden/firewall/kadm-firewall.sh',
  )
  await expect(firewallUnit(templates)).toMatchFileSnapshot('golden/firewall/kadm-firewall.service')
})

test('chains that the cluster has no business with are left alone', () => {
  const [program] = firewallPhase.resources?.(context('master', {closed: CHAINS})) ?? []
  const text = JSON.stringify(program)

  expect(text).toContain('nft_chain inet filter input')
  expect(text).toContain('nft_chain inet filter forward')
  expect(text).toContain('iptables_chain iptables INPUT')
  expect(text).toContain('iptables_chain iptables FORWARD')
  expect(text).not.toContain('output')
  expect(text).not.toContain('six')
})

test('only a closed way in keeps others from being asked whether they get through', () => {
  const closedTo = (closed: readonly ClosedChain[]): boolean => isOpenedByKadm(context('worker', {closed}).facts)

  expect(closedTo(CHAINS.slice(1, 4))).toBe(false)
  expect(closedTo(CHAINS)).toBe(true)
})
