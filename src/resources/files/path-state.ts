import {z} from 'zod'
import {KadmError} from '../../domain/errors.ts'
import {concat, Script, sh} from '../../remote/shell/shell.ts'
import {parents} from './host-path.ts'
import {maybe, texts} from '../core/schema.ts'

/** The state of a path. */
export type PathState =
  /** `missing` lists the parent folders that do not exist, innermost first. */
  | {readonly type: 'absent'; readonly missing: readonly string[]}
  | FileFound
  | ({readonly type: 'directory'} & Permissions)
  | {readonly type: 'symlink'; readonly target: string}
  | {readonly type: 'other'; readonly what: string}

interface FileFound extends Permissions {
  readonly type: 'file'
  readonly sha256: string
  /** The content, if it was requested, is small and is UTF-8. */
  readonly text: string | undefined
}

export interface Permissions {
  /** Four octal digits. */
  readonly mode: string
  /** `user:group` by name. */
  readonly owner: string
  /** `user:group` by number. */
  readonly ids: string
}

const permissionsSchema = {mode: z.string(), owner: z.string(), ids: z.string()}

/** As `lookAtPath` finds it. */
export const pathState: z.ZodType<PathState> = z.discriminatedUnion('type', [
  z.object({type: z.literal('absent'), missing: texts}),
  z.object({type: z.literal('file'), ...permissionsSchema, sha256: z.string(), text: maybe(z.string())}),
  z.object({type: z.literal('directory'), ...permissionsSchema}),
  z.object({type: z.literal('symlink'), target: z.string()}),
  z.object({type: z.literal('other'), what: z.string()}),
])

/** A look returns contents up to this size, for a diff. */
const SHOWN_BYTES = 65_536

export interface LookAtPath {
  readonly content?: boolean
  /** Looks at what a symbolic link points at instead of the link. */
  readonly follow?: boolean
}

/** Read-only shell that `parsePath` understands. */
export function lookAtPath(path: string, {content = false, follow = false}: LookAtPath = {}): Script {
  const show = sh`if [ "$5" -le ${SHOWN_BYTES} ]; then printf 'content '; base64 -w0 <${path}; echo; fi`
  const link = sh`if [ -L ${path} ]; then printf 'symlink %s\n' "$(readlink -- ${path})"
el`
  return sh`${follow ? new Script('') : link}if [ -f ${path} ]; then
set -- $(stat -L -c 'file %a %U:%G %u:%g %s' -- ${path})
printf '%s %s %s %s\nsha256 ' "$1" "$2" "$3" "$4"; sha256sum <${path}
${content ? show : new Script(':')}
elif [ -d ${path} ]; then stat -L -c 'directory %a %U:%G %u:%g' -- ${path}
elif [ -e ${path} ]; then stat -L -c 'other %F' -- ${path}
else echo absent
${concat(parents(path).map(parent => sh`[ -d ${parent} ] || printf 'missing %s\n' ${parent}`))}
:
fi`
}

/** Reads what `lookAtPath` printed. */
export function parsePath(output: string): PathState {
  const lines = output.split('\n').filter(line => line !== '')
  const words = (name: string): string | undefined =>
    lines.find(line => line.startsWith(`${name} `))?.slice(name.length + 1)
  if (lines[0] === 'absent') {
    return {type: 'absent', missing: lines.filter(l => l.startsWith('missing ')).map(l => l.slice('missing '.length))}
  }
  const target = words('symlink')
  if (target !== undefined) return {type: 'symlink', target}
  const what = words('other')
  if (what !== undefined) return {type: 'other', what}
  const directory = permissions(words('directory'))
  if (directory !== undefined) return {type: 'directory', ...directory}
  const file = permissions(words('file'))
  const sha256 = words('sha256')?.slice(0, 64)
  if (file === undefined || sha256 === undefined) {
    throw new KadmError('remote', 'cannot read the state of a path: unexpected answer of the host', {evidence: output})
  }
  return {type: 'file', ...file, sha256, text: utf8(words('content'))}
}

function permissions(line: string | undefined): Permissions | undefined {
  const [mode, owner, ids] = line?.split(' ') ?? []
  return mode === undefined || owner === undefined || ids === undefined
    ? undefined
    : {mode: mode.padStart(4, '0'), owner, ids}
}

function utf8(base64: string | undefined): string | undefined {
  if (base64 === undefined) return undefined
  const bytes = Buffer.from(base64, 'base64')
  const text = bytes.toString('utf8')
  return Buffer.from(text).equals(bytes) ? text : undefined
}

/** What differs in mode and owner; `wanted.owner` may use names or numbers. */
export function permissionsDiff(
  wanted: {readonly mode: string; readonly owner: string},
  found: Permissions,
): readonly string[] {
  const names = found.owner.split(':')
  const ids = found.ids.split(':')
  const sameOwner = wanted.owner.split(':').every((part, i) => part === names[i] || part === ids[i])
  return [
    ...(wanted.mode === found.mode ? [] : [`mode ${found.mode} should be ${wanted.mode}`]),
    ...(sameOwner ? [] : [`owner ${found.owner} should be ${wanted.owner}`]),
  ]
}

/** Any path, with any content. */
export function pathIdentity(state: PathState): Readonly<Record<string, unknown>> {
  switch (state.type) {
    case 'absent':
      return {type: 'absent'}
    case 'file':
      return {type: 'file', sha256: state.sha256, mode: state.mode, ids: state.ids}
    case 'directory':
      return {type: 'directory', mode: state.mode, ids: state.ids}
    case 'symlink':
      return {type: 'symlink', target: state.target}
    case 'other':
      return {type: state.what}
  }
}

/** In words, for a diff: what is there instead. */
export function nameOf(state: PathState): string {
  switch (state.type) {
    case 'absent':
      return 'does not exist'
    case 'file':
      return 'is a file'
    case 'directory':
      return 'is a folder'
    case 'symlink':
      return `is a symbolic link to ${state.target}`
    case 'other':
      return `is a ${state.what}`
  }
}

/** Refuses to replace another kind of file, which may be your data. */
export function refuse(path: string, state: PathState): never {
  throw new KadmError('preflight', `${path} ${nameOf(state)}, which kadm does not replace`, {
    hint: `check what uses ${path}; if you do not need it, move it to another place`,
  })
}
