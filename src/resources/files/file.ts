import {z} from 'zod'
import {createHash} from 'node:crypto'
import {createTwoFilesPatch} from 'diff'
import {concat, type Script, sh} from '../../remote/shell/shell.ts'
import {hostPath} from './host-path.ts'
import type {Kind, ResourceBase} from '../core/kind.ts'
import {
  lookAtPath,
  nameOf,
  parsePath,
  pathIdentity,
  pathState,
  permissionsDiff,
  refuse,
  type PathState,
} from './path-state.ts'
import {backUpFile, writeFileAtomically, restoreFile, removeParents, writeContent} from './write-file.ts'
import {base, maybe} from '../core/schema.ts'

/** A file with exactly this content, mode and owner. */
export interface FileResource extends ResourceBase {
  readonly kind: 'file'
  readonly path: string
  /** Four octal digits. */
  readonly mode: string
  /** `user:group`, names or numbers. */
  readonly owner: string
  /** undefined when it does not exist yet, or was omitted because only its hash may be stored. */
  readonly content: string | undefined
  /** undefined when the content does not exist yet. */
  readonly sha256: string | undefined
  /** kadm never reads the content from a host and never shows it. */
  readonly secret: boolean
}

export interface FileSpec {
  readonly path: string
  readonly why: string
  readonly content: string | undefined
  readonly mode?: string
  readonly owner?: string
  readonly secret?: boolean
}

/** A file of root, by default with mode 0644 (0600 when secret). */
export function file({path, why, content, secret = false, mode, owner = 'root:root'}: FileSpec): FileResource {
  return {
    kind: 'file',
    id: `file:${hostPath(path)}`,
    why,
    path,
    mode: mode ?? (secret ? '0600' : '0644'),
    owner,
    secret,
    ...(content === undefined ? {content, sha256: undefined} : contentOf(content)),
  }
}

/** The content with its hash, 64 hex digits: for `resolve`, once the value that this run creates exists. */
export const contentOf = (content: string): {readonly content: string; readonly sha256: string} => ({
  content,
  sha256: createHash('sha256').update(content).digest('hex'),
})

/** Writes a file of root whose content is known. */
export const putText = (path: string, mode: string, text: string): Script =>
  writeFileAtomically(path, {
    mode,
    owner: 'root:root',
    sha256: contentOf(text).sha256,
    write: to => writeContent(text, to),
  })

export const fileResource: z.ZodType<FileResource> = z.object({
  ...base,
  kind: z.literal('file'),
  path: z.string(),
  mode: z.string(),
  owner: z.string(),
  content: maybe(z.string()),
  sha256: maybe(z.string()),
  secret: z.boolean(),
})

export const fileKind: Kind<FileResource, PathState> = {
  schema: {resource: fileResource, state: pathState},
  look: ({path, secret}) => lookAtPath(path, {content: !secret}),
  parse: parsePath,
  identity: state => ({path: pathIdentity(state)}),
  diff: (resource, state) => {
    if (state.type !== 'file') return nameOf(state)
    const parts = [
      ...(resource.sha256 === state.sha256
        ? []
        : [resource.sha256 === undefined ? 'will be created' : 'content differs']),
      ...permissionsDiff(resource, state),
    ]
    return parts.length === 0 ? undefined : parts.join(', ')
  },
  act: ({path, mode, owner, content, sha256}, state) => {
    if (state.type !== 'file' && state.type !== 'absent') return refuse(path, state)
    if (state.type === 'file' && state.sha256 === sha256) return sh`chown -- ${owner} ${path}; chmod -- ${mode} ${path}`
    if (content === undefined || sha256 === undefined) throw new Error(`the content of ${path} was never made`)
    return writeFileAtomically(path, {mode, owner, sha256, write: to => writeContent(content, to)})
  },
  backup: ({path}, state) => (state.type === 'file' ? backUpFile(path) : sh`:`),
  revert: ({path}, original) =>
    original.type === 'absent' ? concat([sh`rm -f -- ${path}`, removeParents(original.missing)]) : restoreFile(path),
  redact: resource => ({...resource, content: undefined}),
  detail: (resource, state) => {
    if (resource.secret || resource.content === undefined) return undefined
    const before = state.type === 'file' ? state.text : ''
    return before === undefined || before === resource.content
      ? undefined
      : unifiedDiff(resource.path, before, resource.content)
  },
}

/** As `diff -u` prints it, from its first `---` on. */
const unifiedDiff = (path: string, before: string, after: string): string =>
  createTwoFilesPatch(path, path, before, after, 'current', 'expected', {context: 3}).replace(/^[\s\S]*?(?=^--- )/m, '')
