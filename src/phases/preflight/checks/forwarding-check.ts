import {error, ok, type HostCheck} from '../input.ts'

const NAME = 'Forwarding'

/**
 * kadm asks the API server and the components' health ports through forwarded connections, which hardened SSH servers
 * forbid.
 */
export const forwardingCheck: HostCheck = view => {
  const tries = view.forwards ?? []
  const forbidden = tries.filter(({isForbidden}) => isForbidden).map(({to}) => to)
  if (tries.length === 0) return []
  if (forbidden.length === 0) return [ok(NAME, view, 'the SSH server forwards connections')]
  const message = `its SSH server forbids forwarding to ${forbidden.join(', ')}, which kadm needs to reach the API server and the components`
  return [error(NAME, view, message, forbidden.length === tries.length ? ALL : onlySome(forbidden))]
}

const RELOAD = 'and reload it: systemctl reload ssh'

const ALL = `set 'AllowTcpForwarding local' and no DisableForwarding in its /etc/ssh/sshd_config or sshd_config.d (sshd -T shows what counts), take 'restrict' or 'no-port-forwarding' from your key in authorized_keys, ${RELOAD}`

const onlySome = (forbidden: readonly string[]): string =>
  `add ${forbidden.join(' ')} to PermitOpen in its sshd_config, or to permitopen of your key in authorized_keys, ${RELOAD}`
