import {describe, expect, test} from 'vitest'
import {ofItsOwn, toldByNobody} from '../../../src/diagnose/cluster/told-by-hosts.ts'
import type {Diagnosis} from '../../../src/diagnose/diagnosis.ts'

const finding = (name: string, more: Partial<Diagnosis> = {}): Diagnosis => ({
  name,
  cause: name,
  certainty: 'certain',
  proof: ['x'],
  fix: 'x',
  ...more,
})

const MISSING = finding('static-pod-missing', {
  cause: 'control plane master does not run kube-scheduler: new pods are not scheduled',
  nodes: ['master'],
})
const manifest = finding('manifest-missing', {cause: '/etc/kubernetes/manifests has no kube-scheduler.yaml'})
const other = finding('manifest-missing', {cause: '/etc/kubernetes/manifests has no etcd.yaml'})
const DOWN = finding('node-not-ready', {nodes: ['worker-1']})
const DNS = finding('pod-trouble', {
  cause: 'pod kube-system/coredns-5d78 keeps crashing on worker-1',
  nodes: ['worker-1'],
})

describe('one trouble is reported once', () => {
  test.each([
    ['its manifest is missing', MISSING, ['10.0.0.1', 'master'], manifest],
    ['its kubelet is off', DOWN, ['10.0.0.2', 'worker-1'], finding('kubelet-off')],
    ['its Corefile cannot be read', DNS, ['worker-1', 'worker-1'], finding('corefile', {cause: 'CoreDNS cannot read'})],
    ['its API stops', finding('api-silent', {nodes: ['10.0.0.1']}), ['10.0.0.1', 'master'], manifest],
    [
      'its load balancer has no port',
      finding('pod-trouble', {cause: 'pod kube-system/kadm-haproxy-w1 keeps crashing on w1', nodes: ['w1']}),
      ['w1'],
      finding('load-balancer-port', {cause: 'the load balancer of this node cannot start'}),
    ],
    ['etcd has no space', finding('etcd-refuses'), ['master'], finding('etcd-space')],
  ])('%s', (_, fault, names, own) => {
    expect(toldByNobody([fault], [{names, diagnoses: [own]}])).toEqual([])
  })

  test('a machine without flannel, where the cluster has none', () => {
    const flannel = finding('flannel-missing')

    expect(ofItsOwn([flannel], [finding('workload-missing')])).toEqual([])
    expect(ofItsOwn([flannel], [finding('node-cordoned')])).toEqual([flannel])
  })
})

describe('nothing is hidden that nobody else tells', () => {
  test.each([
    ['another part fails there', MISSING, ['master'], other],
    ['another machine fails', DOWN, ['worker-2'], finding('kubelet-off')],
    ['the machine is not sure', DOWN, ['worker-1'], finding('kubelet-off', {certainty: 'possible'})],
    ['the machine has another trouble', DOWN, ['worker-1'], finding('corefile')],
    [
      'a pod of users fails',
      finding('pod-trouble', {cause: 'pod kube-system/metrics-1 keeps crashing', nodes: ['w']}),
      ['w'],
      finding('certificate-expired'),
    ],
    [
      'a pod has no node',
      finding('pod-trouble', {cause: 'pod kube-system/coredns-1 finds no node', nodes: []}),
      ['w'],
      finding('corefile', {cause: 'CoreDNS'}),
    ],
    [
      'one of two nodes is reported',
      finding('pod-trouble', {cause: DNS.cause, nodes: ['w', 'v']}),
      ['w'],
      finding('corefile', {cause: 'CoreDNS'}),
    ],
    ['no rule knows it better', finding('webhook-down'), ['master'], manifest],
  ])('%s', (_, fault, names, own) => {
    expect(toldByNobody([fault], [{names, diagnoses: [own]}])).toEqual([fault])
  })
})
