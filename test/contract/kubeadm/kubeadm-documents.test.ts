import {describe, expect, test} from 'vitest'
import {parse} from 'yaml'
import {clusterFromFlags} from '../../../src/config/read/from-flags.ts'
import {validateFile} from '../../../src/config/read/validate-file.ts'
import type {Cluster, Node} from '../../../src/domain/cluster.ts'
import {KadmError} from '../../../src/domain/errors.ts'
import {apiServerPod} from '../../../src/manifests/api-server.ts'
import {controllerManagerPod} from '../../../src/manifests/controller-manager.ts'
import {etcdPod} from '../../../src/manifests/etcd.ts'
import {kubeletConfig} from '../../../src/manifests/kubelet-config.ts'
import {kubeletFlagsText} from '../../../src/manifests/kubelet-files.ts'
import {schedulerPod} from '../../../src/manifests/scheduler.ts'
import {toYaml} from '../../../src/manifests/yaml.ts'
import {JUDGED, OTHERWISE, RENDERED} from './cases.ts'
import {isTakenBy, printedBy, realKubeadm, writtenBy} from './real-kubeadm.ts'

const kubeadm = realKubeadm() ?? ''
const environment = {
  readFile: (path: string): string => {
    throw new Error(`no such file: ${path}`)
  },
}

function isTakenByKadm(text: string): boolean {
  try {
    validateFile('kubeadm.yaml', text, environment)
    return true
  } catch (error) {
    if (error instanceof KadmError && error.code === 'config') return false
    throw error
  }
}

const clusterOf = (text: string): Cluster =>
  clusterFromFlags({controlPlane: 'ubuntu@192.0.2.10'}, environment, {name: 'kubeadm.yaml', text}).cluster

/** Leaves out what is empty to Go, and what a machine decides. */
function said(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(said)
  if (typeof value === 'object' && value !== null) {
    const kept = Object.entries(value).flatMap(([key, child]) => {
      const rest = said(child)
      return rest === undefined ? [] : [[key, rest] as const]
    })
    return kept.length === 0 ? undefined : Object.fromEntries(kept)
  }
  return value === null || value === '' || value === 0 || value === '0s' || value === '0' || value === false
    ? undefined
    : value
}

/** The folders of authorities that the pod of kubeadm mounts are those of this machine. */
const caDirsOf = (pod: unknown): readonly string[] =>
  [...JSON.stringify(pod).matchAll(/"hostPath":\{"path":"(\/[^"]*(?:ca-certificates|ca-trust|tls\/certs))"/g)].map(
    ([, path = '']) => path,
  )

/** What is of the machine on which kubeadm ran. */
const OF_MACHINE = ['resolvConf', 'containerRuntimeEndpoint', 'cgroupDriver', 'featureGates']

function rendered(text: string, real: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const cluster = clusterOf(text)
  const [host] = cluster.hosts
  if (host === undefined) throw new Error('no host')
  const node: Node = {host, role: 'control-plane', name: 'cp1', address: '192.0.2.10', networkInterface: 'eth0'}
  const given = {cluster, node, host: {caDirs: caDirsOf(real['kube-apiserver.yaml'])}}
  return {
    'etcd.yaml': etcdPod(given),
    'kube-apiserver.yaml': apiServerPod(given),
    'kube-controller-manager.yaml': controllerManagerPod(given),
    'kube-scheduler.yaml': schedulerPod(given),
    'config.yaml': kubeletConfig(cluster, {cgroupVersion: 2, resolvedActive: false, swapOutside: false}),
    // Unlike kubeadm, kadm always says which address is the node's.
    'kubeadm-flags.env': kubeletFlagsText({node, hostname: ''})
      .replace('--node-ip=192.0.2.10 ', '')
      .replace(' --node-ip=192.0.2.10"', '"'),
  }
}

const comparable = (name: string, value: unknown): unknown => {
  if (typeof value === 'string') return value
  const plain: unknown = said(parse(toYaml(value ?? {})))
  if (name !== 'config.yaml' || typeof plain !== 'object' || plain === null) return plain
  return Object.fromEntries(Object.entries(plain).filter(([key]) => !OF_MACHINE.includes(key)))
}

describe.runIf(kubeadm !== '')('beside the real kubeadm', () => {
  test.each(Object.entries(JUDGED))('the verdict is the same: %s', (_, text) => {
    expect(isTakenByKadm(text)).toBe(isTakenBy(kubeadm, text))
  })

  test.each(Object.entries(OTHERWISE))('kadm decides otherwise: %s', (_, {text, isTaken, why}) => {
    expect(why).not.toBe('')
    expect(isTakenByKadm(text)).toBe(isTaken)
    expect(isTakenBy(kubeadm, text)).toBe(!isTaken)
  })

  test.each(Object.entries(RENDERED))('the same is rendered: %s', (_, text) => {
    const real = writtenBy(kubeadm, text)
    const ours = rendered(text, real)
    for (const name of Object.keys(ours))
      expect(comparable(name, ours[name]), name).toEqual(comparable(name, real[name]))
  })

  test.each([
    [['init-defaults']],
    [['init-defaults', '--component-configs', 'KubeletConfiguration,KubeProxyConfiguration']],
    [['join-defaults']],
  ])('what it prints is taken: %j', args => {
    for (const release of ['1.35.4', '1.36.3', '1.37.2'])
      expect(isTakenByKadm(printedBy(kubeadm, ...args).replace('1.37.0', release))).toBe(true)
  })
})
