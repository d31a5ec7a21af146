import {describe, expect, test} from 'vitest'
import type {Facts} from '../../../src/domain/facts.ts'
import type {PreflightInput} from '../../../src/phases/preflight/input.ts'
import {judge} from '../../../src/phases/preflight/judge.ts'
import {input, judged, NOW, sampleCluster, sampleFacts, sampleSpec, tell} from './sample.ts'

const NAMES = ['Clone', 'SameMachine', 'DuplicateHostname', 'DuplicateAddress', 'NetworkRanges', 'ClockOffset']

/** What the checks of several hosts say of a worker-1 and a worker-2 with these facts. */
function pair(second: Partial<Facts>, first: Partial<Facts> = {}, changes: Partial<PreflightInput> = {}) {
  const hosts = [judged('worker-1', 11, first), judged('worker-2', 12, second)]
  return tell(judge(input(hosts, changes)).filter(({name}) => NAMES.includes(name)))
}

const one = sampleFacts(11)
const two = sampleFacts(12)

test('two machines of their own are well', () => {
  expect(pair({})).toEqual([])
})

test('one machine named twice is reported so instead of as a clone', () => {
  expect(pair({identity: one.identity})).toEqual([
    'error worker-1, worker-2: worker-1 and worker-2 are the same machine -> name each machine once',
  ])
})

test('containers of one kernel are not taken for one machine', () => {
  const container = {isContainer: true, virtualization: 'systemd-nspawn'}
  const identity = {...two.identity, bootId: one.identity.bootId}

  expect(pair({...container, identity}, container)).toEqual([])
})

test('two hosts called alike are renamed when they have names of their own, and refused when not', () => {
  expect(pair({hostname: 'ubuntu'}, {hostname: 'ubuntu'})).toEqual([
    'info worker-1, worker-2: both are called ubuntu now -> kadm calls them worker-1 and worker-2',
  ])

  const hosts = [judged('ubuntu', 11), judged('ubuntu', 12)].map((host, i) => {
    const spec = sampleSpec({
      ssh: {address: `vm-${i}`, port: 22, user: undefined, keyFile: undefined, hostKey: undefined, jump: undefined},
    })
    return {...host, node: {...host.node, host: spec}}
  })
  expect(tell(judge(input(hosts)).filter(({name}) => name === 'DuplicateHostname'))).toEqual([
    'error ubuntu (vm-0), ubuntu (vm-1): both would be the node ubuntu -> give each host a unique name (name: in the file)',
  ])
})

describe('against the nodes of the cluster', () => {
  const node = {name: 'worker-9', machineId: 'machine-12', systemUuid: 'other', addresses: ['192.168.56.9']}

  test('a clone of a node is found', () => {
    expect(pair({}, {}, {existing: [node]})).toEqual([
      'error worker-2: worker-2 was cloned from node worker-9: same machine-id -> ' +
        'run kadm repair clones with worker-9 and worker-2: it gets a new machine-id and reboots',
    ])
  })

  test('an address that a node has already is found', () => {
    expect(pair({}, {}, {existing: [{...node, machineId: 'x', addresses: ['192.168.56.12']}]})).toEqual([
      'error worker-2: node worker-9 already has the address 192.168.56.12 -> give this host a unique address',
    ])
  })

  test('another machine of the same name is found, the node itself is not', () => {
    expect(pair({}, {}, {existing: [{...node, name: 'worker-2'}]})).toEqual([])
    expect(pair({}, {}, {existing: [{...node, name: 'worker-2', machineId: 'x'}]})).toEqual([
      'error worker-2: the cluster already has a node worker-2, which is another machine -> ' +
        'give this host another name; or, if that machine is gone, remove its node first: kadm remove worker-2 --dead',
    ])
  })
})

describe('pod and service ranges', () => {
  const route = (destination: string) => ({
    network: {...two.network, routes: [{destination, device: 'tun0', gateway: undefined, table: 'main'}]},
  })

  test('that a route of one host reaches are refused with a free one', () => {
    expect(pair(route('10.244.8.0/22'))).toEqual([
      'error worker-2: the pod range 10.244.0.0/16 overlaps its route to 10.244.8.0/22 by tun0 -> ' +
        'choose another: --pod-network-cidr 10.255.0.0/16',
    ])
    expect(pair(route('10.0.0.0/8'))).toHaveLength(2)
  })

  test('that hold the address of a host or of its DNS server are refused', () => {
    const network = {...sampleCluster().network, podSubnets: ['192.168.0.0/16']}
    const resolv = {...two.resolv, upstreams: ['10.96.0.53']}

    expect(pair({resolv}, {}, {cluster: sampleCluster({network})})).toEqual([
      'error worker-1: the pod range 192.168.0.0/16 overlaps 192.168.56.11/24 on enp0s8 -> choose another: --pod-network-cidr 10.255.0.0/16',
      'error worker-2: the pod range 192.168.0.0/16 overlaps 192.168.56.12/24 on enp0s8 -> choose another: --pod-network-cidr 10.255.0.0/16',
      'error worker-2: the service range 10.96.0.0/12 overlaps its DNS server 10.96.0.53 -> choose another: --service-cidr 10.254.0.0/16',
    ])
  })

  test('are not disturbed by default routes, whole or in halves', () => {
    expect(pair(route('default'))).toEqual([])
    expect(pair(route('0.0.0.0/1'))).toEqual([])
  })
})

describe('clocks', () => {
  test.each([
    [4, undefined],
    [6, 'warning'],
    [61, 'error'],
  ])('%d seconds apart give %s', (seconds, severity) => {
    const clock = {epochSeconds: NOW + seconds, synchronized: true}
    const told = `the clock of worker-2 is ${seconds} s ahead of that of worker-1`

    expect(pair({clock})).toEqual(
      severity === undefined ? [] : [expect.stringContaining(`${severity} worker-1, worker-2: ${told}`)],
    )
  })

  test('are compared with each other and not with ours', () => {
    const clock = {epochSeconds: NOW + 5000, synchronized: true}

    expect(pair({clock}, {clock})).toEqual([])
  })
})
