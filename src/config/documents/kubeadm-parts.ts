import {z} from 'zod'

import * as kubeadm from '../rules/kubeadm-rules.ts'
import * as rule from '../rules/rules.ts'
import {TAINT_EFFECTS} from '../rules/taint.ts'
import {list, text} from './shapes.ts'

/** Go reads an empty text as nothing said. */
export const textOrEmpty = (next: rule.Rule): z.ZodString => text(value => (value === '' ? undefined : next(value)))

const port = () => z.int().min(0).max(65_535)

export const args = list(z.strictObject({name: text(rule.argNameProblem), value: z.string().optional()}))

const valueFrom = z.record(z.string(), z.record(z.string(), z.unknown())).check(({value, issues}) => {
  for (const key of Object.keys(value)) {
    const message = kubeadm.envSourceProblem(key)
    if (message !== undefined) issues.push({code: 'custom', message, input: key, path: [key], params: {at: 'key'}})
  }
})

export const envs = list(
  z
    .strictObject({name: text(rule.notEmpty), value: z.string().optional(), valueFrom: valueFrom.optional()})
    .check(({value, issues}) => {
      if ((value.value ?? '') === '' || value.valueFrom === undefined) return
      const message = 'cannot be used together with value, because the kubelet refuses such a pod; write one of them'
      issues.push({code: 'custom', message, input: value, path: ['valueFrom'], params: {at: 'key'}})
    }),
)

const volumes = list(
  z.strictObject({
    name: text(rule.notEmpty),
    hostPath: text(rule.absolutePathProblem),
    mountPath: text(rule.absolutePathProblem),
    readOnly: z.boolean().optional(),
    pathType: z.string().optional(),
  }),
)

export const component = {
  extraArgs: args.optional(),
  extraVolumes: volumes.optional(),
  extraEnvs: envs.optional(),
}

export const apiEndpoint = z.strictObject({
  advertiseAddress: text(kubeadm.advertiseProblem).optional(),
  bindPort: port().optional(),
})

export const nodeRegistration = z.strictObject({
  name: textOrEmpty(kubeadm.registeredNameProblem).optional(),
  criSocket: textOrEmpty(kubeadm.criSocketProblem).optional(),
  taints: list(
    z.strictObject({
      key: text(rule.labelKeyProblem),
      value: text(rule.labelValueProblem).optional(),
      effect: z.enum(TAINT_EFFECTS),
      timeAdded: z.string().optional(),
    }),
  ).optional(),
  kubeletExtraArgs: args.optional(),
  ignorePreflightErrors: list(text(rule.notEmpty)).optional(),
  imagePullPolicy: textOrEmpty(kubeadm.pullPolicyProblem).optional(),
  imagePullSerial: z.boolean().optional(),
})

const duration = () => text(kubeadm.goDurationProblem).optional()

export const timeouts = z.strictObject({
  controlPlaneComponentHealthCheck: duration(),
  kubeletHealthCheck: duration(),
  kubernetesAPICall: duration(),
  etcdAPICall: duration(),
  tlsBootstrap: duration(),
  discovery: duration(),
  upgradeManifests: duration(),
})

/** What the documents of `kubeadm init` and `kubeadm join` share. */
export const command = {
  nodeRegistration: nodeRegistration.optional(),
  dryRun: z.boolean().optional(),
  skipPhases: list(text(rule.notEmpty)).optional(),
  patches: z.strictObject({directory: z.string().optional()}).optional(),
  timeouts: timeouts.optional(),
}

export const bootstrapToken = z
  .strictObject({
    token: textOrEmpty(kubeadm.tokenProblem).optional(),
    description: z.string().optional(),
    ttl: text(kubeadm.goDurationProblem).optional(),
    expires: textOrEmpty(kubeadm.timeProblem).optional(),
    usages: list(text(kubeadm.tokenUsageProblem)).optional(),
    groups: list(text(kubeadm.tokenGroupProblem)).optional(),
  })
  .check(({value, issues}) => {
    const refuse = (message: string, key: string): void =>
      void issues.push({code: 'custom', message, input: value, path: [key], params: {at: 'key'}})
    if (value.ttl !== undefined && value.expires !== undefined)
      refuse('cannot be used together with ttl; write one of them', 'expires')
    if (value.usages !== undefined && value.usages.length > 0 && !value.usages.includes('authentication'))
      refuse("needs 'authentication' in it, because the token has groups", 'usages')
  })

export const discovery = z
  .strictObject({
    bootstrapToken: z
      .strictObject({
        token: text(kubeadm.tokenProblem),
        apiServerEndpoint: text(kubeadm.hostAndPortProblem),
        caCertHashes: list(text(rule.notEmpty)).optional(),
        unsafeSkipCAVerification: z.boolean().optional(),
      })
      .check(({value, issues}) => {
        if ((value.caCertHashes ?? []).length > 0 || value.unsafeSkipCAVerification === true) return
        const message = 'must name the CA: caCertHashes, or unsafeSkipCAVerification: true to trust any server there'
        issues.push({code: 'custom', message, input: value, path: []})
      })
      .optional(),
    file: z.strictObject({kubeConfigPath: text(kubeadm.kubeConfigPathProblem)}).optional(),
    tlsBootstrapToken: textOrEmpty(kubeadm.tokenProblem).optional(),
  })
  .check(({value, issues}) => {
    if (value.bootstrapToken === undefined || value.file === undefined) return
    const message = 'cannot be used together with bootstrapToken; write one of them'
    issues.push({code: 'custom', message, input: value, path: ['file'], params: {at: 'key'}})
  })

const image = {
  imageRepository: textOrEmpty(rule.repositoryProblem).optional(),
  imageTag: textOrEmpty(kubeadm.imageTagProblem).optional(),
}

const externalEtcd = z
  .strictObject({
    endpoints: list(text(kubeadm.urlProblem)),
    httpEndpoints: list(text(kubeadm.urlProblem)).optional(),
    caFile: textOrEmpty(rule.absolutePathProblem).optional(),
    certFile: textOrEmpty(rule.absolutePathProblem).optional(),
    keyFile: textOrEmpty(rule.absolutePathProblem).optional(),
  })
  .check(({value, issues}) => {
    for (const {message, path} of kubeadm.externalEtcdProblems(value))
      issues.push({code: 'custom', message, input: value, path: [...path]})
  })

export const etcd = z
  .strictObject({
    local: z
      .strictObject({
        ...image,
        dataDir: textOrEmpty(rule.absolutePathProblem).optional(),
        extraArgs: args.optional(),
        extraEnvs: envs.optional(),
        serverCertSANs: list(text(rule.sanProblem)).optional(),
        peerCertSANs: list(text(rule.sanProblem)).optional(),
      })
      .optional(),
    external: externalEtcd.optional(),
  })
  .check(({value, issues}) => {
    if (value.local === undefined || value.external === undefined) return
    const message = 'cannot be used together with local; write one of them'
    issues.push({code: 'custom', message, input: value, path: ['external'], params: {at: 'key'}})
  })

export const dns = z.strictObject({...image, disabled: z.boolean().optional()})
