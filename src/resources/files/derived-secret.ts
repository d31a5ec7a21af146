import {z} from 'zod'
import {concat, type Script, sh} from '../../remote/shell/shell.ts'
import type {Kind, ResourceBase} from '../core/kind.ts'
import {base, texts} from '../core/schema.ts'
import {parents, temporaryPath} from './host-path.ts'
import {backUpFile, fail, makeParents, removeParents, restoreFile} from './write-file.ts'

/**
 * A file of root with a password that a host derives from a secret which it has. Hosts with the same secret get the same
 * password, and neither of both leaves the host.
 */
export interface DerivedSecretResource extends ResourceBase {
  readonly kind: 'derived-secret'
  readonly path: string
  /** The file with the secret. */
  readonly from: string
  /** Makes the password another one than those for other purposes. */
  readonly purpose: string
  /** What the line says before the password. */
  readonly prefix: string
}

export interface DerivedSecretFound {
  readonly type: 'absent' | 'same' | 'other'
  readonly mode: string
  /** Parent folders that do not exist, innermost first. */
  readonly missing: readonly string[]
}

export const derivedSecret = (spec: Omit<DerivedSecretResource, 'kind' | 'id'>): DerivedSecretResource => ({
  kind: 'derived-secret',
  id: `derived-secret:${spec.path}`,
  ...spec,
})

/** Hex digits; the passwords of VRRP have at most eight characters. */
const LENGTH = 8

const derive = ({from, purpose}: DerivedSecretResource): Script =>
  sh`{ printf '%s\n' ${purpose}; cat -- ${from} 2>/dev/null; } | sha256sum | cut -c ${`1-${String(LENGTH)}`}`

export const derivedSecretKind: Kind<DerivedSecretResource, DerivedSecretFound> = {
  schema: {
    resource: z.object({
      ...base,
      kind: z.literal('derived-secret'),
      path: z.string(),
      from: z.string(),
      purpose: z.string(),
      prefix: z.string(),
    }),
    state: z.object({type: z.enum(['absent', 'same', 'other']), mode: z.string(), missing: texts}),
  },
  look: resource => {
    const {path, prefix} = resource
    return sh`if [ -f ${path} ] && [ ! -L ${path} ] && [ "$(cat -- ${path})" = ${prefix}"$(${derive(resource)})" ]; then printf 'same %s\n' "$(stat -c %a -- ${path})"
elif [ -e ${path} ] || [ -L ${path} ]; then printf 'other %s\n' "$(stat -c %a -- ${path})"
else echo absent
${concat(parents(path).map(parent => sh`[ -d ${parent} ] || printf 'missing %s\n' ${parent}`))}
:
fi`
  },
  parse: output => {
    const [first = '', ...rest] = output.split('\n')
    const [type, mode = ''] = first.split(' ')
    return {
      type: type === 'same' || type === 'absent' ? type : 'other',
      mode: mode.padStart(4, '0'),
      missing: rest.flatMap(line => (line.startsWith('missing ') ? [line.slice('missing '.length)] : [])),
    }
  },
  identity: ({type, mode}) => ({type, mode}),
  diff: ({from}, {type, mode}) => {
    if (type === 'absent') return 'will be created'
    if (type === 'other') return `does not come from ${from}`
    return mode === '0600' ? undefined : `mode ${mode} should be 0600`
  },
  act: resource => {
    const {path, from, prefix} = resource
    const to = temporaryPath(path)
    return sh`[ -s ${from} ] || ${fail(`${from} is missing, from which the password in ${path} comes`)}
${makeParents(path)}
rm -f -- ${to}
(umask 077; set -C; printf '%s%s\n' ${prefix} "$(${derive(resource)})" >${to})
chown -- root:root ${to}
chmod -- 0600 ${to}
sync -- ${to}
mv -fT -- ${to} ${path}`
  },
  backup: ({path}, {type}) => (type === 'absent' ? sh`:` : backUpFile(path)),
  revert: ({path}, original) =>
    original.type === 'absent' ? concat([sh`rm -f -- ${path}`, removeParents(original.missing)]) : restoreFile(path),
}
