import {z} from 'zod'
import {KadmError} from '../../domain/errors.ts'
import type {Script} from '../../remote/shell/shell.ts'
import {concat, sh} from '../../remote/shell/shell.ts'
import {hostPath} from './host-path.ts'
import type {Kind, ResourceBase} from '../core/kind.ts'
import {rewriteFile} from './rewrite-file.ts'
import {makeParents} from './write-file.ts'
import {base} from '../core/schema.ts'

/** Lines of kadm in a file of another program, between two marker lines. The file may be a symbolic link. */
export interface BlockResource extends ResourceBase {
  readonly kind: 'block'
  readonly path: string
  /** Distinguishes several blocks in one file: lower-case letters, digits, hyphens. */
  readonly name: string
  /** Without the markers; ends with a newline. */
  readonly lines: string
}

export type BlockFound =
  | {readonly type: 'no-file'}
  | {readonly type: 'no-block'}
  | {readonly type: 'block'; readonly lines: string}
  /** Markers without their partner, or several blocks of one name. */
  | {readonly type: 'damaged'; readonly begins: number; readonly ends: number}
  | {readonly type: 'not-a-file'}

export function block({path, name, lines, why}: Omit<BlockResource, 'kind' | 'id'>): BlockResource {
  if (!/^[a-z0-9-]+$/.test(name)) throw new Error(`'${name}' is not a valid block name`)
  const ended = lines === '' || lines.endsWith('\n') ? lines : `${lines}\n`
  return {kind: 'block', id: `block:${hostPath(path)}:${name}`, why, path, name, lines: ended}
}

const begin = (name: string): string => `# kadm begin ${name}`
const end = (name: string): string => `# kadm end ${name}`

export const blockKind: Kind<BlockResource, BlockFound> = {
  schema: {
    resource: z.object({...base, kind: z.literal('block'), path: z.string(), name: z.string(), lines: z.string()}),
    state: z.discriminatedUnion('type', [
      z.object({type: z.literal('no-file')}),
      z.object({type: z.literal('no-block')}),
      z.object({type: z.literal('block'), lines: z.string()}),
      z.object({type: z.literal('damaged'), begins: z.number(), ends: z.number()}),
      z.object({type: z.literal('not-a-file')}),
    ]),
  },
  look: ({path, name}) => sh`if [ -f ${path} ]; then
printf 'markers %s %s\n' "$(grep -cxF -e ${begin(name)} -- ${path})" "$(grep -cxF -e ${end(name)} -- ${path})"
printf 'block '; sed -n ${range(name)} <${path} | base64 -w0; echo
elif [ -e ${path} ] || [ -L ${path} ]; then echo not-a-file
else echo no-file
fi`,
  parse: (output, {name}) => {
    const [first = '', second = ''] = output.split('\n')
    if (first === 'no-file' || first === 'not-a-file') return {type: first}
    const [, begins = NaN, ends = NaN] = first.split(' ').map(Number)
    if (begins === 0 && ends === 0) return {type: 'no-block'}
    const text = Buffer.from(second.slice('block '.length), 'base64').toString()
    const isWhole = text.startsWith(`${begin(name)}\n`) && /\n$/.test(text) && text.endsWith(`\n${end(name)}\n`)
    if (begins !== 1 || ends !== 1 || !isWhole) return {type: 'damaged', begins, ends}
    return {type: 'block', lines: text.slice(begin(name).length + 1, -end(name).length - 1)}
  },
  identity: state => ({
    lines: state.type === 'block' ? state.lines : state.type === 'damaged' ? state.type : undefined,
  }),
  diff: ({name, lines}, state) => {
    switch (state.type) {
      case 'no-file':
        return 'the file does not exist'
      case 'not-a-file':
        return 'is not a file'
      case 'no-block':
        return `has no lines of kadm for ${name}`
      case 'damaged':
        return `the lines of kadm for ${name} are damaged`
      case 'block':
        return state.lines === lines ? undefined : `the lines of kadm for ${name} differ`
    }
  },
  act: ({path, name, lines}, state) => {
    if (state.type === 'damaged' || state.type === 'not-a-file') {
      throw new KadmError('preflight', `cannot find the lines of kadm for ${name} in ${path}`, {
        hint: `delete them from '${begin(name)}' to '${end(name)}', then run the same command again`,
      })
    }
    const text = Buffer.from(`${begin(name)}\n${lines}${end(name)}\n`).toString('base64')
    return concat([
      makeParents(path),
      rewriteFile(
        path,
        sh`sed -e ${without(name)} -e '$a\' <"$kadm_file" >"$kadm_new"
printf %s ${text} | base64 -d >>"$kadm_new"`,
      ),
    ])
  },
  // Follows a symbolic link, because its target is edited.
  backup: ({path}, state) => (state.type === 'no-file' ? sh`:` : sh`cp -a -L -T -- ${path} "$BACKUP"/original`),
  // The shell drops newlines at the end of "$(…)": so a file whose last line had none counts as the same, and a revert restores it exactly.
  revert: (resource, original) =>
    original.type === 'block'
      ? blockKind.act({...resource, lines: original.lines}, original)
      : takeOut(resource, original),
}

const takeOut = ({path, name}: BlockResource, original: BlockFound): Script => sh`if [ -f ${path} ]; then
${rewriteFile(
  path,
  sh`sed -e ${without(name)} <"$kadm_file" >"$kadm_new"
if [ -f "$BACKUP"/original ] && [ "$(cat "$kadm_new")" = "$(cat "$BACKUP"/original)" ]; then cp -a -- "$BACKUP"/original "$kadm_new"; fi`,
)}
${original.type === 'no-file' ? sh`[ -s "$kadm_file" ] || rm -f -- "$kadm_file"` : sh`:`}
fi`

const range = (name: string): string => `/^${begin(name)}$/,/^${end(name)}$/p`
const without = (name: string): string => `/^${begin(name)}$/,/^${end(name)}$/d`
