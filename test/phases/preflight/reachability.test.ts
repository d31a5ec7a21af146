import {describe, expect, test} from 'vitest'
import {answerable, judgeProbes, probePlan, probeSockets} from '../../../src/phases/preflight/reachability.ts'
import type {Listener, Probe} from '../../../src/facts/reachability.ts'
import {judged, link, sampleCluster, sampleFacts, tell} from './sample.ts'

const jumbo = {...sampleFacts(11).network, interfaces: [link('enp0s8', ['192.168.56.11/24'], {mtu: 9000})]}
const hosts = [judged('master', 10, {role: 'control-plane'}), judged('worker-1', 11, {network: jumbo})]
const nodes = hosts.map(({node}) => node)
const cluster = sampleCluster()
const plan = probePlan(hosts, cluster)
const short = ({from, to, protocol, port, size}: Probe) => `${from} ${to} ${protocol} ${port} ${size ?? ''}`.trim()

test('each pair is asked on the ports its roles need, and with a packet of the size both cards carry', () => {
  expect(plan.map(short)).toEqual([
    'master worker-1 tcp 10250',
    'master worker-1 udp 8472',
    'master worker-1 udp 8472 1472',
    'worker-1 master tcp 6443',
    'worker-1 master udp 8472',
    'worker-1 master udp 8472 1472',
  ])
})

test('an address that netplan is yet to give is not asked for, nor from', () => {
  const [master, worker] = hosts
  const later = worker && {...worker, node: {...worker.node, address: '192.168.56.99'}}

  expect(
    probePlan(
      [master, later].filter(host => host !== undefined),
      cluster,
    ),
  ).toEqual([])
})

test('control planes are asked for etcd too, and not for flannel where it is not used', () => {
  const three = [...hosts, judged('master-2', 12, {role: 'control-plane'})]
  const none = sampleCluster({network: {...cluster.network, plugin: {kind: 'none'}}})
  const between = probePlan(three, none).filter(({from, to}) => from === 'master' && to === 'master-2')

  expect(between.map(({port}) => port)).toEqual([6443, 2379, 2380, 10250])
})

test('a host listens on what the others will ask it for', () => {
  expect(
    nodes.map(node => probeSockets(node, nodes, cluster).map(({protocol, port}) => `${protocol} ${port}`)),
  ).toEqual([
    ['tcp 6443', 'udp 8472'],
    ['tcp 10250', 'udp 8472'],
  ])
  expect(nodes.slice(0, 1).map(node => probeSockets(node, [node], cluster))).toEqual([[]])
})

const listening: Listener = {pid: 5, busy: [], canProbe: true}
const both = (master: Listener, worker: Listener) =>
  new Map([
    ['master', master],
    ['worker-1', worker],
  ])

test('an active vxlan is not asked, and a host without perl neither asks nor answers', () => {
  const busy: Listener = {
    ...listening,
    busy: [
      {protocol: 'udp', port: 8472},
      {protocol: 'tcp', port: 6443},
    ],
  }

  expect(answerable(plan, both(busy, listening)).map(short)).toEqual([
    'master worker-1 tcp 10250',
    'master worker-1 udp 8472',
    'master worker-1 udp 8472 1472',
    'worker-1 master tcp 6443',
  ])
  expect(answerable(plan, both({...listening, canProbe: false}, listening))).toEqual([])
})

describe('the answers', () => {
  const judgeWith = (answer: (probe: Probe) => string) =>
    judgeProbes(
      plan.map(probe => ({...probe, answer: answer(probe)})),
      both(listening, listening),
    )

  test('that are all there are one finding', () => {
    expect(judgeWith(() => 'ok')).toEqual([
      {
        name: 'Reachability',
        severity: 'ok',
        hosts: ['master', 'worker-1'],
        message: '6 of 6 probes answered',
        remedy: undefined,
      },
    ])
  })

  test('of a filtered port name both hosts and the port', () => {
    expect(tell(judgeWith(({port}) => (port === 6443 ? 'timed out' : 'ok')))).toEqual([
      'error worker-1, master: worker-1 does not reach master at 192.168.56.10 on TCP 6443 (timed out) -> open these ports on master for worker-1',
    ])
  })

  test('of a path that drops large packets name its MTU', () => {
    const findings = judgeWith(({from, size}) => (from === 'master' && size !== undefined ? 'timed out' : 'ok'))

    expect(findings.map(({name}) => name)).toEqual(['PathMTU'])
    expect(tell(findings)).toEqual([
      'error master, worker-1: a packet of full size (1472 bytes and headers) from master does not reach worker-1 at 192.168.56.11, small ones do -> set the MTU of both network cards to what the network between them carries',
    ])
  })

  test('that are missing at all point at the network', () => {
    expect(tell(judgeWith(({from}) => (from === 'master' ? 'No route to host' : 'ok')))).toEqual([
      'error master, worker-1: master does not reach worker-1 at 192.168.56.11 at all: TCP 10250 (No route to host), UDP 8472 (No route to host) -> check that both are on one network and no firewall is between them: on master, ip route get 192.168.56.11',
    ])
  })

  test('of a host without perl are owned up to', () => {
    expect(tell(judgeProbes([], both(listening, {...listening, canProbe: false})))).toEqual([
      'warning worker-1: could not be tested: perl is not installed -> install perl-base, or check yourself that the hosts reach each other',
    ])
  })
})
