import {describe, expect, test} from 'vitest'

import {file, problems, read} from './reading.ts'

const kubelet = (body: string): string =>
  file(`---\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n${body}\n`)
const kubeProxy = (body: string): string =>
  file(`---\napiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n${body}\n`)

/** Each was given to the real kubeadm v1.37.2, which refuses the first list and takes the second. */
describe('values that Go cannot read are refused with their place', () => {
  test.each([
    [
      'systemReserved: {cpu: 1}',
      '9:23: KubeletConfiguration.systemReserved.cpu: must be text, not the number 1; write it in quotes: "1"',
    ],
    [
      'maxPods: "150"',
      "9:10: KubeletConfiguration.maxPods: must be a whole number, not '150'; write it without quotes: 150",
    ],
    ['maxPods: 1.5', '9:10: KubeletConfiguration.maxPods: must be a whole number, not the number 1.5'],
    ['maxPods: 3000000000', '9:10: KubeletConfiguration.maxPods: must be a whole number, not the number 3000000000'],
    ['maxPods: true', '9:10: KubeletConfiguration.maxPods: must be a whole number, not the value true'],
    [
      'failSwapOn: "false"',
      "9:13: KubeletConfiguration.failSwapOn: must be true or false, not 'false'; write it without quotes: false",
    ],
    [
      'nodeStatusUpdateFrequency: 10',
      '9:28: KubeletConfiguration.nodeStatusUpdateFrequency: must be a duration such as 10s or 1h30m, not the number 10',
    ],
    [
      'shutdownGracePeriod: 1d',
      "9:22: KubeletConfiguration.shutdownGracePeriod: must be a duration such as 10s or 1h30m, not '1d'",
    ],
    [
      'shutdownGracePeriod: ""',
      "9:22: KubeletConfiguration.shutdownGracePeriod: must be a duration such as 10s or 1h30m, not ''",
    ],
    [
      'clusterDNS: 10.96.0.10',
      "9:13: KubeletConfiguration.clusterDNS: must be a list, not '10.96.0.10'; write it as [10.96.0.10]",
    ],
    [
      'clusterDNS: [1]',
      '9:14: KubeletConfiguration.clusterDNS[0]: must be text, not the number 1; write it in quotes: "1"',
    ],
    ['evictionHard: [a]', '9:15: KubeletConfiguration.evictionHard: must be a mapping of names to values, not a list'],
    [
      'featureGates: {A: "true"}',
      "9:19: KubeletConfiguration.featureGates.A: must be true or false, not 'true'; write it without quotes: true",
    ],
    ['authentication: x', "9:17: KubeletConfiguration.authentication: must be a mapping, not 'x'"],
    ['registerWithTaints: {key: a}', '9:21: KubeletConfiguration.registerWithTaints: must be a list, not a mapping'],
    [
      'registerWithTaints: [{key: 1}]',
      '9:28: KubeletConfiguration.registerWithTaints[0].key: must be text, not the number 1; write it in quotes: "1"',
    ],
    [
      'reservedMemory: [{numaNode: 0, limits: {memory: 1Z}}]',
      "9:49: KubeletConfiguration.reservedMemory[0].limits.memory: must be a quantity such as 500m or 1Gi, not '1Z'",
    ],
    [
      'logging: {verbosity: -1}',
      '9:22: KubeletConfiguration.logging.verbosity: must be a whole number of at least 0, not the number -1',
    ],
  ])('%s', (body, line) => {
    expect(problems(() => read(kubelet(body)))).toEqual([`kadm.yaml:${line}`])
  })

  test('of kube-proxy too, all at once', () => {
    expect(
      problems(() => read(kubeProxy('conntrack: {maxPerCore: "0"}\niptables: {syncPeriod: 30}\nmode: 5'))),
    ).toEqual([
      "kadm.yaml:9:25: KubeProxyConfiguration.conntrack.maxPerCore: must be a whole number, not '0'; write it without quotes: 0",
      'kadm.yaml:10:24: KubeProxyConfiguration.iptables.syncPeriod: must be a duration such as 10s or 1h30m, not the number 30',
      'kadm.yaml:11:7: KubeProxyConfiguration.mode: must be text, not the number 5; write it in quotes: "5"',
    ])
  })

  test.each([
    ['maxPods: 1.0', {maxPods: 1}],
    ['maxPods: 0x10', {maxPods: 16}],
    ['failSwapOn: no', {failSwapOn: false}],
    ['shutdownGracePeriod: 1.5h', {shutdownGracePeriod: '1.5h'}],
    ['shutdownGracePeriod: "0"', {shutdownGracePeriod: '0'}],
    ['logging: {flushFrequency: 5}', {logging: {flushFrequency: 5}}],
    ['logging: {options: {json: {infoBufferSize: 5}}}', {logging: {options: {json: {infoBufferSize: 5}}}}],
    [
      'reservedMemory: [{numaNode: 0, limits: {memory: 1Gi}}]',
      {reservedMemory: [{numaNode: 0, limits: {memory: '1Gi'}}]},
    ],
    ['nodeStatusUpdateFrequency: -5s', {nodeStatusUpdateFrequency: '-5s'}],
  ])('%s is taken', (body, value) => {
    expect(read(kubelet(body)).cluster.extra.kubelet).toEqual(value)
  })
})

describe('what has no value says nothing', () => {
  test('a key without one, an empty text and a duration of zero', () => {
    const {cluster, warnings} = read(
      kubelet(
        'maxPods: 200\nclusterDNS:\nauthentication:\nstaticPodPath: ""\nclusterDomain:\nsyncFrequency: 0s\nauthorization: {mode: ""}',
      ),
    )

    expect(cluster.extra.kubelet).toEqual({maxPods: 200, authorization: {}})
    expect(warnings).toEqual([])
  })

  test('an empty text behind a pointer is a value: no resolv.conf for pods', () => {
    expect(read(kubelet('resolvConf: ""')).cluster.extra.kubelet).toEqual({resolvConf: ''})
  })

  test('of kube-proxy too', () => {
    const {cluster} = read(
      kubeProxy('mode: ipvs\nclusterCIDR: ""\nclientConnection: {kubeconfig: "", qps: 20}\nconntrack: {min: }'),
    )

    expect(cluster.extra.kubeProxy).toEqual({mode: 'ipvs', clientConnection: {qps: 20}, conntrack: {}})
  })
})
