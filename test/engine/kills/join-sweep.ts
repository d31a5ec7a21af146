import {beforeAll, expect, it} from 'vitest'
import type {CaName} from '../../../src/domain/certificates.ts'
import {onEach} from '../../../src/remote/on-each.ts'
import type {KeyPair} from '../../../src/resources/core/values.ts'
import {anAuthority} from '../../resources/cluster-values.ts'
import {scratchHosts, type ScratchHost} from '../scratch-host.ts'
import {callsOf, eventsOf, type Sweep} from './deaths.ts'
import {joinScene, type JoinScene} from './join-scene.ts'
import {KILLED, type Death} from './life.ts'
import {taintsOf} from './stored-api.ts'

/** Nothing of a join is left half done, and the cluster could not stop at any moment. */
async function isWhole(scene: JoinScene): Promise<void> {
  const {etcd, api, joining, join} = scene
  const names = joining.map((_, i) => `cp-${String(i + 2)}`)
  expect(etcd.lostQuorum()).toBe(false)
  expect(etcd.refusedStarts).toEqual([])
  expect(etcd.members().map(({name, isLearner}) => ({name, isLearner}))).toEqual(
    expect.arrayContaining(['cp-1', ...names].map(name => ({name, isLearner: false}))),
  )
  expect(etcd.members()).toHaveLength(names.length + 1)
  for (const [i, vm] of joining.entries()) {
    expect(vm.has('/etc/kubernetes/manifests/kube-apiserver.yaml')).toBe(true)
    expect(taintsOf(api.objects.get(`/api/v1/nodes/${names[i] ?? ''}`))).toEqual([
      'node-role.kubernetes.io/control-plane',
    ])
    expect(vm.read('/var/lib/kadm/lease').split('\n')[0]).toBe('')
  }
  expect(await join()).toBe(0)
}

const paths = (...names: readonly string[]): readonly string[] => names.map(name => `control-plane-join/${name}`)
const ETCD = paths('etcd', 'mark-control-plane')
const BEFORE_AND_AFTER = paths('certs', 'kubeconfig', 'kubelet-start', 'manifests')

/**
 * Kills the join at each of these points, each time on machines that are like the given ones, and runs it again. The waits of a run
 * make its number of calls, so that it may end before the last points.
 */
async function killedAt(points: readonly Death[], scene: () => JoinScene): Promise<void> {
  const kills = await onEach(points, 3, async death => {
    const made = scene()
    // What comes after the work is done may fail.
    await made.join(death).catch((error: unknown) => expect(String(error)).toContain(KILLED))
    const isKilled = made.last().isOver()
    expect(made.etcd.lostQuorum()).toBe(false)
    await made.join()
    await isWhole(made)
    return isKilled
  })
  expect(kills.filter(Boolean).length).toBeGreaterThan(points.length / 2)
}

/** Kills the join of a control plane at these events and in these calls, and runs it again each time. */
export function joinSweep(sweep: Sweep): void {
  const scratch = scratchHosts()
  const authorities = new Map<string, KeyPair>()

  beforeAll(async () => {
    for (const name of ['ca', 'etcd-ca', 'front-proxy-ca'] as const satisfies readonly CaName[])
      authorities.set(name, await anAuthority({name}))
  })

  /** Machines that have what all phases make but those that are skipped. */
  async function prepared(names: readonly string[], skip: readonly string[]): Promise<() => readonly ScratchHost[]> {
    const made = names.map(name => scratch(name))
    await joinScene({authorities, joining: made, skip}).join()
    return () => made.map((vm, i) => scratch(names[i], vm))
  }

  it('is complete when kadm is killed again and again on a bare machine', async () => {
    const scene = joinScene({authorities, joining: [scratch('cp-2')]})
    let kills = 0
    for (let at = 3; ; at += 3) {
      await scene.join({kind: 'event', at}).catch((error: unknown) => expect(String(error)).toContain(KILLED))
      if (!scene.last().isOver()) break
      kills += 1
    }
    expect(kills).toBeGreaterThan(5)
    await isWhole(scene)
  }, 60_000)

  it(`is complete when kadm is killed at ${sweep} of its events and the join is run again`, async () => {
    const machines = await prepared(['cp-2'], [...ETCD, ...paths('manifests')])
    const scene = (): JoinScene => joinScene({authorities, joining: machines()})
    const whole = scene()
    await whole.join()
    const events = eventsOf(whole.last(), sweep)
    await isWhole(whole)
    expect(whole.last().events()).toBeGreaterThan(20)

    await killedAt(events, scene)
  }, 240_000)

  it(`is complete together with another one when kadm is killed in ${sweep} of its calls to a machine, the API or etcd`, async () => {
    const machines = await prepared(['cp-2', 'cp-3'], ETCD)
    const scene = (): JoinScene => joinScene({authorities, joining: machines(), skip: BEFORE_AND_AFTER})
    const whole = scene()
    await whole.join()
    const points = callsOf(whole.last(), sweep)
    expect(whole.last().calls()).toBeGreaterThan(30)
    await isWhole(whole)

    await killedAt(points, scene)
  }, 240_000)
}
