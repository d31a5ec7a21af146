import {describe, expect, it} from 'vitest'
import {
  mayAdd,
  mayRemove,
  memberAt,
  pauseOrder,
  quorumOf,
  strayMembers,
  toleranceOf,
  urlHost,
  withoutQuorum,
} from '../../src/domain/etcd.ts'
import {askedMember as member} from '../kube/etcd-members.ts'

const down = {isHealthy: false}

describe('the quorum of etcd', () => {
  it.each([
    [1, 1, 0],
    [2, 2, 0],
    [3, 2, 1],
    [4, 3, 1],
    [5, 3, 2],
  ])('of %i voters is %i, so %i may fail', (voters, quorum, tolerance) => {
    expect(quorumOf(voters)).toBe(quorum)
    expect(toleranceOf(voters)).toBe(tolerance)
  })

  it('is lost when half of the voters do not answer; learners do not count', () => {
    expect(withoutQuorum([member(1), member(2, down)])).toBe(
      'etcd has 2 voting members and needs 2, but only 1 answers; no answer from cp-2 (10.0.0.2)',
    )
    const unnamed = member(3, {...down, name: '', peerUrls: []})
    expect(withoutQuorum([member(1), member(2, down), unnamed])).toBe(
      'etcd has 3 voting members and needs 2, but only 1 answers; no answer from cp-2 (10.0.0.2), the member a3 (no address)',
    )
    expect(withoutQuorum([member(1), member(2), member(3, down)])).toBeUndefined()
    expect(withoutQuorum([member(1), member(2, {...down, isLearner: true})])).toBeUndefined()
  })
})

describe('removing a member', () => {
  it.each([
    ['one of three that all answer', [member(1), member(2), member(3)], 'a3'],
    ['the dead one of three', [member(1), member(2), member(3, down)], 'a3'],
    ['one of two', [member(1), member(2)], 'a2'],
    ['a learner', [member(1), member(2, {isLearner: true, isHealthy: false})], 'a2'],
  ])('is allowed for %s', (_, members, id) => {
    expect(mayRemove(members, id)).toBe(true)
  })

  it.each([
    ['the last one', [member(1)], 'a1', 'cp-1 is the last voting member of etcd'],
    ['the last one beside a learner', [member(1), member(2, {isLearner: true})], 'a1', 'last voting member'],
    [
      'a live one of three with a dead one',
      [member(1), member(2), member(3, down)],
      'a1',
      'has 2 voting members and needs 2, but only 1 of them answers',
    ],
    ['the dead one of two', [member(1), member(2, down)], 'a2', 'needs 2, but only 1 answers'],
    [
      'one without a quorum',
      [member(1), member(2, down), member(3, down)],
      'a3',
      'etcd has 3 voting members and needs 2',
    ],
    ['one that is not there', [member(1)], 'b9', 'etcd has no member b9'],
  ])('is refused for %s', (_, members, id, reason) => {
    expect(mayRemove(members, id)).toContain(reason)
  })
})

describe('adding a member', () => {
  it('needs every voter, unless one more failure would still be survived', () => {
    expect(mayAdd([member(1)])).toBe(true)
    expect(mayAdd([member(1), member(2)])).toBe(true)
    expect(mayAdd([member(1), member(2), member(3, down)])).toContain('cp-3 of 3 voting members does not answer')
    expect(mayAdd([member(1), member(2), member(3), member(4), member(5, down)])).toBe(true)
    expect(mayAdd([member(1), member(2, down)])).toContain('etcd has 2 voting members and needs 2, but only 1 answers')
  })
})

describe('the member of a machine', () => {
  it('is found by its first peer URL, in any way of writing the address', () => {
    const six = member(9, {peerUrls: ['https://[fd00::1]:2380']})
    expect(memberAt([member(1), six], 'fd00:0:0::1')).toBe(six)
    expect(memberAt([member(1), six], '10.0.0.1')).toMatchObject({id: 'a1'})
    expect(memberAt([member(1)], '10.0.0.10')).toBeUndefined()
  })

  it('is a stray one where no machine has its address', () => {
    const members = [member(1), member(2), member(3)]
    expect(strayMembers(members, ['10.0.0.1', '10.0.0.3']).map(({name}) => name)).toEqual(['cp-2'])
  })

  it.each([
    ['https://10.0.0.1:2380', '10.0.0.1'],
    ['https://[fd00:0::1]:2380', 'fd00::1'],
    ['http://cp-1:2380/', 'cp-1'],
    ['nonsense', undefined],
  ])('%s has the host %s', (url, host) => {
    expect(urlHost(url)).toBe(host)
  })
})

describe('the order in which members may pause', () => {
  const one = (last: number, answers = true, isLeader = false) => ({...member(last), answers, isLeader})

  it('has the leader last', () => {
    const order = pauseOrder([one(1, true, true), one(2), one(3)])
    expect(typeof order === 'string' ? order : order.map(({name}) => name)).toEqual(['cp-2', 'cp-3', 'cp-1'])
  })

  it.each([
    [[one(1, true, true), one(2), one(3, false)], 'cp-3 of 3 members does not answer'],
    [[one(1, false), one(2, false), one(3, true, true)], 'cp-1, cp-2 of 3 members do not answer'],
    [[one(1), one(2)], 'etcd has no leader'],
  ])('does not exist while etcd is not whole', (members, why) => {
    expect(pauseOrder(members)).toContain(why)
  })
})
