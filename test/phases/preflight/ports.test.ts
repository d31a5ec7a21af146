import {describe, expect, test} from 'vitest'
import type {Cluster} from '../../../src/domain/cluster.ts'
import type {Facts} from '../../../src/domain/facts.ts'
import {judge} from '../../../src/phases/preflight/judge.ts'
import {input, judged, sampleCluster, tell} from './sample.ts'

type Socket = Facts['listening'][number]
type Role = 'control-plane' | 'worker'

const nginx = (port: number, address = '0.0.0.0'): Socket => ({port, address, process: 'nginx'})

/** The names of the ports that are refused. */
function refused(role: Role, listening: readonly Socket[], cluster: Cluster = sampleCluster(), facts: object = {}) {
  const host = judged('node', 10, {role, listening, ...facts})
  const found = judge(input([host], {cluster})).filter(
    ({name, severity}) => /^Port-/.test(name) && severity === 'error',
  )
  return found.map(({name}) => Number(name.slice('Port-'.length)))
}

const EVERY = [10250, 10248, 10249, 10256]
const OF_CONTROL_PLANE = [6443, 10259, 10257, 2379, 2380, 2381]

test('every port of a role is wanted free, and no other', () => {
  const all = [...OF_CONTROL_PLANE, ...EVERY, 22, 80, 8443].map(port => nginx(port))

  expect(refused('control-plane', all)).toEqual([...OF_CONTROL_PLANE, ...EVERY])
  expect(refused('worker', all)).toEqual(EVERY)
})

test('a port on one address is taken only for what binds there or everywhere', () => {
  const elsewhere = [10248, 10249, 2381, 10257, 10250, 10256].map(port => nginx(port, '192.168.56.10'))

  expect(refused('control-plane', elsewhere)).toEqual([10250, 10256])
  expect(refused('control-plane', [nginx(10248, '127.0.0.1'), nginx(10257, '::')])).toEqual([10257, 10248])
})

test('a network that routes services itself stands in for kube-proxy on a node that runs, and nowhere else', () => {
  const cilium = [{port: 10256, address: '::', process: 'cilium-agent'}]

  expect(refused('control-plane', cilium, sampleCluster(), {clusterCaHash: 'aa'})).toEqual([])
  expect(refused('control-plane', [nginx(10256)], sampleCluster(), {clusterCaHash: 'aa'})).toEqual([10256])
  expect(refused('control-plane', cilium)).toEqual([10256])
})

describe('ports that the file changes', () => {
  const base = sampleCluster()
  const arg = (name: string, value: string) => ({args: [{name, value}], volumes: [], envs: []})

  test('are looked at instead of the usual ones', () => {
    const cluster: Cluster = {
      ...base,
      apiPort: 8443,
      extra: {
        ...base.extra,
        scheduler: arg('secure-port', '11259'),
        controllerManager: arg('bind-address', '0.0.0.0'),
        etcd: arg('listen-metrics-urls', 'http://0.0.0.0:12381'),
        kubelet: {healthzPort: 11248, port: 11250},
        kubeProxy: {metricsBindAddress: '0.0.0.0:11249', healthzBindAddress: '[::]:11256'},
      },
    }
    const usual = [6443, 10259, 2381, ...EVERY].map(port => nginx(port))
    const own = [8443, 11259, 12381, 11248, 11250, 11249, 11256].map(port => nginx(port, '192.168.56.10'))

    expect(refused('control-plane', usual, cluster)).toEqual([])
    expect(refused('control-plane', own, cluster)).toEqual([8443, 12381, 11250, 11249, 11256])
    expect(refused('control-plane', [nginx(10257, '10.0.0.1')], cluster)).toEqual([10257])
  })

  test('and that are turned off are not', () => {
    const cluster = {...base, extra: {...base.extra, kubelet: {healthzPort: 0}}}

    expect(refused('worker', [nginx(10248)], cluster)).toEqual([])
  })
})

test('a local load balancer wants its two ports on the loopback address of every node', () => {
  const cluster: Cluster = {...sampleCluster(), controlPlaneEndpoint: 'api.kadm.internal:9443'}
  const held = [9443, 9444].map(port => nginx(port, '127.0.0.1'))

  expect(refused('worker', held, cluster)).toEqual([9443, 9444])
  expect(refused('control-plane', held, cluster)).toEqual([9443, 9444])
  expect(refused('worker', [nginx(9443, '192.168.56.10'), nginx(7443)], cluster)).toEqual([])
  expect(refused('worker', held)).toEqual([])

  const [told] = judge(input([judged('node', 10, {role: 'worker', listening: held})], {cluster})).filter(
    ({name}) => name === 'Port-9443',
  )
  expect(told).toMatchObject({
    message: 'nginx listens on it at 127.0.0.1; the local load balancer of this node needs it',
    remedy: 'stop nginx, or use another machine, or choose another port: loadBalancer: {kind: local, port: PORT}',
  })
})

test('its own load balancer does not block a node', () => {
  const cluster: Cluster = {...sampleCluster(), controlPlaneEndpoint: 'api.kadm.internal:7443'}
  const own = [7443, 7444].map(port => ({port, address: '127.0.0.1', process: 'haproxy'}))

  expect(refused('worker', own, cluster, {clusterCaHash: 'aa'})).toEqual([7443, 7444])
  expect(refused('control-plane', own, cluster, {clusterCaHash: 'aa'})).toEqual([])
})

describe('who holds a port is reported with its unit', () => {
  const toldOf = (socket: Socket, facts: object = {}): readonly string[] => {
    const host = judged('node', 10, {listening: [socket], ...facts})
    return tell(judge(input([host])).filter(({name}) => name === `Port-${socket.port}`))
  }

  test.each<[string, Socket, string]>([
    [
      'a service',
      {...nginx(10256), unit: 'nginx.service'},
      'error node: nginx (nginx.service) listens on it at 0.0.0.0; the kube-proxy of this node needs it -> stop it permanently: sudo systemctl disable --now nginx.service, or use another machine',
    ],
    [
      'a program of a session',
      {port: 10248, address: '127.0.0.1', process: 'python3', unit: 'session-4.scope'},
      'error node: python3 (session-4.scope) listens on it at 127.0.0.1; the kubelet of this node needs it -> stop python3, or use another machine',
    ],
    [
      'a program that ss does not show',
      {port: 10250, address: '::', process: ''},
      'error node: an unknown process listens on it at ::; the kubelet of this node needs it -> find it with sudo ss -ltnp and stop it, or use another machine',
    ],
    [
      'the kubelet of k0s',
      {port: 10250, address: '::', process: 'kubelet', unit: 'k0sworker.service'},
      'error node: the kubelet of another product (k0sworker.service) listens on it at :: -> uninstall the product that runs this kubelet (sudo systemctl status k0sworker.service), or use another machine',
    ],
    [
      'the kubelet of RKE, in a container of docker',
      {port: 10250, address: '::', process: 'kubelet', unit: 'docker-0123.scope'},
      'error node: the kubelet of another product (docker-0123.scope) listens on it at :: -> uninstall the product that runs this kubelet (sudo systemctl status docker-0123.scope), or use another machine',
    ],
    [
      'a kubelet that waits for its cluster',
      {port: 10250, address: '::', process: 'kubelet', unit: 'kubelet.service'},
      'info node: a kubelet without a cluster runs -> kadm starts it again with its own configuration',
    ],
  ])('%s', (_what, socket, line) => {
    expect(toldOf(socket)).toEqual([line])
  })

  test('a kubelet whose unit cannot be seen is ours only where kubelet.service runs', () => {
    const socket = {port: 10250, address: '::', process: 'kubelet'}
    const units = {'kubelet.service': {active: 'active', enabled: 'enabled'}}

    expect(toldOf(socket)).toEqual([expect.stringMatching(/^error /)])
    expect(toldOf(socket, {units})).toEqual([expect.stringMatching(/^info /)])
  })

  test('a kubelet that is in a cluster without a CA where kubeadm has it is not started again', () => {
    const socket = {port: 10250, address: '::', process: 'kubelet', unit: 'kubelet.service'}

    expect(toldOf(socket, {apiServer: 'https://10.9.9.9:6443'})).toEqual([
      expect.stringMatching(
        /^error node: the kubelet of the cluster at https:\/\/10.9.9.9:6443 \(kubelet.service\) listens/,
      ),
    ])
  })

  test('a node of this cluster has its ports taken by its own components', () => {
    const listening = [
      {port: 10249, address: '127.0.0.1', process: 'kube-proxy'},
      {port: 10248, address: '127.0.0.1', process: 'kubelet'},
      {port: 10257, address: '127.0.0.1', process: 'kube-controller'},
    ]

    expect(refused('control-plane', listening, sampleCluster(), {clusterCaHash: 'aa'})).toEqual([])
    expect(refused('control-plane', [nginx(10249)], sampleCluster(), {clusterCaHash: 'aa'})).toEqual([10249])
  })
})

describe('another Kubernetes', () => {
  const told = (units: Facts['units']): readonly string[] =>
    tell(judge(input([judged('node', 10, {units})])).filter(({name}) => name === 'OtherKubernetes'))
  const unit = (name: string, active: string, enabled: string) => ({[`${name}.service`]: {active, enabled}})

  test.each([
    ['k3s', 'k3s'],
    ['k0sworker', 'k0s'],
    ['rke2-agent', 'RKE2'],
    ['snap.microk8s.daemon-kubelite', 'MicroK8s'],
    ['snap.k8s.kubelet', 'Canonical Kubernetes'],
  ])('%s is refused while it runs, and while it starts at boot', (name, product) => {
    expect(told(unit(name, 'active', 'enabled'))).toEqual([
      `error node: ${product} runs here -> uninstall ${product}, or use another machine`,
    ])
    expect(told(unit(name, 'activating', 'disabled'))).toEqual([expect.stringMatching(/^error node: .* runs here/)])
    expect(told(unit(name, 'failed', 'enabled'))).toEqual([
      `error node: ${product} is stopped, but starts at the next boot (${name}.service) -> uninstall ${product}, or turn it off: sudo systemctl disable ${name}.service`,
    ])
  })

  test('is reported where it is installed only, and not where it is masked', () => {
    expect(told(unit('k0scontroller', 'inactive', 'disabled'))).toEqual([
      'warning node: k0s is installed, and does not run -> uninstall k0s, so that it cannot start next to this cluster',
    ])
    expect(told(unit('k3s', 'inactive', 'masked'))).toEqual([])
  })
})

describe('a kubelet that no package brought', () => {
  const told = (version: string, changes: object = {}, facts: object = {}): readonly string[] => {
    const host = judged('node', 10, {
      kubelet: {version, running: false, cgroupDriver: undefined, nodeIp: undefined},
      ...facts,
    })
    return tell(judge(input([host], changes)).filter(({name}) => name === 'KubeletSource'))
  }

  test('is refused before anything is changed, when it is of another release', () => {
    expect(told('v1.36.0')).toEqual([
      'error node: kubelet v1.36.0 was not installed from a package; kadm cannot change it to v1.37.2 -> pass a bundle with this version (--bundle FOLDER), or remove the program: sudo rm "$(command -v kubelet)"',
    ])
  })

  test('is in order when it is of this one, when a bundle brings another, and when a package has it', () => {
    expect(told('v1.37.2')).toEqual([])
    expect(told('v1.36.0', {bundleArchitecture: 'amd64'})).toEqual([])
    expect(told('v1.36.0', {}, {packages: {kubelet: {version: '1.36.0-1.1', held: true}}})).toEqual([])
  })
})

test.each([
  ['ubuntu', '20.04', 1],
  ['ubuntu', '22.04', 0],
  ['debian', '11', 1],
  ['debian', '12', 0],
  ['debian', '', 0],
])('%s %s gives %i finding', (id, versionId, count) => {
  const os = {id, idLike: [], versionId, pretty: `${id} ${versionId}`}
  const found = judge(input([judged('node', 10, {os})])).filter(({name}) => name === 'OperatingSystem')

  expect(tell(found)).toHaveLength(count)
})
