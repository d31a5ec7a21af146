import {z} from 'zod'

import {KEY_ALGORITHMS} from './cluster-document.ts'
import {durationProblem} from '../rules/duration.ts'
import * as rule from '../rules/rules.ts'
import {list, portNumber, text} from './shapes.ts'
import {TAINT_EFFECTS} from '../rules/taint.ts'

const elsewhere = z.unknown().optional()
const args = list(z.strictObject({name: text(rule.argNameProblem), value: z.string()}))
const envs = list(z.strictObject({name: text(rule.notEmpty), value: z.string().optional(), valueFrom: elsewhere}))
const volumes = list(
  z.strictObject({
    name: text(rule.notEmpty),
    hostPath: text(rule.absolutePathProblem),
    mountPath: text(rule.absolutePathProblem),
    readOnly: z.boolean().optional(),
    pathType: z.string().optional(),
  }),
)

const component = {
  extraArgs: args.nullish(),
  extraVolumes: volumes.nullish(),
  extraEnvs: envs.nullish(),
}

const componentDocument = z.strictObject(component)

const head = <K extends string>(kind: K) => ({
  apiVersion: z.literal('kubeadm.k8s.io/v1beta4'),
  kind: z.literal(kind),
})

/** An advertise address of 0.0.0.0 means automatic detection, the same as no address. */
const advertised: rule.Rule = value =>
  value === '' || value === '0.0.0.0' || value === '::' ? undefined : rule.ipProblem(value)

const apiEndpoint = z.strictObject({
  advertiseAddress: text(advertised).optional(),
  bindPort: portNumber().optional(),
})

const nodeRegistration = z.strictObject({
  name: text(rule.nodeNameProblem).optional(),
  criSocket: elsewhere,
  taints: list(
    z.strictObject({
      key: text(rule.labelKeyProblem),
      value: text(rule.labelValueProblem).optional(),
      effect: z.enum(TAINT_EFFECTS),
    }),
  ).nullish(),
  kubeletExtraArgs: args.nullish(),
  ignorePreflightErrors: list(text(rule.notEmpty)).nullish(),
  imagePullPolicy: elsewhere,
  imagePullSerial: elsewhere,
})

const orEmpty =
  (next: rule.Rule): rule.Rule =>
  value =>
    value === '' ? undefined : next(value)

export const initConfiguration = z.strictObject({
  ...head('InitConfiguration'),
  nodeRegistration: nodeRegistration.optional(),
  localAPIEndpoint: apiEndpoint.optional(),
  bootstrapTokens: elsewhere,
  dryRun: elsewhere,
  certificateKey: elsewhere,
  skipPhases: elsewhere,
  patches: elsewhere,
  timeouts: z.looseObject({controlPlaneComponentHealthCheck: text(orEmpty(durationProblem)).optional()}).optional(),
})

export const joinConfiguration = z.strictObject({
  ...head('JoinConfiguration'),
  nodeRegistration: nodeRegistration.optional(),
  dryRun: elsewhere,
  caCertPath: elsewhere,
  discovery: elsewhere,
  controlPlane: elsewhere,
  skipPhases: elsewhere,
  patches: elsewhere,
  timeouts: elsewhere,
})

export const clusterConfiguration = z.strictObject({
  ...head('ClusterConfiguration'),
  kubernetesVersion: text(rule.versionProblem).optional(),
  clusterName: text(orEmpty(rule.clusterNameProblem)).optional(),
  controlPlaneEndpoint: text(orEmpty(rule.endpointProblem)).optional(),
  imageRepository: text(orEmpty(rule.repositoryProblem)).optional(),
  networking: z
    .strictObject({
      podSubnet: text(rule.rangesProblem).optional(),
      serviceSubnet: text(rule.rangesProblem).optional(),
      dnsDomain: text(orEmpty(rule.dnsDomainProblem)).optional(),
    })
    .optional(),
  apiServer: z.strictObject({...component, certSANs: list(text(rule.sanProblem)).nullish()}).optional(),
  controllerManager: componentDocument.optional(),
  scheduler: componentDocument.optional(),
  etcd: z
    .strictObject({
      local: z
        .strictObject({
          dataDir: elsewhere,
          imageRepository: elsewhere,
          imageTag: elsewhere,
          extraArgs: args.nullish(),
          extraEnvs: envs.nullish(),
          serverCertSANs: elsewhere,
          peerCertSANs: elsewhere,
        })
        .optional(),
      external: elsewhere,
    })
    .optional(),
  dns: z.strictObject({imageRepository: elsewhere, imageTag: elsewhere, disabled: elsewhere}).optional(),
  proxy: z.strictObject({disabled: elsewhere}).optional(),
  certificatesDir: elsewhere,
  featureGates: elsewhere,
  encryptionAlgorithm: z.enum(KEY_ALGORITHMS).optional(),
  certificateValidityPeriod: text(durationProblem).optional(),
  caCertificateValidityPeriod: text(durationProblem).optional(),
})

export type InitConfiguration = z.infer<typeof initConfiguration>
export type JoinConfiguration = z.infer<typeof joinConfiguration>
export type ClusterConfiguration = z.infer<typeof clusterConfiguration>
export type NodeRegistration = z.infer<typeof nodeRegistration>
export type ComponentDocument = z.infer<typeof componentDocument>
