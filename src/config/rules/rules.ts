import {formatCidr, isAddress, parseCidr} from '../../domain/cidr.ts'
import {KadmError} from '../../domain/errors.ts'
import {supportedVersion} from '../../domain/version.ts'
import {addressProblem} from './target.ts'

/** The problem of a text, as the end of a sentence that begins with its place; undefined for a valid text. */
export type Rule = (text: string) => string | undefined

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/
const isSubdomain = (text: string): boolean => text.length <= 253 && text.split('.').every(label => LABEL.test(label))

/** A node's name is its hostname and a label value, which leaves 63 characters of RFC 1123's 253. */
export const nodeNameProblem: Rule = text => {
  if (isSubdomain(text) && text.length <= 63) return undefined
  if (isSubdomain(text.toLowerCase()) && text.length <= 63) return `'${text}' must be lower case: ${text.toLowerCase()}`
  return `'${text}' is not a node name; use lower-case letters, digits, '-' and '.', at most 63 characters (RFC 1123)`
}

export const clusterNameProblem: Rule = text =>
  text.length <= 253 && text.trim() !== '' && !/\p{Cc}/u.test(text)
    ? undefined
    : `'${text}' is not a cluster name; use at most 253 characters, none of them a control character`

export const dnsDomainProblem: Rule = text =>
  isSubdomain(text) ? undefined : `'${text}' is not a DNS domain; write a name such as cluster.local (RFC 1123)`

export const versionProblem: Rule = text => {
  try {
    supportedVersion(text)
    return undefined
  } catch (error) {
    if (!(error instanceof KadmError)) throw error
    return error.hint === undefined ? error.message : `${error.message}; ${error.hint}`
  }
}

/** As kubeadm reads kubernetesVersion: a release, or a label that stands for one. */
export const releaseProblem: Rule = text => {
  if (isReleaseLabel(text)) return undefined
  if (/^(ci|k8s-master)\//.test(text))
    return `'${text}' is a build that was not released; kadm installs releases, so write a release such as v1.37.2, or a label such as stable-1.37`
  return /^v?\d+\.\d+\.\d+[-+]/.test(text)
    ? `'${text}' is not a release: kadm installs no pre-releases and no builds from other sources; write a release such as v1.37.2`
    : versionProblem(text)
}

/** `stable`, `stable-1`, `stable-1.37`, `latest-1.37` (kubeadm util/version.go). */
export const isReleaseLabel = (text: string): boolean => /^(release\/)?(stable|latest)(-\d+(\.\d+)?)?$/.test(text)

export const ipProblem: Rule = text => {
  if (!isAddress(text)) return addressIsNone(text)
  return /^(0\.0\.0\.0$|127\.|169\.254\.|22[4-9]\.|23\d\.|::1?$|fe[89ab]|ff)/i.test(text)
    ? `other machines cannot reach the address '${text}'`
    : undefined
}

const addressIsNone = (text: string): string =>
  /^[\d.]+$/.test(text) ? (addressProblem(text) ?? '') : `'${text}' is not an IP address`

export const nameserverProblem: Rule = text => (isAddress(text) ? undefined : addressIsNone(text))

/** A range of addresses without host bits. */
export const rangeProblem: Rule = text => {
  const cidr = parseCidr(text)
  if (cidr === undefined) return `'${text}' is not an address range${cidrHint(text)}`
  return cidr.address === cidr.network ? undefined : `'${text}' has host bits set; write ${formatCidr(cidr)}`
}

function cidrHint(text: string): string {
  if (isAddress(text)) return '; add a prefix length, such as /16'
  return /(^|\.)0\d/.test(text) ? '; remove the leading zeros' : '; write it as 10.244.0.0/16'
}

/** One range, or two with a comma. */
export const rangesProblem: Rule = text =>
  splitRanges(text)
    .map(rangeProblem)
    .find(problem => problem !== undefined)

export const splitRanges = (text: string): readonly string[] =>
  text.trim() === '' ? [] : text.split(',').map(part => part.trim())

/** An address with its prefix length, as netplan wants it. */
export const interfaceAddressProblem: Rule = text => {
  if (isAddress(text)) return `'${text}' needs its prefix length, such as ${text}/${text.includes(':') ? '64' : '24'}`
  return parseCidr(text) === undefined
    ? `'${text}' is not an address with a prefix length such as 192.168.56.10/24`
    : undefined
}

export const endpointProblem: Rule = text => {
  const [, v6, name, port] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? []
  const host = isAddress(text) ? text : (v6 ?? name)
  const fits =
    host !== undefined && (isAddress(host) || (v6 === undefined && !/^[\d.]+$/.test(host) && isSubdomain(host)))
  const portFits = port === undefined || (Number(port) >= 1 && Number(port) <= 65_535)
  return fits && portFits
    ? undefined
    : `'${text}' is not an endpoint; write host or host:port, such as api.example.com:6443`
}

export const sanProblem: Rule = text => {
  const name = text.toLowerCase().replace(/^\*\./, '')
  return isAddress(text) || (!/^[\d.]+$/.test(name) && isSubdomain(name))
    ? undefined
    : `'${text}' is not an IP address, DNS name or *.name`
}

export const hostKeyProblem: Rule = text =>
  /^SHA256:[A-Za-z0-9+/]{43}$/.test(text)
    ? undefined
    : `'${text}' is not a host key fingerprint; write SHA256:… as 'ssh-keygen -lf' prints it`

export const interfaceNameProblem: Rule = text =>
  /^[^\s/:]{1,15}$/.test(text) && text !== '.' && text !== '..' ? undefined : `'${text}' is not an interface name`

export const labelKeyProblem: Rule = text => {
  const parts = text.split('/')
  const name = parts.at(-1) ?? ''
  const prefixFits = parts.length === 1 || (parts.length === 2 && isSubdomain(parts[0] ?? ''))
  return prefixFits && /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(name)
    ? undefined
    : `'${text}' is not a label key; write name or domain/name`
}

export const labelValueProblem: Rule = text =>
  text === '' || /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(text)
    ? undefined
    : `'${text}' is not a label value; use at most 63 letters, digits, '-', '_' and '.'`

export const argNameProblem: Rule = text => {
  if (text === '') return 'must not be empty'
  if (text.startsWith('-')) return `'${text}' must not begin with dashes: ${text.replace(/^-+/, '')}`
  return /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(text) ? undefined : `'${text}' is not the name of a flag`
}

export const notEmpty: Rule = text => (text.trim() === '' ? 'must not be empty' : undefined)

export const absolutePathProblem: Rule = text =>
  text.startsWith('/') ? undefined : `'${text}' is not an absolute path`

/** The grammar of image references (distribution/reference): only the registry may have upper-case letters. */
const REPOSITORY =
  /^([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9A-Fa-f:]+\])(:\d{1,5})?(\/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)*$/

export const repositoryProblem: Rule = text =>
  REPOSITORY.test(text)
    ? undefined
    : `'${text}' is not an image repository; write it as registry.example.com/kubernetes, with the path in lower case`
