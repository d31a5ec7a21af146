import {KadmError} from '../../domain/errors.ts'
import type {Hop} from './route.ts'

/** Why a machine's SSH port could not be reached. */
export const unreachable = (host: string, hop: Hop, cause: unknown): KadmError => {
  const {message, hint} = reachProblem(hop, codeOf(cause))
  return new KadmError('connect', message, {
    isSilent: true,
    host,
    hint,
    cause,
    evidence: cause instanceof Error ? cause.message : undefined,
  })
}

const reachProblem = (hop: Hop, code: string): {readonly message: string; readonly hint: string} => {
  const at = `${hop.address}:${String(hop.port)}`
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'ENODATA':
      return {
        message: `cannot resolve ${hop.address}`,
        hint: `run 'getent hosts ${hop.address}' on this machine; if it prints nothing, use the IP address or add a Host line to ~/.ssh/config`,
      }
    case 'ECONNREFUSED':
      return {
        message: `${at} refused the connection: no SSH server is listening`,
        hint: `check on the machine that sshd runs and listens on port ${String(hop.port)}: systemctl status ssh`,
      }
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return {
        message: `no route to ${at}`,
        hint: 'check with ping that the machine is on and that your network (VPN, host-only adapter) reaches it',
      }
    case 'ETIMEDOUT':
      return {
        message: `${at} did not answer in time`,
        hint: 'check that the address is correct, the machine is on, and no firewall blocks the port',
      }
    default:
      return {
        message: `cannot reach ${at}`,
        hint: `run 'ssh -v -p ${String(hop.port)} ${hop.user}@${hop.address}' to see the reason`,
      }
  }
}

const codeOf = (cause: unknown): string =>
  cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : ''

/** Why the two sides did not agree before the login. */
export const handshakeFailed = (host: string, hop: Hop, cause: Error | undefined): KadmError => {
  const at = `${hop.address}:${String(hop.port)}`
  const said = cause?.message ?? 'the server closed the connection'
  const noCommon = /no matching/.test(said)
  return new KadmError('connect', `cannot negotiate an SSH connection with ${at}: ${said}`, {
    host,
    hint: noCommon
      ? 'allow one of the common algorithms in its sshd_config (curve25519-sha256, ssh-ed25519, aes128-gcm@openssh.com)'
      : 'check that the port belongs to an SSH server that does not limit or ban clients (MaxStartups, fail2ban): journalctl -u ssh',
    cause,
  })
}

/** The result of one login method. */
export interface AuthAttempt {
  readonly method: string
  readonly outcome: string
}

/** Why the login failed, with all methods that kadm tried. */
export const notLoggedIn = (
  host: string,
  hop: Hop,
  tries: readonly AuthAttempt[],
  offered: readonly string[],
): KadmError => {
  const lines = tries.map(t => `${t.method}: ${t.outcome}`)
  const offers = offered.length === 0 ? [] : [`the server accepts: ${offered.join(', ')}`]
  return new KadmError('connect', `cannot log in as ${hop.user} at ${hop.address}:${String(hop.port)}`, {
    host,
    hint: loginHint(hop, tries, offered),
    evidence: [...lines, ...offers].join('\n'),
  })
}

const loginHint = (hop: Hop, tries: readonly AuthAttempt[], offered: readonly string[]): string => {
  const port = hop.port === 22 ? '' : `-p ${String(hop.port)} `
  const locked = tries.find(t => t.outcome.includes('passphrase'))
  if (tries.some(t => t.outcome.includes('too many')))
    return 'to offer fewer keys, set IdentitiesOnly yes and one IdentityFile for this host in ~/.ssh/config'
  if (locked !== undefined) return `unlock the key: enter its passphrase when kadm asks, or run ssh-add first`
  if (tries.some(t => t.method.startsWith('password') && t.outcome === 'refused'))
    return 'enter the correct password (--ask-ssh-password), or use a key'
  if (offered.includes('password'))
    return `copy your public key to the machine first: ssh-copy-id ${port}${hop.user}@${hop.address}`
  return `set the correct user and keyFile, or add your public key to ~${hop.user}/.ssh/authorized_keys on the machine`
}
