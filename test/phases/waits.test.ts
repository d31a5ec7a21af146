import {describe, expect, test} from 'vitest'
import type {Arg, ComponentExtra, Extra} from '../../src/domain/cluster.ts'
import {readTemplates} from '../../src/engine/sources/templates-on-disk.ts'
import {controllersHealthyPhase, waitControlPlanePhase} from '../../src/phases/control-plane/wait-control-plane.ts'
import {sampleCluster, seen} from './preflight/sample.ts'
import {sampleContext} from './sample-context.ts'

const templates = readTemplates()
const withArgs = (...args: readonly Arg[]): ComponentExtra => ({args, volumes: [], envs: []})

/** Where a run asks each component for its health. */
function asked(extra: Partial<Extra>): readonly string[] {
  const cluster = {...sampleCluster(), extra: {...sampleCluster().extra, ...extra}}
  const context = sampleContext(templates, {on: 'master', cluster})
  const resources = [waitControlPlanePhase, controllersHealthyPhase].flatMap(phase => phase.resources?.(context) ?? [])
  return resources.flatMap(one =>
    one.kind === 'endpoint-healthy' ? [`${one.component} ${one.address} ${String(one.port)}`] : [],
  )
}

describe('the health of a component', () => {
  test('is asked at the usual places', () => {
    expect(asked({})).toEqual([
      'kubelet 127.0.0.1 10248',
      'API server 192.168.56.10 6443',
      'controller manager 127.0.0.1 10257',
      'scheduler 127.0.0.1 10259',
    ])
  })

  test('is asked where the files that kadm writes say that it listens', () => {
    const extra = {
      kubelet: {healthzPort: 10268, healthzBindAddress: '0.0.0.0'},
      apiServer: withArgs({name: 'advertise-address', value: '10.20.0.10'}),
      controllerManager: withArgs({name: 'bind_address', value: '::'}, {name: 'secure-port', value: '10300'}),
      scheduler: withArgs({name: 'bind-address', value: '::1'}),
    }

    expect(asked(extra)).toEqual([
      'kubelet 127.0.0.1 10268',
      'API server 10.20.0.10 6443',
      'controller manager ::1 10300',
      'scheduler ::1 10259',
    ])
  })

  test('is not asked of a kubelet that has no health server', () => {
    expect(asked({kubelet: {healthzPort: 0}})).toHaveLength(3)
  })
})

test('a folder of patches that is not there stops the run', () => {
  const cluster = sampleCluster({kubeadm: {init: {patchesDirectory: '/nowhere'}}})

  expect(seen('Patches', {}, {cluster})).toEqual([
    'error master: the folder of patches /nowhere is not there -> kadm reads patches on the machine where it runs: copy the folder there, or name another with --patches',
  ])
  const there = sampleCluster({kubeadm: {init: {patchesDirectory: '/there', patches: []}}})
  expect(seen('Patches', {}, {cluster: there})).toEqual([])
})
