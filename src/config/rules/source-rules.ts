import {parseCidr} from '../../domain/cidr.ts'
import type {Rule} from './rules.ts'

/** Of an apt repository; its password, if it has one, belongs into apt's own auth.conf on the hosts. */
export const packageUrlProblem: Rule = text => {
  const url = URL.parse(text)
  if (url === null || !['http:', 'https:'].includes(url.protocol) || /\s/.test(text))
    return `'${text}' is not an address of a package repository; write it as https://mirror.example.com/kubernetes/`
  return url.username === '' && url.password === ''
    ? undefined
    : 'must not hold a user or password; put them into /etc/apt/auth.conf.d on the hosts'
}

export const fingerprintProblem: Rule = text =>
  /^[0-9A-F]{40}$/i.test(text.replaceAll(/\s/g, ''))
    ? undefined
    : `'${text}' is not a fingerprint of a key; write the 40 hex digits that 'gpg --show-keys' prints`

const isWeb = (text: string): boolean => {
  const url = URL.parse(text)
  return url !== null && ['http:', 'https:'].includes(url.protocol) && !/[\s"'\\]/.test(text)
}

const hasLogin = (text: string): boolean => {
  const url = URL.parse(text)
  return url !== null && (url.username !== '' || url.password !== '')
}

/** Of a server that stands for another. */
export const mirrorUrlProblem: Rule = text => {
  if (!isWeb(text) || /[?#]/.test(text))
    return `'${text}' is not an address of a mirror; write it as https://mirror.example.com/path`
  return hasLogin(text) ? 'must not hold a user or password' : undefined
}

/** Proxies stand in unit files and apt's configuration, which every user of a host may read. */
export const proxyProblem: Rule = text => {
  if (!isWeb(text)) return `'${text}' is not an address of a proxy; write it as http://proxy.example.com:3128`
  return hasLogin(text)
    ? 'must not hold a user or password, since it goes to files that every user of a host may read; let a proxy on the way add them'
    : undefined
}

/** What goes past the proxy: a name, `.domain`, an address, `address:port` or a range. */
export const noProxyProblem: Rule = text =>
  parseCidr(text) !== undefined || /^[A-Za-z0-9.:_-]+$/.test(text)
    ? undefined
    : `'${text}' is not a name, .domain, address or range; write one an entry`

export const sha256Problem: Rule = text =>
  /^[0-9a-f]{64}$/i.test(text)
    ? undefined
    : `'${text}' is not a sha256; write the 64 hex digits that 'sha256sum' prints`

/** The part of an image's reference before its first slash. */
export const registryProblem: Rule = text =>
  /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?)(:\d{1,5})?$/i.test(text) && /[.:]|^localhost$/.test(text)
    ? undefined
    : `'${text}' is not a registry; write its host as in an image's name, such as registry.k8s.io`
