import {describe, expect, it} from 'vitest'
import type {AskedMember} from '../../src/domain/etcd.ts'
import type {ListedNode} from '../../src/domain/removal.ts'
import {missingControlPlanes, type RunNode} from '../../src/domain/replaced.ts'

const at = (last: number): string => `10.0.0.${String(last)}`
const member = (last: number, isHealthy = true, name = `cp-${String(last)}`): AskedMember => ({
  id: `a${String(last)}`,
  name,
  peerUrls: [`https://${at(last)}:2380`],
  clientUrls: [],
  isLearner: false,
  isHealthy,
})
const listed = (last: number, name = `cp-${String(last)}`): ListedNode => ({
  name,
  address: at(last),
  role: 'control-plane',
})
const host = (last: number, isNew = false, name = `cp-${String(last)}`): RunNode => ({name, address: at(last), isNew})
const worker: ListedNode = {name: 'worker', address: at(21), role: 'worker'}
const NODES = [1, 2, 3].map(last => listed(last))
const DEAD = [member(1), member(2), member(3, false)]

const missing = (
  run: readonly RunNode[],
  more: {nodes?: readonly ListedNode[]; members?: readonly AskedMember[]; skipped?: readonly string[]} = {},
) =>
  missingControlPlanes({
    listed: more.nodes ?? NODES,
    run,
    skipped: more.skipped ?? [],
    members: more.members ?? DEAD,
  }).map(({name, address, isListed, isNamesake}) => ({name, address, isListed, isNamesake}))

describe('control planes that the cluster has and the file does not', () => {
  it('are none when the file lists all', () => {
    expect(missing([1, 2, 3].map(last => host(last)))).toEqual([])
  })

  it('are a silent one that another host replaces', () => {
    expect(missing([host(1), host(2), host(4, true)])).toEqual([
      {name: 'cp-3', address: at(3), isListed: true, isNamesake: false},
    ])
  })

  it('are not one that works, which another person may have joined', () => {
    expect(missing([host(1), host(2)], {members: [member(1), member(2), member(3)]})).toEqual([])
  })

  it('are not a worker, and not a host of the file that this run skips', () => {
    expect(missing([host(1), host(2)], {nodes: [...NODES, worker], skipped: ['cp-3']})).toEqual([])
    expect(missing([host(1), host(2)], {nodes: [listed(1), listed(2)], skipped: ['cp-3']})).toEqual([])
  })

  it('are the former machine of a new host with its name', () => {
    expect(missing([host(1), host(2), host(9, true, 'cp-3')])).toEqual([
      {name: 'cp-3', address: at(3), isListed: true, isNamesake: true},
    ])
  })

  it('are not the former life of a new host at the same address, which joins again by itself', () => {
    expect(missing([host(1), host(2), host(3, true)])).toEqual([])
  })

  it('are the former machine also when it works, because its name is taken', () => {
    expect(
      missing([host(1), host(2), host(9, true, 'cp-3')], {members: [member(1), member(2), member(3)]}),
    ).toHaveLength(1)
  })

  it('are a member whose Node object is gone', () => {
    expect(missing([host(1), host(2), host(4, true)], {nodes: [listed(1), listed(2)]})).toEqual([
      {name: 'cp-3', address: at(3), isListed: false, isNamesake: false},
    ])
  })

  it('are a member that never started, by its id', () => {
    expect(
      missing([host(1), host(2)], {
        nodes: [listed(1), listed(2)],
        members: [member(1), member(2), member(3, false, '')],
      }),
    ).toEqual([{name: 'a3', address: at(3), isListed: false, isNamesake: false}])
  })

  it('are not the member of a host that a killed run has begun to join', () => {
    expect(
      missing([host(1), host(2), host(4, true)], {
        nodes: [listed(1), listed(2)],
        members: [member(1), member(2), member(4, false, '')],
      }),
    ).toEqual([])
  })

  it('are a lost node that has no member, as with external etcd', () => {
    expect(missing([host(1), host(2)], {members: []})).toHaveLength(1)
  })
})
