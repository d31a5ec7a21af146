import {z} from 'zod'

import * as kubeadm from '../rules/kubeadm-rules.ts'
import * as rule from '../rules/rules.ts'
import {KEY_ALGORITHMS} from './cluster-document.ts'
import {apiEndpoint, bootstrapToken, command, component, discovery, dns, etcd, textOrEmpty} from './kubeadm-parts.ts'
import type {nodeRegistration, timeouts} from './kubeadm-parts.ts'
import {list, text} from './shapes.ts'

const componentDocument = z.strictObject(component)

const head = <K extends string>(kind: K) => ({
  apiVersion: z.literal('kubeadm.k8s.io/v1beta4'),
  kind: z.literal(kind),
})

export const initConfiguration = z.strictObject({
  ...head('InitConfiguration'),
  ...command,
  localAPIEndpoint: apiEndpoint.optional(),
  bootstrapTokens: list(bootstrapToken).optional(),
  certificateKey: textOrEmpty(kubeadm.certificateKeyProblem).optional(),
})

export const joinConfiguration = z.strictObject({
  ...head('JoinConfiguration'),
  ...command,
  caCertPath: textOrEmpty(kubeadm.caCertPathProblem).optional(),
  discovery: discovery.optional(),
  controlPlane: z
    .strictObject({
      localAPIEndpoint: apiEndpoint.optional(),
      certificateKey: textOrEmpty(kubeadm.certificateKeyProblem).optional(),
    })
    .optional(),
})

const algorithm = z.union([z.enum(KEY_ALGORITHMS), z.literal('')], {
  error: `must be one of ${KEY_ALGORITHMS.join(', ')}`,
})

export const clusterConfiguration = z.strictObject({
  ...head('ClusterConfiguration'),
  kubernetesVersion: textOrEmpty(rule.releaseProblem).optional(),
  clusterName: textOrEmpty(rule.clusterNameProblem).optional(),
  controlPlaneEndpoint: textOrEmpty(rule.endpointProblem).optional(),
  imageRepository: textOrEmpty(rule.repositoryProblem).optional(),
  networking: z
    .strictObject({
      podSubnet: text(kubeadm.looseRangesProblem).optional(),
      serviceSubnet: text(kubeadm.looseRangesProblem).optional(),
      dnsDomain: textOrEmpty(rule.dnsDomainProblem).optional(),
    })
    .optional(),
  apiServer: z.strictObject({...component, certSANs: list(text(rule.sanProblem)).optional()}).optional(),
  controllerManager: componentDocument.optional(),
  scheduler: componentDocument.optional(),
  etcd: etcd.optional(),
  dns: dns.optional(),
  proxy: z.strictObject({disabled: z.boolean().optional()}).optional(),
  certificatesDir: textOrEmpty(rule.absolutePathProblem).optional(),
  featureGates: z.record(z.string(), z.boolean()).optional(),
  encryptionAlgorithm: algorithm.optional(),
  certificateValidityPeriod: text(kubeadm.validityProblem).optional(),
  caCertificateValidityPeriod: text(kubeadm.validityProblem).optional(),
})

export type InitConfiguration = z.infer<typeof initConfiguration>
export type JoinConfiguration = z.infer<typeof joinConfiguration>
export type ClusterConfiguration = z.infer<typeof clusterConfiguration>
export type NodeRegistration = z.infer<typeof nodeRegistration>
export type ComponentDocument = z.infer<typeof componentDocument>
export type TimeoutsDocument = z.infer<typeof timeouts>
