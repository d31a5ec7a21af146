import {z} from 'zod'
import {sha256Of} from '../../remote/shell/sha256.ts'
import {concat, Script, sh} from '../../remote/shell/shell.ts'
import {posix} from 'node:path'
import {KADM_DIR} from '../../domain/paths.ts'
import {hostPath, parents} from '../files/host-path.ts'
import type {Kind, ResourceBase, StagedFile} from '../core/kind.ts'
import {
  type PathState,
  nameOf,
  parsePath,
  pathIdentity,
  pathState,
  permissionsDiff,
  refuse,
} from '../files/path-state.ts'
import {backUpFile, writeFileAtomically, restoreFile, removeParents} from '../files/write-file.ts'
import {base, maybe, upload} from '../core/schema.ts'

/** An executable that is uploaded as a gzipped file and unpacked in place. */
export interface BinaryResource extends ResourceBase {
  readonly kind: 'binary'
  readonly path: string
  readonly mode: string
  /** Of the executable itself. */
  readonly sha256: string
  /** Where the gzipped file lies on the host when `act` runs. */
  readonly staged: string
  /** The file to stage; undefined when it is known to lie there. */
  readonly upload: StagedFile | undefined
  /** Where hashes are remembered, so that a look need not read hundreds of megabytes again. */
  readonly cacheDir: string
}

export interface BinarySpec {
  readonly path: string
  readonly why: string
  readonly sha256: string
  readonly staged: string
  readonly upload?: StagedFile
  readonly mode?: string
  readonly cacheDir?: string
}

export const binary = ({path, why, sha256, staged, upload, ...rest}: BinarySpec): BinaryResource => ({
  kind: 'binary',
  id: `binary:${hostPath(path)}`,
  why,
  path,
  mode: rest.mode ?? '0755',
  sha256,
  staged,
  upload,
  cacheDir: rest.cacheDir ?? `${KADM_DIR}/cache`,
})

export const binaryKind: Kind<BinaryResource, PathState> = {
  schema: {
    resource: z.object({
      ...base,
      kind: z.literal('binary'),
      path: z.string(),
      mode: z.string(),
      sha256: z.string(),
      staged: z.string(),
      upload: maybe(upload),
      cacheDir: z.string(),
    }),
    state: pathState,
  },
  look: ({path, cacheDir}) => lookAtBinary(path, cacheOf(path, cacheDir)),
  parse: parsePath,
  identity: state => ({path: pathIdentity(state)}),
  diff: (resource, state) => {
    if (state.type !== 'file') return nameOf(state)
    const parts = [
      ...(state.sha256 === resource.sha256 ? [] : ['is a different build or version']),
      ...permissionsDiff({mode: resource.mode, owner: '0:0'}, state),
    ]
    return parts.length === 0 ? undefined : parts.join(', ')
  },
  uploads: ({upload, sha256}, state) =>
    upload === undefined || (state.type === 'file' && state.sha256 === sha256) ? [] : [upload],
  act: ({path, mode, sha256, staged, cacheDir}, state) => {
    if (state.type === 'directory' || state.type === 'other') return refuse(path, state)
    if (state.type === 'file' && state.sha256 === sha256) return sh`chown 0:0 -- ${path}; chmod -- ${mode} ${path}`
    return concat([
      writeFileAtomically(path, {
        mode,
        owner: '0:0',
        sha256,
        isLarge: true,
        write: to => sh`gzip -dc <${staged} >${to}`,
      }),
      // The hash was just checked, so the look that follows need not read it all again.
      sh`rm -f -- ${staged}
(umask 077; mkdir -p -- ${cacheDir}
printf '%s\n%s\n' "$(stat -c ${STAMP} -- ${path})" ${sha256} >${cacheOf(path, cacheDir)}.new && mv -f -- ${cacheOf(path, cacheDir)}.new ${cacheOf(path, cacheDir)})`,
    ])
  },
  backup: ({path}, state) => (state.type === 'absent' ? sh`:` : backUpFile(path)),
  revert: ({path}, original) =>
    original.type === 'absent' ? concat([sh`rm -f -- ${path}`, removeParents(original.missing)]) : restoreFile(path),
}

/** Device, inode, size, mtime and ctime in nanoseconds. */
const STAMP = '%d %i %s %.Y %.Z'

const cacheOf = (path: string, folder: string): string => `${folder}/${path.slice(1).replaceAll('/', '%')}`

/**
 * As `lookAtPath` without content, but the hash is only computed when device, inode, size, mtime or ctime (nanoseconds) moved. The
 * kernel sets ctime itself, so a changed file cannot keep its stamp. Nothing is remembered on a host that kadm has not written to.
 */
const lookAtBinary = (
  path: string,
  cache: string,
): Script => sh`if [ -L ${path} ]; then printf 'symlink %s\n' "$(readlink -- ${path})"
elif [ -f ${path} ]; then
stat -c 'file %a %U:%G %u:%g' -- ${path}
kadm_stamp=$(stat -c ${STAMP} -- ${path})
kadm_known=''; kadm_hash=''
if [ -f ${cache} ]; then { read -r kadm_known; read -r kadm_hash; } <${cache} || :; fi
if [ "$kadm_known" != "$kadm_stamp" ] || [ ${new Script('${#kadm_hash}')} -ne 64 ]; then
kadm_hash=$(${sha256Of(path)})
if [ -d ${posix.dirname(posix.dirname(cache))} ]; then
(umask 077; mkdir -p -- ${posix.dirname(cache)} && printf '%s\n%s\n' "$kadm_stamp" "$kadm_hash" >${cache}.new && mv -f -- ${cache}.new ${cache}) 2>/dev/null || :
fi
fi
printf 'sha256 %s\n' "$kadm_hash"
elif [ -d ${path} ]; then stat -c 'directory %a %U:%G %u:%g' -- ${path}
elif [ -e ${path} ]; then stat -c 'other %F' -- ${path}
else echo absent
${concat(parents(path).map(parent => sh`[ -d ${parent} ] || printf 'missing %s\n' ${parent}`))}
:
fi`
