import {program} from '../../remote/shell/program.ts'
import type {Facts} from '../../domain/facts.ts'
import {sh} from '../../remote/shell/shell.ts'
import {assigned, given, keyed, wholeNumber, type Section} from '../section.ts'

export interface Login {
  readonly effectiveUid: number
  readonly user: Facts['user']
  readonly connectedAddress: string | undefined
}

/**
 * The person behind sudo, and the address the login came in by: sudo clears SSH_CONNECTION, so its value is taken from the
 * nearest ancestor that still has it, and nothing else of that environment is printed.
 */
export const loginSection: Section<Login> = {
  name: 'login',
  script: program('facts-login'),
  parse(text) {
    const entries = keyed(text)
    const sudo = (['root', 'nopasswd', 'password'] as const).find(kind => kind === entries['sudo']) ?? 'none'
    const connection = (entries['ssh'] ?? '').replace('SSH_CONNECTION=', '').split(' ')
    return {
      effectiveUid: wholeNumber(entries['euid']),
      user: {
        name: entries['user'] ?? '',
        uid: wholeNumber(entries['uid']),
        gid: wholeNumber(entries['gid']),
        home: given(entries['home']) ?? (entries['user'] === 'root' ? '/root' : `/home/${entries['user'] ?? ''}`),
        sudo,
      },
      // The link of a link-local address means something on its own machine only.
      connectedAddress: given(connection[2]?.replace(/%.*$/, '')),
    }
  },
}

/** User names and passwords in proxy addresses are cut on the host. */
export const proxySection: Section<Facts['proxy']> = {
  name: 'proxy',
  script: sh`grep -iE '^(export )?(https?|no)_proxy=' /etc/environment | sed -e 's/^export //' -e 's|://[^/]*@|://|'`,
  parse(text) {
    const entries = assigned(text)
    const either = (name: string): string | undefined => given(entries[name]) ?? given(entries[name.toUpperCase()])
    return {http: either('http_proxy'), https: either('https_proxy'), noProxy: either('no_proxy')}
  },
}
