import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {parse} from 'yaml'
import {apiServerPod} from '../../src/manifests/api-server.ts'
import {controllerManagerPod} from '../../src/manifests/controller-manager.ts'
import {etcdPod, etcdPeerUrl} from '../../src/manifests/etcd.ts'
import {flannelObjects} from '../../src/manifests/flannel.ts'
import {mergeFlags} from '../../src/manifests/flags.ts'
import type {Pod} from '../../src/manifests/kube-object.ts'
import {clusterConfiguration} from '../../src/manifests/kubeadm-config.ts'
import {kubeletConfig, kubeletConfigMap} from '../../src/manifests/kubelet-config.ts'
import {kubeletFlagsText} from '../../src/manifests/kubelet-files.ts'
import {nodeLabels, nodeTaints} from '../../src/manifests/node-labels-and-taints.ts'
import {schedulerPod} from '../../src/manifests/scheduler.ts'
import {fill} from '../../src/manifests/templates.ts'
import {toYaml} from '../../src/manifests/yaml.ts'
import {clusterOf, clusterWith, DEBIAN_HOST, hostSpec, nodeOf} from './cluster.ts'

const node = nodeOf()
const bare = {caDirs: []}
const container = (pod: Pod) => pod.spec.containers[0]
const command = (pod: Pod): readonly string[] => container(pod)?.command ?? []

describe('flags', () => {
  it('are sorted, with those of the user last and in place of the own ones', () => {
    const merged = mergeFlags({b: '1', a: '2', c: undefined, d: '3'}, [
      {name: 'z', value: '9'},
      {name: 'b', value: '8'},
      {name: 'b', value: '7'},
    ])

    expect(merged).toEqual(['--a=2', '--d=3', '--z=9', '--b=8', '--b=7'])
  })
})

describe('static pods with what the user adds', () => {
  it('leave out the authorization mode when the user brings a file for it', () => {
    const cluster = clusterWith('apiServer', {args: [{name: 'authorization-config', value: '/etc/a.yaml'}]})

    const flags = command(apiServerPod({cluster, node, host: bare}))

    expect(flags.some(flag => flag.startsWith('--authorization-mode'))).toBe(false)
    expect(flags.at(-1)).toBe('--authorization-config=/etc/a.yaml')
  })

  it('may take as long to start as the cluster says before their kubelet restarts them', () => {
    const pod = apiServerPod({cluster: clusterOf('v1.37.2', {startupSeconds: 901}), node, host: bare})

    expect(pod.spec.containers[0]).toMatchObject({
      startupProbe: {failureThreshold: 91, periodSeconds: 10},
      livenessProbe: {failureThreshold: 31, periodSeconds: 10},
      readinessProbe: {failureThreshold: 3, periodSeconds: 4},
    })
  })

  it('run on kubelets that give the runtime as much more time, the same for who reads it in the cluster', () => {
    const host = {cgroupVersion: 2, resolvedActive: false, swapOutside: false} as const
    const timeout = (startupSeconds: number): unknown =>
      kubeletConfig(clusterOf('v1.37.2', {startupSeconds}), host)['runtimeRequestTimeout']

    expect([240, 901, 910, 1800].map(timeout)).toEqual([undefined, '455s', '455s', '900s'])
  })

  it('take a volume of the same name in place of the own one', () => {
    const volume = {
      name: 'ca-certs',
      hostPath: '/opt/ca',
      mountPath: '/etc/ssl/certs',
      readOnly: true,
      pathType: undefined,
    }
    const pod = apiServerPod({cluster: clusterWith('apiServer', {volumes: [volume]}), node, host: bare})

    expect(pod.spec.volumes).toContainEqual({name: 'ca-certs', hostPath: {path: '/opt/ca'}})
    expect(pod.spec.volumes.filter(v => v.name === 'ca-certs')).toHaveLength(1)
  })

  it('have the variables of extraEnvs by name, the last value of each', () => {
    const envs = [
      {name: 'NO_PROXY', value: 'first'},
      {name: 'HTTPS_PROXY', value: 'http://p:3128'},
      {name: 'NO_PROXY', value: 'last'},
    ]

    expect(container(schedulerPod({cluster: clusterWith('scheduler', {envs}), node, host: bare}))?.env).toEqual([
      {name: 'HTTPS_PROXY', value: 'http://p:3128'},
      {name: 'NO_PROXY', value: 'last'},
    ])
  })

  it('do not use the proxy of the cluster, which does not know the nodes that join later', () => {
    const proxied = clusterOf('v1.37.2', {proxy: {http: 'http://p:3128', https: 'http://p:3128', noProxy: []}})

    for (const pod of [apiServerPod, controllerManagerPod, schedulerPod])
      expect(container(pod({cluster: proxied, node, host: bare}))?.env).toEqual(undefined)
  })

  it.each([
    ['0.0.0.0', undefined],
    ['10.1.2.3', '10.1.2.3'],
  ])('are probed where they listen: %s', (address, host) => {
    const cluster = clusterWith('controllerManager', {args: [{name: 'bind-address', value: address}]})

    expect(container(controllerManagerPod({cluster, node, host: bare}))?.livenessProbe?.httpGet.host).toBe(host)
  })

  it('of etcd are probed at the first metrics address of the user', () => {
    const cluster = clusterWith('etcd', {args: [{name: 'listen-metrics-urls', value: 'https://[::1]:9999,http://a:1'}]})

    expect(container(etcdPod({cluster, node, host: bare}))?.livenessProbe?.httpGet).toEqual({
      host: '::1',
      path: '/livez',
      port: 'probe-port',
      scheme: 'HTTPS',
    })
    expect(container(etcdPod({cluster, node, host: bare}))?.ports?.[0]?.containerPort).toBe(9999)
  })
})

describe('an etcd that joins', () => {
  it('names every member and says that the cluster exists', () => {
    const members = [
      {name: 'a', peerUrl: 'https://10.0.0.1:2380'},
      {name: 'master', peerUrl: etcdPeerUrl(node)},
    ]

    const flags = command(etcdPod({cluster: clusterOf('v1.37.2'), node, host: bare}, members))

    expect(flags).toContain('--initial-cluster=a=https://10.0.0.1:2380,master=https://192.168.56.10:2380')
    expect(flags).toContain('--initial-cluster-state=existing')
  })
})

describe('a node with an IPv6 address', () => {
  it('has its addresses in brackets and etcd on the IPv6 loopback', () => {
    const v6 = nodeOf({address: 'fd00::10'})
    const input = {cluster: clusterOf('v1.37.2'), node: v6, host: bare}

    expect(command(etcdPod(input))).toContain('--listen-client-urls=https://[::1]:2379,https://[fd00::10]:2379')
    expect(command(apiServerPod(input))).toContain('--etcd-servers=https://[::1]:2379')
    expect(apiServerPod(input).metadata.annotations).toEqual({
      'kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint': '[fd00::10]:6443',
    })
  })
})

describe('the kubelet', () => {
  const host = {cgroupVersion: 2, resolvedActive: false, swapOutside: false} as const

  it('takes the user’s settings inside maps and keeps the rest', () => {
    const base = clusterOf('v1.37.2')
    const cluster = {
      ...base,
      extra: {...base.extra, kubelet: {maxPods: 50, authentication: {anonymous: {enabled: true}}}},
    }

    expect(kubeletConfig(cluster, host)).toMatchObject({
      maxPods: 50,
      authentication: {anonymous: {enabled: true}, webhook: {enabled: true}},
    })
  })

  it('loses the mark of a generated configuration when the user wrote some of it', () => {
    const base = clusterOf('v1.37.2')
    const cluster = {...base, extra: {...base.extra, kubelet: {maxPods: 50}}}

    expect(kubeletConfigMap(cluster, 2).metadata.annotations).toBeUndefined()
    expect(kubeletConfigMap(base, 2).metadata.annotations).toBeDefined()
  })

  it('starts with swap on only when the user keeps it', () => {
    expect(kubeletConfig(clusterOf('v1.37.2'), host)).not.toHaveProperty('failSwapOn')
    const kept = clusterOf('v1.37.2', {swap: 'keep'})

    expect(kubeletConfig(kept, host)).toMatchObject({
      failSwapOn: false,
      memorySwap: {swapBehavior: 'LimitedSwap'},
    })
    expect(kubeletConfig(kept, {...host, cgroupVersion: 1})).toMatchObject({memorySwap: {swapBehavior: 'NoSwap'}})
    expect(kubeletConfigMap(kept, 2).data['kubelet']).toContain('LimitedSwap')
    expect(kubeletConfigMap(kept, 1).data['kubelet']).toContain('NoSwap')
  })

  it('gives pods nothing of the swap of a kernel around the node, whatever is kept', () => {
    for (const swap of ['off', 'keep'] as const) {
      expect(kubeletConfig(clusterOf('v1.37.2', {swap}), {...host, swapOutside: true})).toMatchObject({
        failSwapOn: false,
        memorySwap: {swapBehavior: 'NoSwap'},
      })
    }
  })

  it('keeps what belongs to one host out of the ConfigMap', () => {
    const stored = parse(kubeletConfigMap(clusterOf('v1.37.2'), 2).data['kubelet'] ?? '') as Record<string, unknown>

    expect(stored['containerRuntimeEndpoint']).toBe('')
    expect(stored).not.toHaveProperty('resolvConf')
  })

  it('gets its name only when the host has another', () => {
    expect(kubeletFlagsText({node, hostname: 'master'})).toBe('KUBELET_KUBEADM_ARGS="--node-ip=192.168.56.10"\n')
  })

  it('obeys the user’s own node address', () => {
    const own = nodeOf({host: hostSpec({kubeletExtraArgs: [{name: 'node-ip', value: '10.9.9.9'}]})})

    expect(kubeletFlagsText({node: own, hostname: 'master'})).toBe('KUBELET_KUBEADM_ARGS="--node-ip=10.9.9.9"\n')
  })
})

describe('marks of a node', () => {
  it('leave a control plane without taints when the user says so', () => {
    const free = nodeOf({host: hostSpec({taints: [], labels: {zone: 'a'}})})

    expect(nodeTaints(free)).toEqual([])
    expect(nodeLabels(free)).toEqual({
      'node-role.kubernetes.io/control-plane': '',
      'node.kubernetes.io/exclude-from-external-load-balancers': '',
      zone: 'a',
    })
  })
})

describe('the stored cluster configuration', () => {
  it('holds what the user added, so that kubeadm upgrades with it', () => {
    const cluster = {
      ...clusterWith('apiServer', {
        args: [{name: 'v', value: '2'}],
        volumes: [{name: 'x', hostPath: '/x', mountPath: '/x', readOnly: true, pathType: 'File'}],
        envs: [{name: 'A', value: 'b'}],
      }),
      controlPlaneEndpoint: 'api.example:6443',
    }

    expect(clusterConfiguration(cluster)).toMatchObject({
      controlPlaneEndpoint: 'api.example:6443',
      apiServer: {
        extraArgs: [{name: 'v', value: '2'}],
        extraVolumes: [{name: 'x', hostPath: '/x', mountPath: '/x', readOnly: true, pathType: 'File'}],
        extraEnvs: [{name: 'A', value: 'b'}],
      },
    })
  })
})

describe('flannel', () => {
  it('serves both families of a dual-stack cluster', () => {
    const base = clusterOf('v1.37.2')
    const cluster = {...base, network: {...base.network, podSubnets: ['10.244.0.0/16', 'fd00:10::/56']}}
    const [config] = flannelObjects({cluster}).filter(object => object.kind === 'ConfigMap')
    const data = config?.['data'] as Record<string, string>

    expect(JSON.parse(data['net-conf.json'] ?? '')).toMatchObject({
      Network: '10.244.0.0/16',
      EnableIPv6: true,
      IPv6Network: 'fd00:10::/56',
    })
  })
})

describe('templates', () => {
  it('are filled only by exactly the values they have holes for', () => {
    expect(fill('a=@{a} {{.B}} $C', {a: '$& 1'})).toBe('a=$& 1 {{.B}} $C')
    expect(() => fill('@{a}', {})).toThrow('a')
    expect(() => fill('text', {a: '1'})).toThrow('a')
  })
})

describe('YAML', () => {
  it('reads back as what was written, whatever the strings look like', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[a-zA-Z]{2,8}x$/), fc.oneof(fc.string(), fc.integer(), fc.boolean())),
        value => {
          expect(parse(toYaml(value))).toEqual(value)
        },
      ),
    )
  })

  it('quotes what another reader would take for something else', () => {
    expect(toYaml({a: 'on', b: '0x1f', c: '1e3', d: '12:30'})).toBe('a: "on"\nb: "0x1f"\nc: "1e3"\nd: "12:30"\n')
  })
})

it('mounts only the folders of authorities that the host has', () => {
  const names = (pod: Pod): readonly string[] => pod.spec.volumes.map(volume => volume.name)
  const cluster = clusterOf('v1.37.2')

  expect(names(apiServerPod({cluster, node, host: bare}))).toEqual(['ca-certs', 'k8s-certs'])
  expect(names(apiServerPod({cluster, node, host: DEBIAN_HOST}))).toContain('etc-ca-certificates')
})
