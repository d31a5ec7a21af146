import {quorumOf, type EtcdMember} from '../../../src/domain/etcd.ts'
import type {EtcdClient} from '../../../src/kube/etcd/etcd-client.ts'
import {EtcdError} from '../../../src/kube/etcd/etcd-error.ts'
import type {Life} from './life.ts'

/** The etcd of one machine: what its kubelet and its disk say. */
export interface EtcdMachine {
  readonly name: string
  readonly peerUrl: string
  /** Whether the machine is on. */
  readonly isUp: () => boolean
  /** The manifest of etcd on it; undefined when the kubelet runs no etcd. */
  readonly manifest: () => string | undefined
  /** The id of the member whose data is on its disk. */
  readonly data: () => string | undefined
  readonly writeData: (id: string) => void
}

type Entry = {-readonly [K in keyof EtcdMember]: EtcdMember[K]} & {lag: number}

export interface EtcdByRules {
  readonly members: () => readonly EtcdMember[]
  /** Set when too few voters ran at any moment. */
  readonly lostQuorum: () => boolean
  /** Why a member did not start, newest last. */
  readonly refusedStarts: readonly string[]
  /** Lets time pass: kubelets start and stop etcd as the manifests say. */
  readonly pass: () => void
  /** The client of one run. */
  readonly client: (life: Life) => EtcdClient
}

/** How often a learner is asked for its promotion before it has all data. */
const LAG = 3
const never = (): Promise<never> => Promise.reject(new Error('not asked in this test'))

const flagIn = (manifest: string, flag: string): string => new RegExp(`--${flag}=([^\\s"']+)`).exec(manifest)?.[1] ?? ''

/** An etcd that keeps etcd's own rules (server/etcdserver: mayAddMember, mayRemoveMember, promoteMember, and a member's first start). */
export function etcdByRules(machines: readonly EtcdMachine[], first: readonly string[]): EtcdByRules {
  let next = 1
  let hasLostQuorum = false
  const refusedStarts: string[] = []
  const entries = new Map<string, Entry>()
  const enter = (peerUrl: string, name: string, isLearner: boolean): Entry => {
    const id = `a${String(next++)}`
    const entry = {id, name, peerUrls: [peerUrl], clientUrls: [], isLearner, lag: isLearner ? LAG : 0}
    entries.set(id, entry)
    return entry
  }
  for (const machine of machines.filter(({name}) => first.includes(name)))
    machine.writeData(enter(machine.peerUrl, machine.name, false).id)
  const running = new Set<string>()
  const start = (machine: EtcdMachine, manifest: string): string | undefined => {
    const own = machine.data()
    if (own !== undefined) return entries.has(own) ? own : refuse(machine, 'the member was removed')
    const urls = flagIn(manifest, 'initial-cluster')
      .split(',')
      .map(peer => peer.split('=')[1] ?? '')
    const known = [...entries.values()].flatMap(({peerUrls}) => peerUrls)
    if (flagIn(manifest, 'initial-cluster-state') !== 'existing') return refuse(machine, 'it began another cluster')
    if (urls.toSorted().join() !== known.toSorted().join()) return refuse(machine, 'member count is unequal')
    const entry = [...entries.values()].find(({peerUrls}) => peerUrls.includes(machine.peerUrl))
    if (entry === undefined) return refuse(machine, 'it is not a member')
    entry.name = flagIn(manifest, 'name')
    machine.writeData(entry.id)
    return entry.id
  }
  const refuse = ({name}: EtcdMachine, why: string): string | undefined => {
    refusedStarts.push(`${name}: ${why}`)
    return undefined
  }
  const pass = (): void => {
    running.clear()
    for (const machine of machines) {
      const manifest = machine.isUp() ? machine.manifest() : undefined
      const id = manifest === undefined ? undefined : start(machine, manifest)
      if (id !== undefined) running.add(id)
    }
    hasLostQuorum ||= !hasQuorum()
  }
  const voters = (): readonly Entry[] => [...entries.values()].filter(({isLearner}) => !isLearner)
  const up = (some: readonly Entry[]): number => some.filter(({id}) => running.has(id)).length
  const hasQuorum = (): boolean => up(voters()) >= quorumOf(voters().length)
  /** A request that all voters must agree on, with time before and after it. */
  const agreed = <T>(life: Life, work: () => T): Promise<T> =>
    life.call(() => {
      pass()
      if (!hasQuorum()) throw new EtcdError('no-leader', 'no leader')
      const done = work()
      pass()
      return done
    })
  const entryOf = (id: string): Entry => {
    const entry = entries.get(id)
    if (entry === undefined) throw new EtcdError('member-not-found', 'member not found')
    return entry
  }
  const shown = ({id, name, peerUrls, clientUrls, isLearner}: Entry): EtcdMember => ({
    ...{id, name, peerUrls, clientUrls, isLearner},
  })
  return {
    members: () => [...entries.values()].map(shown),
    lostQuorum: () => hasLostQuorum,
    refusedStarts,
    pass,
    client: life => ({
      members: () => agreed(life, () => [...entries.values()].map(shown)),
      askMembers: () =>
        agreed(life, () => [...entries.values()].map(one => ({...shown(one), isHealthy: running.has(one.id)}))),
      addLearner: peerUrl =>
        agreed(life, () => {
          const known = [...entries.values()].find(({peerUrls}) => peerUrls.includes(peerUrl))
          if (known !== undefined) return shown(known)
          if ([...entries.values()].some(({isLearner}) => isLearner))
            throw new EtcdError('too-many-learners', 'too many learner members in cluster')
          if (up(voters()) < voters().length) throw new EtcdError('unhealthy-cluster', 'unhealthy cluster')
          return shown(enter(peerUrl, '', true))
        }),
      promote: id =>
        agreed(life, () => {
          const entry = entryOf(id)
          if (!entry.isLearner) return false
          if (!running.has(id) || entry.lag-- > 0) throw new EtcdError('learner-not-ready', 'not in sync with leader')
          entry.isLearner = false
          return true
        }),
      remove: id =>
        agreed(life, () => {
          const entry = entries.get(id)
          if (entry === undefined) return false
          const rest = voters().filter(one => one.id !== id)
          const named = rest.filter(({name}) => name !== '').length
          if (!entry.isLearner && (rest.length === 0 || named < quorumOf(rest.length)))
            throw new EtcdError('not-enough-started', 'not enough started members')
          if (!entry.isLearner && running.has(id) && up(rest) < quorumOf(rest.length))
            throw new EtcdError('unhealthy-cluster', 'unhealthy cluster')
          return entries.delete(id)
        }),
      status: never,
      alarms: never,
      defragment: never,
      disarm: never,
      waysTo: () => [],
      snapshot: () => {
        throw new Error('not asked in this test')
      },
      close: () => Promise.resolve(),
    }),
  }
}
