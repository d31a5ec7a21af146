import type {Cluster} from '../../src/domain/cluster.ts'

export const CNI = 'kind: DaemonSet\n'
export const CA = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'

/** A cluster that uses every option there is. */
export const FULL: Cluster = {
  name: 'demo',
  version: {text: 'v1.36.3', major: 1, minor: 36, patch: 3},
  hosts: [
    {
      name: 'master',
      role: 'control-plane',
      ssh: {
        address: '192.168.56.10',
        port: 2222,
        user: 'ubuntu',
        keyFile: '~/.ssh/id_ed25519',
        hostKey: `SHA256:${'a'.repeat(43)}`,
        jump: 'admin@gate:2200',
      },
      address: '192.168.57.10',
      labels: {'example.com/zone': 'a', disk: ''},
      taints: [],
      kubeletExtraArgs: [{name: 'v', value: '4'}],
      netplan: {
        interfaces: {
          enp0s8: {
            addresses: ['192.168.57.10/24'],
            gateway: '192.168.57.1',
            nameservers: ['1.1.1.1', '2606:4700::1111'],
          },
          enp0s9: {addresses: ['fd12::10/64'], gateway: undefined, nameservers: []},
        },
      },
    },
    {
      name: undefined,
      role: 'worker',
      ssh: 'local',
      address: undefined,
      labels: {},
      taints: [
        {key: 'dedicated', value: 'gpu', effect: 'NoExecute'},
        {key: 'slow', value: undefined, effect: 'PreferNoSchedule'},
      ],
      kubeletExtraArgs: [],
      netplan: undefined,
    },
  ],
  controlPlaneEndpoint: 'api.example.com:6444',
  apiPort: 6444,
  network: {
    podSubnets: ['10.32.0.0/16', 'fd00:1::/56'],
    serviceSubnets: ['10.64.0.0/16', 'fd00:2::/112'],
    dnsDomain: 'k8s.local',
    plugin: {kind: 'file', path: '/etc/cni.yaml', text: CNI},
  },
  imageRepository: 'mirror.example.com:5000/k8s',
  pki: {
    algorithm: 'ECDSA-P256',
    caHours: 43_800,
    leafHours: 720.5,
    apiServerSans: ['api.example.com', '*.k8s.example.com', '203.0.113.7'],
  },
  source: {kind: 'bundle', path: '/srv/bundle'},
  proxy: {http: 'http://proxy.example.com:3128', https: 'http://proxy.example.com:3128', noProxy: ['.example.com']},
  swap: 'keep',
  startupSeconds: 900,
  extra: {
    apiServer: {
      args: [
        {name: 'audit-log-path', value: '-'},
        {name: 'v', value: '2'},
      ],
      volumes: [
        {name: 'audit', hostPath: '/etc/audit', mountPath: '/etc/audit', readOnly: true, pathType: 'DirectoryOrCreate'},
        {name: 'log', hostPath: '/var/log', mountPath: '/var/log', readOnly: false, pathType: undefined},
      ],
      envs: [{name: 'HTTPS_PROXY', value: 'http://proxy:3128'}],
    },
    controllerManager: {args: [{name: 'node-cidr-mask-size-ipv4', value: '22'}], volumes: [], envs: []},
    scheduler: {args: [{name: 'v', value: '1'}], volumes: [], envs: []},
    etcd: {args: [{name: 'quota-backend-bytes', value: '4294967296'}], volumes: [], envs: [{name: 'A', value: ''}]},
    kubelet: {maxPods: 50, failSwapOn: false, evictionHard: {'memory.available': '100Mi'}},
    kubeProxy: {mode: 'nftables'},
    ignorePreflightErrors: ['numcpu', 'mem'],
  },
}
