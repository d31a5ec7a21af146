import {describe, expect, it} from 'vitest'
import {nodeStatus, type NodeStatus} from '../../../src/kube/nodes.ts'
import {askerFor, haRefusals, memberOn, victimFor, type HaMember} from '../../../src/verify/ha/rules.ts'
import {askedMember} from '../../kube/etcd-members.ts'

const member = (last: number, changes: Partial<HaMember> = {}): HaMember => ({
  ...askedMember(last),
  isLeader: last === 2,
  ...changes,
})
const node = (name: string, changes: Partial<NodeStatus> = {}): NodeStatus => ({
  ...nodeStatus({metadata: {name, labels: name === 'worker' ? {} : {'node-role.kubernetes.io/control-plane': ''}}}),
  ready: true,
  ...changes,
})
const machine = (name: string) => ({node: name, controlPlane: name.startsWith('cp')})
const THREE = ['cp-1', 'cp-2', 'cp-3']
const ALL = [...THREE, 'worker']
const MEMBERS = [member(1), member(2), member(3)]

describe('a test of lost control planes', () => {
  it.each([
    ['three that work', ALL, ALL.map(name => node(name)), MEMBERS, []],
    [
      'two',
      ['cp-1', 'cp-2'],
      ['cp-1', 'cp-2'].map(name => node(name)),
      MEMBERS.slice(0, 2),
      ['2 voting members, of which 2 answer; kadm needs at least 3'],
    ],
    ['one', ['cp-1'], [node('cp-1')], [member(1)], ['1 voting members, of which 1 answer']],
    [
      'three of which one is silent',
      ALL,
      ALL.map(name => node(name)),
      [member(1), member(2), member(3, {isHealthy: false})],
      ['3 voting members, of which 2 answer'],
    ],
    [
      'four of which one is silent',
      ALL,
      ALL.map(name => node(name)),
      [...MEMBERS, member(4, {isHealthy: false})],
      ['cp-4 of 4 voting members of etcd do not answer'],
    ],
    [
      'three and a learner',
      ALL,
      ALL.map(name => node(name)),
      [...MEMBERS, member(4, {isLearner: true, name: ''})],
      ['a4 still joins etcd'],
    ],
    [
      'three of which one is not Ready',
      ALL,
      [node('cp-1', {ready: false, reason: 'no network'}), node('cp-2'), node('cp-3')],
      MEMBERS,
      ['cp-1 is not Ready: no network'],
    ],
    [
      'three of which one is not named',
      ['cp-1', 'cp-2', 'worker'],
      ALL.map(name => node(name)),
      MEMBERS,
      ['not named: cp-3'],
    ],
  ])('of %s says what is in the way', (...[, named, nodes, members, expected]) => {
    const refusals = haRefusals(named.map(machine), nodes, members)
    expect(refusals).toHaveLength(expected.length)
    expected.forEach((text, i) => expect(refusals[i]).toContain(text))
  })

  it('takes first a control plane that does not lead, with the address of the endpoint if one has it, then the one that leads', () => {
    const machines = ALL.map(machine)
    const is = (wanted: string) => (one: {readonly node: string}) => one.node === wanted
    const who = {leads: is('cp-1'), hasEndpoint: is('nobody')}
    expect(victimFor('follower', machines, who)?.node).toBe('cp-2')
    expect(victimFor('leader', machines, who)?.node).toBe('cp-1')
    expect(victimFor('leader', machines, {...who, leads: is('nobody')})).toBeUndefined()
    expect(victimFor('follower', [machine('worker')], who)).toBeUndefined()
    expect(victimFor('follower', machines, {...who, hasEndpoint: is('cp-3')})?.node).toBe('cp-3')
    expect(victimFor('leader', machines, {...who, hasEndpoint: is('cp-3')})?.node).toBe('cp-1')
    expect(victimFor('follower', machines, {...who, hasEndpoint: is('worker')})?.node).toBe('cp-2')
  })

  it('asks from a worker, or from a control plane that stays on', () => {
    const machines = ALL.map(machine)
    expect(askerFor(machines, machines[0] ?? machine(''))?.node).toBe('worker')
    const planes = machines.slice(0, 3)
    expect(askerFor(planes, planes[0] ?? machine(''))?.node).toBe('cp-2')
    expect(askerFor(planes, planes[1] ?? machine(''))?.node).toBe('cp-1')
  })

  it('finds the member of a machine by its name, or by its address', () => {
    expect(memberOn(MEMBERS, 'cp-3', undefined)?.id).toBe('a3')
    expect(memberOn(MEMBERS, 'other-name', '10.0.0.2')?.id).toBe('a2')
    expect(memberOn(MEMBERS, 'other-name', undefined)).toBeUndefined()
  })
})
