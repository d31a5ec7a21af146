import {KadmError} from '../../domain/errors.ts'
import type {Hop} from './route.ts'

/** Why a machine's SSH port could not be reached. */
export const unreachable = (host: string, hop: Hop, cause: unknown): KadmError => {
  const {message, hint} = reachProblem(hop, codeOf(cause))
  return new KadmError('connect', message, {
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
        message: `the name ${hop.address} has no address`,
        hint: `see whether 'getent hosts ${hop.address}' finds it here; use the IP address or a Host line in ~/.ssh/config`,
      }
    case 'ECONNREFUSED':
      return {
        message: `${at} refused the connection: no SSH server listens there`,
        hint: `see whether the machine is up and runs sshd on port ${String(hop.port)}: systemctl status ssh`,
      }
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return {
        message: `no way leads to ${at}`,
        hint: 'see whether the machine is on and whether this network (VPN, host-only adapter) reaches it: ping it',
      }
    case 'ETIMEDOUT':
      return {
        message: `${at} did not answer in time`,
        hint: 'see whether the address is right, the machine is on, and no firewall drops the port',
      }
    default:
      return {
        message: `${at} could not be reached`,
        hint: `try 'ssh -v -p ${String(hop.port)} ${hop.user}@${hop.address}'`,
      }
  }
}

const codeOf = (cause: unknown): string =>
  cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : ''

/** Why the two sides did not agree before anyone logged in. */
export const handshakeFailed = (host: string, hop: Hop, cause: Error | undefined): KadmError => {
  const at = `${hop.address}:${String(hop.port)}`
  const said = cause?.message ?? 'it closed the connection'
  const noCommon = /no matching/.test(said)
  return new KadmError('connect', `${at} and kadm did not agree on a connection: ${said}`, {
    host,
    hint: noCommon
      ? 'allow one of the usual algorithms in its sshd_config (curve25519-sha256, ssh-ed25519, aes128-gcm@openssh.com)'
      : 'see whether it is an SSH server, and whether it limits or bans clients (MaxStartups, fail2ban): journalctl -u ssh',
    cause,
  })
}

/** What came of one way to log in. */
export interface AuthAttempt {
  readonly method: string
  readonly outcome: string
}

/** Why nobody could log in, with everything that was tried. */
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
    return 'set IdentitiesOnly yes and one IdentityFile for this host in ~/.ssh/config, so that fewer keys are offered'
  if (locked !== undefined) return `unlock the key: give its passphrase when asked, or run ssh-add first`
  if (tries.some(t => t.method.startsWith('password') && t.outcome === 'refused'))
    return 'give the right password (--ask-ssh-password), or use a key'
  if (offered.includes('password')) return `bring your key there first: ssh-copy-id ${port}${hop.user}@${hop.address}`
  return `name the right user and key (user and keyFile), or add your public key to ~${hop.user}/.ssh/authorized_keys there`
}
