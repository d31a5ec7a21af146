import {describe, expect, test} from 'vitest'
import {skippedPhases} from '../../src/commands/runtime/requests/skipped-phases.ts'
import {kadmPhases, phaseProblem, phaseRemark} from '../../src/config/documents/kubeadm-phases.ts'
import {hasCoreDns, hasKubeProxy} from '../../src/domain/kubeadm-places.ts'
import {paths} from '../../src/phases/select.ts'
import {joinPhases} from '../../src/phases/workflows/join.ts'
import {sampleCluster} from '../phases/preflight/sample.ts'

describe('phases that are skipped', () => {
  test('by flag: the cluster is one without the add-on', () => {
    const {cluster, skip} = skippedPhases('init', sampleCluster(), ['addon/coredns'])

    expect(skip).toEqual(['addon/coredns'])
    expect([hasCoreDns(cluster), hasKubeProxy(cluster)]).toEqual([false, true])
  })

  test("by kubeadm's names in a file, those that kadm has too", () => {
    const init = {skipPhases: ['addon/kube-proxy', 'etcd/local', 'upload-certs', 'certs/apiserver']}
    const {cluster, skip} = skippedPhases('init', {...sampleCluster(), kubeadm: {init}}, ['mark-control-plane'])

    expect(skip).toEqual(['mark-control-plane', 'addon/kube-proxy', 'etcd'])
    expect(hasKubeProxy(cluster)).toBe(false)
  })

  test('those of a join are not those of an init', () => {
    const kubeadm = {init: {skipPhases: ['certs']}, join: {skipPhases: ['kubelet-start']}}

    expect(skippedPhases('join', {...sampleCluster(), kubeadm}, []).skip).toEqual([
      'worker/kubelet-start',
      'control-plane-join/kubelet-start',
    ])
    expect(skippedPhases('reset', {...sampleCluster(), kubeadm}, []).skip).toEqual([])
  })

  test('those of a control plane that joins exist in kadm, and every name of kubeadm has an answer', () => {
    const ofKubeadm = [
      ...['preflight', 'control-plane-prepare', 'control-plane-prepare/download-certs', 'control-plane-prepare/certs'],
      ...['control-plane-prepare/kubeconfig', 'control-plane-prepare/control-plane', 'kubelet-start', 'etcd-join'],
      ...['kubelet-wait-bootstrap', 'control-plane-join', 'control-plane-join/mark-control-plane'],
      'wait-control-plane',
    ]
    const known = paths(joinPhases)
    for (const name of ofKubeadm) {
      for (const phase of kadmPhases('join', name)) expect(known).toContain(phase)
      expect(phaseProblem('join', name)).toBeUndefined()
    }
    expect(phaseRemark('join', 'kubelet-wait-bootstrap')).toContain('is not skipped')
    expect(phaseProblem('join', 'etcd-jion')).toContain("did you mean 'etcd-join'?")
    expect(kadmPhases('join', 'toString')).toEqual([])
  })
})
