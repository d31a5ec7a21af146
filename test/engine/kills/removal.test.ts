import {describe, expect, it} from 'vitest'
import {onEach} from '../../../src/remote/on-each.ts'
import {scratchHosts, type ScratchHost} from '../scratch-host.ts'
import {KILLED, type Death} from './life.ts'
import {kubeletRuns} from './leaving-host.ts'
import {DRAIN, removalScene, type RemovalScene} from './removal-scene.ts'

const scratch = scratchHosts()
const MANIFESTS = '/etc/kubernetes/manifests'

/** The machine of a control plane, as a kubeadm that left no ledger made it. */
function controlPlane(): ScratchHost {
  const vm = scratch('cp-2')
  vm.write(`${MANIFESTS}/etcd.yaml`, 'a manifest')
  vm.write(`${MANIFESTS}/kube-apiserver.yaml`, 'a manifest')
  vm.write('/etc/kubernetes/pki/ca.crt', 'a certificate')
  return vm
}

const membersOf = ({etcd}: RemovalScene): readonly string[] => etcd.members().map(({name}) => name)
const nodesOf = ({api}: RemovalScene): readonly string[] =>
  [...api.objects.keys()].flatMap(path => /^\/api\/v1\/nodes\/(.+)$/.exec(path)?.[1] ?? [])
const podsOf = ({api}: RemovalScene): readonly string[] =>
  [...api.objects.keys()].filter(path => path.includes('/pods/'))

/** Nothing of the machine is left in the cluster, and nothing of the cluster on the machine. */
function isGone(scene: RemovalScene, others: readonly string[]): void {
  expect(scene.etcd.lostQuorum()).toBe(false)
  expect(membersOf(scene)).toEqual(others)
  expect(nodesOf(scene)).toEqual(others)
  expect(podsOf(scene)).toEqual([])
  expect(kubeletRuns(scene.leaver)).toBe(false)
  for (const path of [
    `${MANIFESTS}/etcd.yaml`,
    '/etc/kubernetes/pki/ca.crt',
    '/var/lib/etcd/member/id',
    '/var/lib/kadm',
  ])
    expect(scene.leaver.has(path), path).toBe(false)
}

/** The machine still is a whole member of the cluster. */
function isWhole(scene: RemovalScene, names: readonly string[]): void {
  expect(membersOf(scene)).toEqual(names)
  expect(nodesOf(scene)).toEqual(names)
  expect(kubeletRuns(scene.leaver)).toBe(true)
  expect(scene.leaver.has('/var/lib/etcd/member/id')).toBe(true)
}

describe('the removal of a control plane', () => {
  it.each([2, 3])(
    'of %i ends as if it had never been killed, at whatever event and call it was',
    async count => {
      const others = ['cp-1', 'cp-3'].slice(0, count - 1)
      const whole = removalScene(controlPlane(), count)
      await whole.remove()
      isGone(whole, others)
      const points = (['event', 'call'] as const).flatMap(kind =>
        Array.from({length: kind === 'event' ? whole.last().events() : whole.last().calls()}, (_, i): Death => ({
          kind,
          at: i + 1,
        })),
      )
      expect(points.length).toBeGreaterThan(40)

      const kills = await onEach(points, 3, async death => {
        const scene = removalScene(controlPlane(), count)
        await scene.remove({death}).catch((error: unknown) => expect(String(error)).toContain(KILLED))
        const isKilled = scene.last().isOver()
        expect(scene.etcd.lostQuorum()).toBe(false)
        await scene.remove()
        isGone(scene, others)
        return isKilled
      })
      // The lease of the cluster is renewed by the clock, so that a run may have a call less.
      expect(kills.filter(Boolean).length).toBeGreaterThan(points.length * 0.8)
    },
    120_000,
  )

  it('changes nothing of the machine and of etcd while a budget blocks the drain, and continues when it allows it', async () => {
    const scene = removalScene(controlPlane(), 3)
    scene.api.refuseEvictions(true)

    await expect(scene.remove({drain: {...DRAIN, timeoutMs: 20_000}})).rejects.toMatchObject({
      code: 'timeout',
      hint: expect.stringContaining('kubectl uncordon cp-2') as string,
    })

    isWhole(scene, ['cp-1', 'cp-2', 'cp-3'])
    expect(scene.api.objects.get('/api/v1/nodes/cp-2')).toMatchObject({spec: {unschedulable: true}})
    scene.api.refuseEvictions(false)
    await scene.remove()
    isGone(scene, ['cp-1', 'cp-3'])
  })

  it('changes nothing when etcd would lose its quorum, and says the numbers', async () => {
    const scene = removalScene(controlPlane(), 3)
    scene.off.add('cp-3')

    await expect(scene.remove()).rejects.toThrow('needs 2, but only 1 of them answers')

    isWhole(scene, ['cp-1', 'cp-2', 'cp-3'])
    expect(podsOf(scene)).toHaveLength(2)
    scene.off.clear()
    await scene.remove()
    isGone(scene, ['cp-1', 'cp-3'])
  })

  it('takes no member out when another one fails during the drain', async () => {
    const scene = removalScene(controlPlane(), 3)
    scene.api.refuseEvictions(true, () => scene.off.add('cp-3'))

    await expect(scene.remove()).rejects.toMatchObject({
      code: 'preflight',
      message: expect.stringContaining('needs 2, but only 1 of them answers') as string,
    })

    isWhole(scene, ['cp-1', 'cp-2', 'cp-3'])
    expect(scene.etcd.lostQuorum()).toBe(false)
    scene.off.clear()
    await scene.remove()
    isGone(scene, ['cp-1', 'cp-3'])
  })

  it('of a machine that does not answer changes nothing, and names the way to remove a dead one', async () => {
    const scene = removalScene(controlPlane(), 3)
    scene.off.add('cp-2')

    await expect(scene.remove()).rejects.toMatchObject({
      code: 'host-lost',
      hint: expect.stringContaining('kadm remove cp-2 --dead') as string,
    })

    isWhole(scene, ['cp-1', 'cp-2', 'cp-3'])
    expect(podsOf(scene)).toHaveLength(2)
  })
})
