import {z} from 'zod'
import {createHash} from 'node:crypto'
import {concat, sh} from '../../remote/shell/shell.ts'
import type {Kind, ResourceBase} from '../core/kind.ts'
import {type PathState, lookAtPath, parsePath, pathIdentity, pathState} from '../files/path-state.ts'
import {backUpFile, writeFileAtomically, restoreFile, writeContent} from '../files/write-file.ts'
import {base} from '../core/schema.ts'

/** The hostname, now and after a boot. */
export interface HostnameResource extends ResourceBase {
  readonly kind: 'hostname'
  readonly name: string
  readonly paths: HostnamePaths
}

export interface HostnamePaths {
  readonly hostname: string
  readonly kernel: string
}

export interface HostnameFound {
  readonly running: string
  /** /etc/hostname, and what it says. */
  readonly file: PathState
}

export const hostname = (spec: {
  readonly name: string
  readonly why: string
  readonly paths?: HostnamePaths
}): HostnameResource => ({
  kind: 'hostname',
  id: 'hostname',
  why: spec.why,
  name: spec.name,
  paths: spec.paths ?? {hostname: '/etc/hostname', kernel: '/proc/sys/kernel/hostname'},
})

export const hostnameKind: Kind<HostnameResource, HostnameFound> = {
  schema: {
    resource: z.object({
      ...base,
      kind: z.literal('hostname'),
      name: z.string(),
      paths: z.object({hostname: z.string(), kernel: z.string()}),
    }),
    state: z.object({running: z.string(), file: pathState}),
  },
  look: ({paths}) => sh`printf 'running %s\n' "$(cat ${paths.kernel})"
${lookAtPath(paths.hostname, {content: true})}`,
  parse: output => {
    const [running = '', ...rest] = output.split('\n')
    return {running: running.slice('running '.length), file: parsePath(rest.join('\n'))}
  },
  identity: ({running, file}) => ({running, file: pathIdentity(file)}),
  diff: ({name}, {running, file}) => {
    const text = file.type === 'file' ? file.text : undefined
    const parts = [
      ...(running === name ? [] : [`is ${running}, should be ${name}`]),
      ...(text?.trim() === name
        ? []
        : [`/etc/hostname ${text === undefined ? 'does not exist' : `contains '${text.trim()}'`}`]),
    ]
    return parts.length === 0 ? undefined : parts.join(', ')
  },
  act: ({name, paths}, {file}) =>
    concat([
      file.type === 'file' && file.text?.trim() === name
        ? // Who read the name at its start is older than this file then.
          sh`touch -- ${paths.hostname}`
        : write(paths.hostname, `${name}\n`),
      setRunning(name, paths.kernel),
    ]),
  backup: ({paths}, {file}) => (file.type === 'absent' ? sh`:` : backUpFile(paths.hostname)),
  revert: ({paths}, {running, file}) =>
    concat([
      file.type === 'absent' ? sh`rm -f -- ${paths.hostname}` : restoreFile(paths.hostname),
      setRunning(running, paths.kernel),
    ]),
}

function write(path: string, content: string) {
  const sha256 = createHash('sha256').update(content).digest('hex')
  return writeFileAtomically(path, {mode: '0644', owner: '0:0', sha256, write: to => writeContent(content, to)})
}

/** The kernel's own file where it can be written; in containers that show /proc/sys read-only, the system call still works. */
const setRunning = (name: string, kernel: string) => sh`if [ "$(cat ${kernel})" != ${name} ]; then
if [ -w ${kernel} ]; then printf '%s\n' ${name} >${kernel}
elif command -v hostname >/dev/null; then hostname ${name}
else hostnamectl --transient set-hostname ${name}; fi
fi`
