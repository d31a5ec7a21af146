import {expect, it} from 'vitest'
import {onEach} from '../../../src/remote/on-each.ts'
import {scratchHosts, type ScratchHost} from '../scratch-host.ts'
import {callsOf, eventsOf, type Sweep} from './deaths.ts'
import {KILLED} from './life.ts'
import {kubeletRuns} from './leaving-host.ts'
import {removalScene, type RemovalScene} from './removal-scene.ts'

const MANIFESTS = '/etc/kubernetes/manifests'

/** Machines of a control plane, each as a kubeadm that left no ledger made it. */
export function controlPlanes(): () => ScratchHost {
  const scratch = scratchHosts()
  return () => {
    const vm = scratch('cp-2')
    vm.write(`${MANIFESTS}/etcd.yaml`, 'a manifest')
    vm.write(`${MANIFESTS}/kube-apiserver.yaml`, 'a manifest')
    vm.write('/etc/kubernetes/pki/ca.crt', 'a certificate')
    return vm
  }
}

export const membersOf = ({etcd}: RemovalScene): readonly string[] => etcd.members().map(({name}) => name)
export const nodesOf = ({api}: RemovalScene): readonly string[] =>
  [...api.objects.keys()].flatMap(path => /^\/api\/v1\/nodes\/(.+)$/.exec(path)?.[1] ?? [])
export const podsOf = ({api}: RemovalScene): readonly string[] =>
  [...api.objects.keys()].filter(path => path.includes('/pods/'))

/** Nothing of the machine is left in the cluster, and nothing of the cluster on the machine. */
export function isGone(scene: RemovalScene, others: readonly string[]): void {
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

/** Kills the removal of a control plane at these events and in these calls, and runs it again each time. */
export function removalSweep(machine: () => ScratchHost, sweep: Sweep): void {
  it.each([2, 3])(
    `of %i ends as if it had never been killed, when it was killed at ${sweep} of its events and calls`,
    async count => {
      const others = ['cp-1', 'cp-3'].slice(0, count - 1)
      const whole = removalScene(machine(), count)
      await whole.remove()
      isGone(whole, others)
      const points = [...eventsOf(whole.last(), sweep, count), ...callsOf(whole.last(), sweep, count)]
      expect(whole.last().events() + whole.last().calls()).toBeGreaterThan(40)

      const kills = await onEach(points, 3, async death => {
        const scene = removalScene(machine(), count)
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
    240_000,
  )
}
