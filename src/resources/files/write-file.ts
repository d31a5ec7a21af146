import {posix} from 'node:path'
import {gzipSync} from 'node:zlib'
import {sha256Of} from '../../remote/shell/sha256.ts'
import {concat, Script, sh} from '../../remote/shell/shell.ts'
import {temporaryPath} from './host-path.ts'

/** Contents above this are sent compressed. */
const COMPRESS_BYTES = 8192

/** Shell that ends the script with one line that says what could not be done. */
export const fail = (message: string): Script => sh`{ printf '%s\n' ${message} >&2; exit 1; }`

export const makeParents = (path: string): Script =>
  sh`[ -d ${posix.dirname(path)} ] || (umask 022; mkdir -p -- ${posix.dirname(path)})`

/** Shell that writes `content` to `to`, readable by root only; the text goes in the script and never in a command line. */
export function writeContent(content: string | Uint8Array, to: string): Script {
  const bytes = Buffer.from(content)
  const isLarge = bytes.length > COMPRESS_BYTES
  const body = (isLarge ? gzipSync(bytes) : bytes).toString('base64').replaceAll(/.{120}(?=.)/g, '$&\n')
  return sh`(umask 077; set -C; base64 -d ${new Script(isLarge ? '| gzip -dc ' : '')}>${to}) <<'KADM_END'
${new Script(body === '' ? 'KADM_END' : `${body}\nKADM_END`)}`
}

export interface WriteOptions {
  readonly mode: string
  readonly owner: string
  readonly sha256: string
  /** Whether it takes longer to hash than to start openssl. */
  readonly isLarge?: boolean
  /** Writes the content to the path it is given, which does not exist yet. */
  readonly write: (to: string) => Script
}

/** All or nothing: written beside, checked, given its owner and mode, synced, renamed. */
export function writeFileAtomically(path: string, {mode, owner, sha256, isLarge = false, write}: WriteOptions): Script {
  const to = temporaryPath(path)
  return concat([
    makeParents(path),
    sh`[ ! -e ${to} ] || rm -f -- ${to}`,
    write(to),
    sh`[ "$(${isLarge ? sha256Of(to) : sh`sha256sum <${to}`})" = ${isLarge ? sha256 : `${sha256}  -`} ] || ${fail(`what arrived for ${path} is not what was sent`)}
chown -- ${owner} ${to}
chmod -- ${mode} ${to}
sync -- ${to}
mv -fT -- ${to} ${path}`,
  ])
}

/** Saves everything at the path, of any type, with its attributes. */
export const backUpFile = (path: string): Script => sh`cp -a -T -- ${path} "$BACKUP"/original`

/** Restores what `backUpFile` saved. */
export const restoreFile = (path: string): Script => sh`${makeParents(path)}
rm -f -- ${temporaryPath(path)}
cp -a -T -- "$BACKUP"/original ${temporaryPath(path)}
[ -L ${temporaryPath(path)} ] || sync -- ${temporaryPath(path)}
mv -fT -- ${temporaryPath(path)} ${path}`

/** Removes the folders that kadm created for a resource, if they are empty. */
export const removeParents = (missing: readonly string[]): Script =>
  concat([...missing.map(folder => sh`rmdir -- ${folder} 2>/dev/null || :`), new Script(':')])
