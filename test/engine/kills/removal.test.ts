import {describe, expect, it} from 'vitest'
import {kubeletRuns} from './leaving-host.ts'
import {DRAIN, removalScene, type RemovalScene} from './removal-scene.ts'
import {controlPlanes, isGone, membersOf, nodesOf, podsOf, removalSweep} from './removal-sweep.ts'

const controlPlane = controlPlanes()

/** The machine still is a whole member of the cluster. */
function isWhole(scene: RemovalScene, names: readonly string[]): void {
  expect(membersOf(scene)).toEqual(names)
  expect(nodesOf(scene)).toEqual(names)
  expect(kubeletRuns(scene.leaver)).toBe(true)
  expect(scene.leaver.has('/var/lib/etcd/member/id')).toBe(true)
}

describe('the removal of a control plane', () => {
  removalSweep(controlPlane, 'some')

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
