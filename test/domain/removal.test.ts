import {describe, expect, it} from 'vitest'
import type {Role} from '../../src/domain/cluster.ts'
import type {AskedMember} from '../../src/domain/etcd.ts'
import {judgeRemoval, nodeNamed, type Leaver, type ListedNode} from '../../src/domain/removal.ts'

const member = (last: number, more: Partial<AskedMember> = {}): AskedMember => ({
  id: `a${String(last)}`,
  name: `cp-${String(last)}`,
  peerUrls: [`https://10.0.0.${String(last)}:2380`],
  clientUrls: [],
  isLearner: false,
  isHealthy: true,
  ...more,
})
const node = (name: string, address: string | undefined, role: Role): ListedNode => ({name, address, role})
const plane = (last: number): ListedNode => node(`cp-${String(last)}`, `10.0.0.${String(last)}`, 'control-plane')
const worker = node('worker-1', '10.0.0.21', 'worker')
const leaver = (listed: ListedNode, more: Partial<Leaver> = {}): Leaver => ({
  ...listed,
  isListed: true,
  isDead: false,
  ...more,
})
const dead = (listed: ListedNode): Leaver => leaver(listed, {isDead: true})
const silent = {isHealthy: false}
const NODES = [plane(1), plane(2), plane(3), worker]

describe('a removal', () => {
  it('of a worker needs nothing of etcd, however etcd is', () => {
    expect(judgeRemoval([leaver(worker)], NODES, [member(1), member(2, silent), member(3, silent)])).toEqual({
      members: [],
      refusals: [],
    })
  })

  it('of one control plane of three takes its member', () => {
    expect(
      judgeRemoval(
        [leaver(plane(3))],
        NODES,
        [1, 2, 3].map(last => member(last)),
      ),
    ).toEqual({
      members: [{node: 'cp-3', id: 'a3'}],
      refusals: [],
    })
  })

  it.each([
    ['by its address, also where its name differs', [member(1), member(2), member(3, {name: 'renamed'})]],
    [
      'by its name, also where its address differs',
      [member(1), member(2), member(3, {peerUrls: ['https://10.9.9.9:2380']})],
    ],
    ['also one that never started', [member(1), member(2), member(3, {name: '', isLearner: true, isHealthy: false})]],
  ])('finds the member %s', (_, members) => {
    expect(judgeRemoval([leaver(plane(3))], NODES, members).members).toEqual([{node: 'cp-3', id: 'a3'}])
  })

  it('of a dead control plane and of an alive one takes the dead one first, since etcd needs it least', () => {
    const members = [member(1), member(2), member(3, silent)]
    expect(judgeRemoval([leaver(plane(2)), dead(plane(3))], NODES, members)).toEqual({
      members: [
        {node: 'cp-3', id: 'a3'},
        {node: 'cp-2', id: 'a2'},
      ],
      refusals: [],
    })
  })

  it.each([
    {
      what: 'the last control plane',
      leavers: [leaver(plane(1))],
      nodes: [plane(1), worker],
      members: [member(1)],
      said: ['cp-1 is the last control plane', 'cp-1 is the last voting member'],
    },
    {
      what: 'all control planes at once',
      leavers: [1, 2].map(last => leaver(plane(last))),
      nodes: [plane(1), plane(2)],
      members: [member(1), member(2)],
      said: ['cp-1, cp-2 are all 2 control planes', 'cp-2 is the last voting member'],
    },
    {
      what: 'the only control plane with external etcd',
      leavers: [leaver(plane(1))],
      nodes: [plane(1)],
      members: [],
      said: ['cp-1 is the last control plane'],
    },
    {
      what: 'an alive one of three when another one is dead',
      leavers: [leaver(plane(2))],
      nodes: NODES,
      members: [member(1), member(2), member(3, silent)],
      said: ['without cp-2, etcd has 2 voting members and needs 2, but only 1 of them answers'],
    },
    {
      what: 'a dead one of two, because etcd cannot agree to it any more',
      leavers: [dead(plane(2))],
      nodes: [plane(1), plane(2)],
      members: [member(1), member(2, silent)],
      said: ['etcd has 2 voting members and needs 2, but only 1 answers; no answer from cp-2 (10.0.0.2)'],
    },
    {
      what: 'a machine as dead whose etcd answers',
      leavers: [dead(plane(3))],
      nodes: NODES,
      members: [1, 2, 3].map(last => member(last)),
      said: ['cannot remove cp-3 as dead: its member of etcd answers'],
    },
  ])('is refused: $what', ({leavers, nodes, members, said}) => {
    const {refusals} = judgeRemoval(leavers, nodes, members)
    expect(refusals).toHaveLength(said.length)
    said.forEach((text, i) => expect(refusals[i]).toContain(text))
  })

  it('that a killed run began is not refused when its node or its member is gone already', () => {
    const gone = leaver(plane(3), {isListed: false})
    expect(judgeRemoval([gone], [plane(1), plane(2)], [member(1), member(2)])).toEqual({members: [], refusals: []})
    expect(judgeRemoval([gone], [plane(1), plane(2)], [member(1), member(2), member(3)]).members).toHaveLength(1)
  })
})

it.each([
  ['worker-1', 'worker-1'],
  ['10.0.0.21', 'worker-1'],
  ['fd00:0::1', 'six'],
  ['nobody', undefined],
])('a node is found by its name or its address: %s', (wanted, name) => {
  expect(nodeNamed([...NODES, node('six', 'fd00::1', 'worker')], wanted)?.name).toBe(name)
})
