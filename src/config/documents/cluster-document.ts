import {z} from 'zod'

import {durationProblem} from '../rules/duration.ts'
import {criSocketProblem} from '../rules/kubeadm-rules.ts'
import * as rule from '../rules/rules.ts'
import {VIP_PROVIDERS} from '../../domain/virtual-address.ts'
import {filledList, list, named, portNumber, text} from './shapes.ts'
import {proxy, source} from './source-document.ts'
import {TAINT_EFFECTS, taintProblem} from '../rules/taint.ts'
import {addressProblem, targetProblem, userProblem} from '../rules/target.ts'

export const KEY_ALGORITHMS = ['RSA-2048', 'RSA-3072', 'RSA-4096', 'ECDSA-P256', 'ECDSA-P384'] as const

const sshProblem: rule.Rule = value => (value === 'local' ? undefined : targetProblem(value))

const ssh = z
  .union(
    [
      text(sshProblem),
      z.strictObject({
        address: text(addressProblem).describe('IP address, DNS name or alias from your SSH configuration'),
        port: portNumber().optional(),
        user: text(userProblem).optional(),
        keyFile: text(rule.notEmpty)
          .optional()
          .describe('Private key; a relative path starts at the folder of this file'),
        hostKey: text(rule.hostKeyProblem).optional().describe('SHA256:… as ssh-keygen -lf prints it'),
        jump: text(targetProblem).optional().describe('[user@]host[:port] of the jump host'),
      }),
    ],
    {error: "must be 'local', [user@]host[:port] or a mapping with an address"},
  )
  .describe("How to reach the machine: 'local', [user@]host[:port], or a mapping with an address")

const taint = z.union(
  [
    text(taintProblem),
    z.strictObject({
      key: text(rule.labelKeyProblem),
      value: text(rule.labelValueProblem).optional(),
      effect: z.enum(TAINT_EFFECTS),
    }),
  ],
  {error: 'must be key=value:effect or a mapping with key and effect'},
)

const netplan = z.strictObject({
  addresses: filledList(text(rule.interfaceAddressProblem)).describe('Addresses with their prefix length'),
  gateway: text(rule.nameserverProblem).optional(),
  nameservers: list(text(rule.nameserverProblem)).optional(),
  mtu: z
    .int()
    .min(576)
    .max(65_535)
    .optional()
    .describe('The largest packet in bytes; by default, the MTU does not change'),
})

const host = z.strictObject({
  name: text(rule.nodeNameProblem)
    .optional()
    .describe('The hostname and the name of the node; by default, the current hostname'),
  nodeName: text(rule.nodeNameProblem).optional().describe('The name of the node, if it is not the hostname'),
  role: z.enum(['control-plane', 'worker']),
  ssh,
  address: text(rule.ipProblem).optional().describe("The node's address; by default, the address of the default route"),
  labels: named(text(rule.labelValueProblem), rule.labelKeyProblem).optional(),
  taints: list(taint).optional().describe('By default, control planes get their usual taint; [] sets no taints'),
  kubeletExtraArgs: list(z.strictObject({name: text(rule.argNameProblem), value: z.string()})).optional(),
  network: named(netplan, rule.interfaceNameProblem).optional().describe('The netplan configuration of each interface'),
  nat: list(text(rule.rangeProblem))
    .optional()
    .describe('Address ranges of machines that reach other networks through this host'),
  criSocket: text(criSocketProblem)
    .optional()
    .describe('Socket of a container runtime that the host already has; by default, kadm installs containerd'),
})

const ranges = z.union([text(rule.rangesProblem), list(text(rule.rangeProblem))], {
  error: 'must be an address range, two ranges separated by a comma, or a list of ranges',
})

const loadBalancer = z.union(
  [
    z.enum(['local', 'external']),
    z.strictObject({
      kind: z.enum(['local', 'vip', 'external']),
      port: portNumber().optional().describe('Of a local load balancer'),
      address: text(rule.ipProblem).optional().describe('The virtual address: a free one in the network of the nodes'),
      provider: z
        .enum(VIP_PROVIDERS)
        .optional()
        .describe('The program that moves the virtual address; the default is keepalived'),
      interface: text(rule.interfaceNameProblem)
        .optional()
        .describe("The interface that gets the virtual address; by default, the one of the node's address"),
    }),
  ],
  {
    error: ({input}) =>
      input === 'vip'
        ? 'vip needs an address; write {kind: vip, address: ADDRESS}'
        : 'must be local, external, {kind: local, port: PORT} or {kind: vip, address: ADDRESS}',
  },
)

/** The shape of kadm's own document. Settings that it leaves out come from kubeadm's documents or the defaults. */
export const clusterDocument = z.strictObject({
  apiVersion: z.literal('kadm/v1'),
  kind: z.literal('Cluster'),
  metadata: z.strictObject({name: text(rule.clusterNameProblem).optional()}).optional(),
  kubernetesVersion: text(rule.versionProblem).optional().describe('A full release such as v1.37.2'),
  controlPlaneEndpoint: text(rule.endpointProblem)
    .optional()
    .describe('host or host:port at which clients reach the API'),
  loadBalancer: loadBalancer
    .optional()
    .describe(
      'How nodes reach several control planes: local (each node runs haproxy; the default without controlPlaneEndpoint) vip (one address that moves between them) or external',
    ),
  apiPort: portNumber().optional(),
  imageRepository: text(rule.repositoryProblem).optional(),
  hosts: list(host).optional(),
  network: z
    .strictObject({
      podSubnet: ranges.optional(),
      serviceSubnet: ranges.optional(),
      dnsDomain: text(rule.dnsDomainProblem).optional(),
      plugin: z
        .union([z.enum(['flannel', 'none']), z.strictObject({file: text(rule.notEmpty)})], {
          error: 'must be flannel, none or {file: PATH}',
        })
        .optional(),
    })
    .optional(),
  pki: z
    .strictObject({
      algorithm: z.enum(KEY_ALGORITHMS).optional(),
      caValidity: text(durationProblem).optional(),
      certificateValidity: text(durationProblem).optional(),
      apiServerSANs: list(text(rule.sanProblem)).optional(),
    })
    .optional(),
  source: source.optional(),
  proxy: proxy.optional(),
  swap: z.enum(['off', 'keep']).optional(),
  startupTimeout: text(durationProblem)
    .optional()
    .describe('How long kadm waits for the control plane to start; the default is 4m, slow machines need more'),
  ignorePreflightErrors: list(text(rule.notEmpty)).optional(),
})

export type ClusterDocument = z.infer<typeof clusterDocument>
export type HostDocument = z.infer<typeof host>

/** The JSON schema of kadm's own document, for editors. */
export const clusterSchema = (): Readonly<Record<string, unknown>> => ({
  $id: 'urn:kadm:cluster:v1',
  title: 'kadm/v1 Cluster',
  ...z.toJSONSchema(clusterDocument, {io: 'input', target: 'draft-2020-12'}),
})
