import {parseCidr} from '../../domain/cidr.ts'
import type {Rule} from './rules.ts'

/** Checks the URL of an apt repository. Its password, if it has one, belongs in apt's own auth.conf on the hosts. */
export const packageUrlProblem: Rule = text => {
  const url = URL.parse(text)
  if (url === null || !['http:', 'https:'].includes(url.protocol) || /\s/.test(text))
    return `'${text}' is not the address of a package repository; write https://mirror.example.com/kubernetes/`
  return url.username === '' && url.password === ''
    ? undefined
    : 'must not contain a user or password; put them into /etc/apt/auth.conf.d on the hosts'
}

export const fingerprintProblem: Rule = text =>
  /^[0-9A-F]{40}$/i.test(text.replaceAll(/\s/g, ''))
    ? undefined
    : `'${text}' is not a key fingerprint; write the 40 hex digits that 'gpg --show-keys' prints`

const isWeb = (text: string): boolean => {
  const url = URL.parse(text)
  return url !== null && ['http:', 'https:'].includes(url.protocol) && !/[\s"'\\]/.test(text)
}

const hasLogin = (text: string): boolean => {
  const url = URL.parse(text)
  return url !== null && (url.username !== '' || url.password !== '')
}

/** Checks the URL of a server that replaces another. */
export const mirrorUrlProblem: Rule = text => {
  if (!isWeb(text) || /[?#]/.test(text))
    return `'${text}' is not the address of a mirror; write https://mirror.example.com/path`
  return hasLogin(text) ? 'must not contain a user or password' : undefined
}

/** Every user of a host can read its unit files and apt's configuration, which contain the proxies. */
export const proxyProblem: Rule = text => {
  if (!isWeb(text)) return `'${text}' is not the address of a proxy; write http://proxy.example.com:3128`
  return hasLogin(text)
    ? 'must not contain a user or password, because every user of a host can read the files that contain it; use a proxy that does not need them'
    : undefined
}

/** Checks an exception from the proxy: a name, `.domain`, an address, `address:port` or a range. */
export const noProxyProblem: Rule = text =>
  parseCidr(text) !== undefined || /^[A-Za-z0-9.:_-]+$/.test(text)
    ? undefined
    : `'${text}' is not a name, .domain, address or range; write one per entry`

export const sha256Problem: Rule = text =>
  /^[0-9a-f]{64}$/i.test(text)
    ? undefined
    : `'${text}' is not a sha256; write the 64 hex digits that 'sha256sum' prints`

/** The part of an image's reference before its first slash. */
export const registryProblem: Rule = text =>
  /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?)(:\d{1,5})?$/i.test(text) && /[.:]|^localhost$/.test(text)
    ? undefined
    : `'${text}' is not a registry; write its host name, such as registry.k8s.io`
