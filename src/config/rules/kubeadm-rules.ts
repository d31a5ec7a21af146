import {parseToken} from '../../domain/bootstrap-token.ts'
import {parseCertificateKey} from '../../domain/certificate-key.ts'
import {isAddress, parseCidr} from '../../domain/cidr.ts'
import {parseGoDuration} from './duration.ts'
import {ipProblem, nodeNameProblem, rangeProblem, type Rule, splitRanges} from './rules.ts'

/** An advertise address of 0.0.0.0 asks for detection, as leaving it out does. */
export const advertiseProblem: Rule = value => (['', '0.0.0.0', '::'].includes(value) ? undefined : ipProblem(value))

/** kubeadm writes node names in lower case. */
export const registeredNameProblem: Rule = value => nodeNameProblem(value.trim().toLowerCase())

export const criSocketProblem: Rule = value =>
  /^(unix:\/\/)?\/[^\s]+$/.test(value)
    ? undefined
    : `'${value}' is not a socket of a container runtime; write it as unix:///run/containerd/containerd.sock`

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never']
export const pullPolicyProblem: Rule = value =>
  PULL_POLICIES.includes(value) ? undefined : `must be one of ${PULL_POLICIES.join(', ')}, not '${value}'`

export const goDurationProblem: Rule = value =>
  parseGoDuration(value) === undefined ? `'${value}' is not a duration; write it as 5m, 90s or 1h30m` : undefined

/** Zero would make certificates that have expired already. */
export const validityProblem: Rule = value => {
  const found = parseGoDuration(value)
  if (found === undefined)
    return `'${value}' is not a duration; write hours, minutes and seconds such as 8760h or 1h30m`
  return found > 0
    ? undefined
    : `'${value}' would make certificates that have expired already; write hours such as 8760h`
}

export const tokenProblem: Rule = value =>
  parseToken(value) !== undefined
    ? undefined
    : 'is not a bootstrap token; write 6 and 16 lower-case letters or digits with a dot between: abcdef.0123456789abcdef'

export const timeProblem: Rule = value =>
  /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value))
    ? undefined
    : `'${value}' is not a time; write it as 2027-01-31T12:00:00Z`

const USAGES = ['signing', 'authentication']
export const tokenUsageProblem: Rule = value =>
  USAGES.includes(value) ? undefined : `'${value}' is not a usage of a token; write ${USAGES.join(' or ')}`

export const tokenGroupProblem: Rule = value =>
  /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/.test(value)
    ? undefined
    : `'${value}' is not a group of bootstrap tokens; write it as system:bootstrappers:kubeadm:default-node-token`

export const certificateKeyProblem: Rule = value =>
  parseCertificateKey(value) !== undefined
    ? undefined
    : 'is not a certificate key; write 64 hex digits (an AES key of 32 bytes)'

export const hostAndPortProblem: Rule = value => {
  const [, v6, name, port] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(value) ?? []
  const fits = port !== undefined && Number(port) <= 65_535 && (v6 === undefined ? name !== '' : isAddress(v6))
  return fits ? undefined : `'${value}' is not HOST:PORT; write it as 10.0.0.10:6443`
}

export const kubeConfigPathProblem: Rule = value => {
  if (value === '') return 'must not be empty'
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(value) ?? []
  return scheme === undefined || scheme === 'https' || scheme === 'file'
    ? undefined
    : `'${value}' must be the path of a file or an address with https`
}

export const caCertPathProblem: Rule = value =>
  value.startsWith('/') && value.endsWith('.crt')
    ? undefined
    : `'${value}' is not an absolute path that ends in .crt, such as /etc/kubernetes/pki/ca.crt`

export const imageTagProblem: Rule = value =>
  /^\w[\w.-]{0,127}(@sha256:[0-9a-f]{64})?$/.test(value) ? undefined : `'${value}' is not a tag of an image`

export const urlProblem: Rule = value =>
  /^https?:\/\/[^/\s]+/.test(value) && URL.canParse(value)
    ? undefined
    : `'${value}' is not an address of etcd; write it as https://10.0.0.31:2379`

/** One range, or two with a comma; host bits are left to a warning, as kubeadm takes them. */
export const looseRangesProblem: Rule = value =>
  splitRanges(value)
    .map(part => (parseCidr(part) === undefined ? rangeProblem(part) : undefined))
    .find(problem => problem !== undefined)

const ENV_SOURCES = ['fieldRef', 'resourceFieldRef', 'fileKeyRef']

/** The kubelet refuses a static pod that refers to objects of the API. */
export function envSourceProblem(source: string): string | undefined {
  if (ENV_SOURCES.includes(source)) return undefined
  return ['secretKeyRef', 'configMapKeyRef'].includes(source)
    ? 'cannot be used: the kubelet refuses a static pod that refers to an object of the API; write the value itself, or use fieldRef'
    : `unknown key '${source}'; the known keys are ${ENV_SOURCES.join(', ')}`
}

interface ExternalEtcdDocument {
  readonly endpoints: readonly (string | undefined)[]
  readonly caFile?: string | undefined
  readonly certFile?: string | undefined
  readonly keyFile?: string | undefined
}

/** kubeadm's rules for an etcd outside the cluster (validation.go, ValidateEtcd). */
export function externalEtcdProblems({
  endpoints,
  caFile = '',
  certFile = '',
  keyFile = '',
}: ExternalEtcdDocument): readonly {readonly path: readonly (string | number)[]; readonly message: string}[] {
  const hasTls = caFile !== '' || certFile !== '' || keyFile !== ''
  return [
    ...(endpoints.length === 0 ? [{path: ['endpoints'], message: 'is empty; write at least one'}] : []),
    ...endpoints.flatMap((endpoint, i) =>
      hasTls && endpoint?.startsWith('http:') === true
        ? [{path: ['endpoints', i], message: `'${endpoint}' must begin with https, because certificates are named`}]
        : [],
    ),
    ...((certFile === '') === (keyFile === '')
      ? []
      : [{path: [], message: 'needs both certFile and keyFile, or neither'}]),
    ...(certFile !== '' && keyFile !== '' && caFile === ''
      ? [{path: [], message: 'needs caFile beside certFile and keyFile'}]
      : []),
  ]
}
