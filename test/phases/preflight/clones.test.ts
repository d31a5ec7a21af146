import {describe, expect, test} from 'vitest'
import type {Facts, Identity} from '../../../src/domain/facts.ts'
import {judge} from '../../../src/phases/preflight/judge.ts'
import type {JudgedHost} from '../../../src/phases/preflight/input.ts'
import {input, judged, sampleFacts, tell} from './sample.ts'

const identities = [10, 11, 12, 13].map(last => sampleFacts(last).identity)
const [first, one, two] = identities

const told = (...hosts: readonly JudgedHost[]): readonly string[] =>
  tell(judge(input(hosts)).filter(({name}) => ['Clone', 'SameMachine'].includes(name)))

/** A worker-2 beside a worker-1, with some of its identity. */
const beside = (shared: Partial<Identity>, facts: Partial<Facts> = {}): readonly string[] =>
  told(judged('worker-1', 11), judged('worker-2', 12, {...facts, identity: {...sampleFacts(12).identity, ...shared}}))

describe('a clone', () => {
  test('is named with all that it shares and the command that repairs it', () => {
    expect(beside({machineId: one?.machineId ?? '', hostKeys: one?.hostKeys ?? []}, {hostname: 'worker-1'})).toEqual([
      'error worker-2: worker-2 was cloned from worker-1: same machine-id, SSH host key and hostname -> ' +
        'run kadm repair clones with these hosts: worker-2 gets a new machine-id and SSH host key and reboots',
    ])
  })

  test.each([
    ['machine-id', {machineId: one?.machineId ?? ''}],
    ['SSH host key', {hostKeys: [...(two?.hostKeys ?? []), ...(one?.hostKeys ?? [])]}],
  ] as const)('by its %s alone is an error that kadm repairs', (trait, shared) => {
    expect(beside(shared)).toEqual([
      `error worker-2: worker-2 was cloned from worker-1: same ${trait} -> ` +
        `run kadm repair clones with these hosts: worker-2 gets a new ${trait} and reboots`,
    ])
  })

  test.each([
    ['oracle', 'in VirtualBox: VBoxManage modifyvm VM --macaddress1 auto (and 2 for its second card)'],
    [
      'qemu',
      'in libvirt: virsh edit it and take the <mac> lines of its interfaces out (virt-clone does that by itself)',
    ],
    ['vmware', 'in VMware: Settings, Network Adapter, Advanced, Generate'],
    ['xen', 'in its hypervisor'],
  ])('by its MAC address on %s is reported where it gets another', (virtualization, where) => {
    expect(beside({macs: one?.macs ?? []}, {virtualization})).toEqual([
      'error worker-2: worker-2 was cloned from worker-1: same MAC address -> ' +
        `power it off and give its network card a unique MAC address ${where}`,
    ])
  })

  test('by its product_uuid alone is a warning', () => {
    expect(beside({productUuid: 'UUID-11'}, {virtualization: 'oracle'})).toEqual([
      'warning worker-2: worker-2 was cloned from worker-1: same product_uuid -> ' +
        'power it off and give it a unique UUID in VirtualBox: VBoxManage modifyvm VM --hardware-uuid "$(uuidgen)"',
    ])
  })

  test('with more than one of a kind of each is reported once with all that is to do', () => {
    const all = {...identities[1], bootId: 'another'}

    expect(beside(all, {virtualization: 'none'})).toEqual([
      'error worker-2: worker-2 was cloned from worker-1: same machine-id, SSH host key, MAC address and product_uuid -> ' +
        'run kadm repair clones with these hosts: worker-2 gets a new machine-id and SSH host key and reboots; ' +
        'power it off and give its network card a unique MAC address in its hypervisor; ' +
        'power it off and give it a unique UUID in its hypervisor',
    ])
  })
})

describe('of several machines that are alike', () => {
  const machineId = first?.machineId ?? ''
  const alike = (name: string, last: number, changes: Parameters<typeof judged>[2] = {}) =>
    judged(name, last, {...changes, identity: {...sampleFacts(last).identity, machineId}})

  test('the control plane keeps its identity wherever it is named, and the clones are reported together', () => {
    const hosts = [alike('a', 11), alike('b', 12), alike('c', 13, {role: 'control-plane'})]

    expect(told(...hosts)).toEqual([
      'error a, b: a and b were cloned from c: same machine-id -> ' +
        'run kadm repair clones with these hosts: a and b get a new machine-id and reboot',
    ])
  })

  test('a node keeps its identity before a control plane without a cluster', () => {
    const hosts = [alike('a', 11, {role: 'control-plane'}), alike('b', 12, {nodeName: 'b'})]

    expect(told(...hosts)).toEqual([expect.stringMatching(/^error a: a was cloned from b: same machine-id -> /)])
  })

  test('a clone that is a node already has to leave its cluster first', () => {
    const hosts = [alike('a', 11, {nodeName: 'a'}), alike('b', 12, {nodeName: 'b'})]

    expect(told(...hosts)).toEqual([
      'error b: b was cloned from a: same machine-id -> remove b from its cluster first: kadm reset b --to CONTROL-PLANE; ' +
        'run kadm repair clones with these hosts: b gets a new machine-id and reboots',
    ])
  })

  test('what one shares with the second and not with the first is found too', () => {
    const hosts = [
      judged('a', 11),
      judged('b', 12, {identity: {...sampleFacts(12).identity, machineId: one?.machineId ?? ''}}),
      judged('c', 13, {identity: {...sampleFacts(13).identity, hostKeys: two?.hostKeys ?? []}}),
    ]

    expect(told(...hosts)).toEqual([
      expect.stringMatching(/^error b: b was cloned from a: same machine-id -> /),
      expect.stringMatching(/^error c: c was cloned from b: same SSH host key -> /),
    ])
  })
})

test('a product_uuid that board makers leave blank means nothing', () => {
  const productUuid = '03000200-0400-0500-0006-000700080009'
  const blank = (name: string, last: number) =>
    judged(name, last, {identity: {...sampleFacts(last).identity, productUuid}})

  expect(told(blank('a', 11), blank('b', 12))).toEqual([])
})
