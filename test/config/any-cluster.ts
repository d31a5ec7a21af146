import fc from 'fast-check'

import type {Arg, Cluster, ComponentExtra, HostSpec, SshTarget, Taint} from '../../src/domain/cluster.ts'
import {CA, CNI} from './sample.ts'

const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, {nil: undefined})
const word = fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/)
const anyText = fc.oneof(
  fc.string({unit: 'binary-ascii'}),
  fc.constantFrom('on', 'no', 'y', '0777', '1e3', '~', 'null', '12:30', '#', '- a', 'é\u2028'),
)
/** An empty text is no value in a component's configuration. */
const someText = anyText.filter(text => text !== '')
const args: fc.Arbitrary<readonly Arg[]> = fc.array(fc.record({name: word, value: anyText}), {maxLength: 3})
const labelValue = fc.constantFrom('', 'a', 'true', '1', 'on', 'x.y_z')

const taints: fc.Arbitrary<readonly Taint[]> = fc.uniqueArray(
  fc.record({
    key: fc.constantFrom('a', 'example.com/b', 'C_d'),
    value: optional(fc.constantFrom('x', 'no')),
    effect: fc.constantFrom('NoSchedule', 'PreferNoSchedule', 'NoExecute'),
  }),
  {selector: ({key, effect}) => `${key}:${effect}`, maxLength: 3},
)

const ssh = (index: number): fc.Arbitrary<SshTarget> =>
  fc.record({
    address: fc.constantFrom(`host-${index}.example.com`, `192.168.56.${index + 10}`, `fd12::${index + 1}`),
    port: optional(fc.integer({min: 1, max: 65_535})),
    user: optional(fc.constantFrom('ubuntu', 'root', '_x')),
    keyFile: optional(fc.constantFrom('~/.ssh/id', '/keys/a b', 'keys/id')),
    hostKey: optional(fc.constant(`SHA256:${'Ab+/'.repeat(11).slice(0, 43)}`)),
    jump: optional(fc.constantFrom('gate', 'admin@[fd13::1]:22')),
  })

const host = (index: number): fc.Arbitrary<HostSpec> =>
  fc.record({
    name: optional(fc.constant(`node-${index}`)),
    role: fc.constant(index === 0 ? 'control-plane' : 'worker'),
    ssh: index === 0 ? fc.oneof(ssh(index), fc.constant<'local'>('local')) : ssh(index),
    address: optional(fc.constant(`192.168.57.${index + 10}`)),
    labels: fc.dictionary(fc.constantFrom('a', 'example.com/b', 'true', '1.5'), labelValue),
    taints: optional(taints),
    kubeletExtraArgs: args,
    nat: optional(fc.constant(['192.168.58.0/24'])),
    netplan: optional(
      fc.record({
        interfaces: fc.constant({
          eth1: {addresses: [`192.168.58.${index + 10}/24`], gateway: undefined, nameservers: ['1.1.1.1']},
        }),
      }),
    ),
  })

const component: fc.Arbitrary<ComponentExtra> = fc.record({
  args,
  volumes: fc.array(
    fc.record({
      name: word,
      hostPath: word.map(name => `/${name}`),
      mountPath: word.map(name => `/${name}`),
      readOnly: fc.boolean(),
      pathType: optional(fc.constantFrom('File', 'Directory')),
    }),
    {maxLength: 2},
  ),
  envs: fc.array(fc.record({name: word, value: anyText}), {maxLength: 2}),
})

const hours = fc.integer({min: 1, max: 100_000_000}).map(seconds => seconds / 3600)

/** Valid clusters of every kind. */
export const anyCluster: fc.Arbitrary<Cluster> = fc.record({
  name: word,
  version: fc
    .record({minor: fc.integer({min: 35, max: 37}), patch: fc.integer({min: 0, max: 20})})
    .map(({minor, patch}) => ({text: `v1.${minor}.${patch}`, major: 1, minor, patch})),
  hosts: fc.integer({min: 1, max: 4}).chain(count => fc.tuple(...Array.from({length: count}, (_, i) => host(i)))),
  controlPlaneEndpoint: optional(fc.constantFrom('api.example.com:6443', '[fd14::1]:443', '203.0.113.1:7443')),
  apiPort: fc.integer({min: 1, max: 65_535}),
  network: fc.record({
    podSubnets: fc.constantFrom(['10.244.0.0/16'], ['10.32.0.0/12', 'fd00:1::/56']),
    serviceSubnets: fc.constantFrom(['10.96.0.0/12'], ['10.64.0.0/24', 'fd00:2::/112']),
    dnsDomain: fc.constantFrom('cluster.local', 'k8s'),
    plugin: fc.constantFrom<Cluster['network']['plugin']>(
      {kind: 'flannel'},
      {kind: 'none'},
      {kind: 'file', path: '/etc/cni.yaml', text: CNI},
    ),
  }),
  imageRepository: fc.constantFrom('registry.k8s.io', 'mirror:5000/a/b'),
  pki: fc.record({
    algorithm: fc.constantFrom('RSA-2048', 'RSA-3072', 'RSA-4096', 'ECDSA-P256', 'ECDSA-P384'),
    caHours: hours,
    leafHours: hours,
    apiServerSans: fc.uniqueArray(fc.constantFrom('a.example.com', '*.b', '203.0.113.9', 'fd15::1')),
  }),
  source: fc.constantFrom<Cluster['source']>(
    {kind: 'online'},
    {kind: 'online', packages: {url: 'https://mirror/deb/'}},
    {kind: 'online', packages: {url: 'http://mirror/', keyFile: 'mirror.asc', keyFingerprint: 'AB'.repeat(20)}},
    {
      kind: 'online',
      runtime: 'distribution',
      archives: {url: 'http://mirror/github', sha256: {'runc.amd64': 'ab'.repeat(32)}},
      images: [
        {registry: 'registry.k8s.io', url: 'https://mirror:5000/k8s', ca: {path: '/etc/ca.pem', pem: CA}},
        {registry: 'ghcr.io', url: 'http://mirror:5001'},
      ],
    },
    {kind: 'bundle', path: 'bundle'},
  ),
  proxy: fc.constantFrom<Cluster['proxy']>(
    undefined,
    {http: 'http://proxy:3128', noProxy: []},
    {https: 'http://[fd16::1]:3128', noProxy: ['.example.com', '192.168.0.0/16', 'fd17::/64', 'host:8080']},
  ),
  swap: fc.constantFrom('off', 'keep'),
  startupSeconds: fc.integer({min: 1, max: 86_400}),
  extra: fc.record({
    apiServer: component,
    controllerManager: component,
    scheduler: component,
    etcd: component.map(({args: flags, envs}) => ({args: flags, volumes: [], envs})),
    kubelet: fc.record(
      {
        maxPods: fc.nat(500),
        cgroupDriver: someText,
        serializeImagePulls: fc.boolean(),
        evictionHard: fc.dictionary(word, anyText),
        enforceNodeAllocatable: fc.array(anyText),
        memoryThrottlingFactor: fc.double({min: 0, max: 1, noNaN: true}).map(factor => factor + 0),
      },
      {requiredKeys: []},
    ),
    kubeProxy: fc.record({mode: someText, featureGates: fc.dictionary(word, fc.boolean())}, {requiredKeys: []}),
    ignorePreflightErrors: fc.uniqueArray(fc.constantFrom('swap', 'numcpu', 'mem')),
  }),
})
