import {z} from 'zod'
import {plainFingerprint} from '../../domain/repository.ts'
import {KadmError} from '../../domain/errors.ts'
import {concat, Script, sh} from '../../remote/shell/shell.ts'
import {aptReason, aptUpdate} from './apt-get.ts'
import {waitForApt} from './apt-lock.ts'
import {type FileResource, file, fileKind, fileResource} from '../files/file.ts'
import type {Kind, ResourceBase} from '../core/kind.ts'
import {fingerprints} from './openpgp.ts'
import {type PathState, parsePath, pathIdentity, pathState} from '../files/path-state.ts'
import {base, maybe} from '../core/schema.ts'

/** A signed flat apt repository with the one key that may sign it, in one deb822 file. */
export interface PackageRepositoryResource extends ResourceBase {
  readonly kind: 'package-repository'
  readonly name: string
  readonly url: string
  readonly keyFingerprint: string
  readonly sources: FileResource
  readonly lockSeconds: number
}

export interface PackageRepositoryFound {
  readonly file: PathState
  /** Whether its package lists were fetched. */
  readonly fetched: boolean
  /** The file of another program that names the same repository. */
  readonly other: string | undefined
}

export interface PackageRepositorySpec {
  readonly name: string
  readonly why: string
  readonly url: string
  /** ASCII-armoured OpenPGP key. */
  readonly key: string
  /** Of the primary key, 40 hex digits. */
  readonly keyFingerprint: string
  readonly folder?: string
  readonly lockSeconds?: number
}

/** Throws `config` when the key does not have the pinned fingerprint. */
export function refuseOtherKey({
  url,
  key,
  keyFingerprint,
}: Pick<PackageRepositorySpec, 'url' | 'key' | 'keyFingerprint'>): void {
  const wanted = plainFingerprint(keyFingerprint)
  const found = fingerprints(key)
  if (found.length === 1 && found[0] === wanted) return
  throw new KadmError('config', `the key of the package repository ${url} does not match the pinned key`, {
    hint: 'if the publisher announced a new key, set source.packages.keyFingerprint to its fingerprint; otherwise do not trust this repository',
    evidence: `pinned ${wanted}\nfound  ${found.join(', ') || 'no key'}`,
  })
}

/** Throws `config` when the key does not have the pinned fingerprint. */
export function packageRepository(spec: PackageRepositorySpec): PackageRepositoryResource {
  const {name, why, url, key, folder = '/etc/apt/sources.list.d'} = spec
  refuseOtherKey(spec)
  const content = [
    'Types: deb',
    `URIs: ${url}`,
    'Suites: /',
    'Signed-By:',
    // A continuation line of deb822 begins with a space, an empty one is a dot.
    ...key
      .trim()
      .split(/\r?\n/)
      .map(line => ` ${line === '' ? '.' : line}`),
    '',
  ].join('\n')
  return {
    kind: 'package-repository',
    id: `package-repository:${name}`,
    why,
    name,
    url,
    keyFingerprint: plainFingerprint(spec.keyFingerprint),
    sources: file({path: `${folder}/${name}.sources`, why, content}),
    lockSeconds: spec.lockSeconds ?? 300,
  }
}

const forUrl = (url: string): string => (url.endsWith('/') ? url : `${url}/`)

/** A pattern for grep: a line that is not a comment and names this repository. */
const lineFor = (url: string): string =>
  `^[^#]*${url.replace(/\/$/, '').replaceAll(/[.[\]*^$\\]/g, '\\$&')}/*\\( \\|$\\)`

/** The package lists that apt has of it. */
const listsOf = (url: string): Script =>
  sh`apt-get indextargets --format '$(FILENAME)' "Created-By: Packages" ${`Repo-URI: ${forUrl(url)}`} 2>/dev/null`

export const packageRepositoryKind: Kind<PackageRepositoryResource, PackageRepositoryFound> = {
  schema: {
    resource: z.object({
      ...base,
      kind: z.literal('package-repository'),
      name: z.string(),
      url: z.string(),
      keyFingerprint: z.string(),
      sources: fileResource,
      lockSeconds: z.number(),
    }),
    state: z.object({file: pathState, fetched: z.boolean(), other: maybe(z.string())}),
  },
  look: ({sources, url}) => sh`kadm_fetched=no
for kadm_list in $(${listsOf(url)}); do
for kadm_found in "$kadm_list"*; do [ ! -e "$kadm_found" ] || kadm_fetched=yes; done
done
printf 'fetched %s\n' "$kadm_fetched"
printf 'other %s\n' "$(grep -ls ${lineFor(url)} /etc/apt/sources.list ${folderOf(sources)}/*.list ${folderOf(sources)}/*.sources | grep -vxF ${sources.path} | head -n 1)"
${fileKind.look(sources)}`,
  parse: output => {
    const [fetched, other = '', ...rest] = output.split('\n')
    return {
      fetched: fetched === 'fetched yes',
      other: other.slice('other '.length) || undefined,
      file: parsePath(rest.join('\n')),
    }
  },
  identity: ({file: found}) => ({file: pathIdentity(found)}),
  diff: ({sources}, {file: found, fetched}) =>
    fileKind.diff(sources, found) ?? (fetched ? undefined : 'its package lists have not been downloaded'),
  detail: ({sources}, {file: found}) => fileKind.detail?.(sources, found),
  backup: ({sources}, {file: found}) => fileKind.backup?.(sources, found) ?? sh`:`,
  act: (resource, found) => {
    const {sources, lockSeconds, url} = resource
    const before = `${sources.path}.before`
    return concat([
      ...(found.other === undefined ? [] : [refuseOther(url, found.other)]),
      waitForApt(lockSeconds),
      sh`rm -f -- ${before}; [ ! -e ${sources.path} ] || cp -p -- ${sources.path} ${before}`,
      fileKind.act(sources, found.file),
      aptUpdate(
        sh`-o APT::Update::Error-Mode=any -o Dir::Etc::sourcelist=${sources.path} -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0`,
      ),
      sh`if [ "$kadm_code" = 0 ]; then
rm -f -- ${before}
else
if [ -e ${before} ]; then mv -f -- ${before} ${sources.path}; else rm -f -- ${sources.path}; fi
printf '%s\n' "$kadm_said" >&2
${tellTrouble(url)}
exit 1
fi`,
    ])
  },
  revert: ({sources, url}, {file: found}) => sh`for kadm_list in $(${listsOf(url)}); do
kadm_stem=$(printf %s "$kadm_list" | sed 's/Packages$//')
rm -f -- "$kadm_stem"Packages* "$kadm_stem"InRelease "$kadm_stem"Release "$kadm_stem"Release.gpg
done
${fileKind.revert(sources, found)}`,
  drift: ({sources}, {file: found}) => fileKind.diff(sources, found),
  redact: resource => ({...resource, sources: {...resource.sources, content: undefined}}),
}

const folderOf = ({path}: FileResource): Script => new Script(path.slice(0, path.lastIndexOf('/')))

/** apt stops with an error when two files set one repository with different keys. */
const refuseOther = (url: string, other: string): Script =>
  sh`printf '%s\n' ${`${other} names the package repository ${url} too; remove that file, kadm writes its own with the key pinned`} >&2; exit 1`

/** One line, the last, that says why the repository could not be read. */
const tellTrouble = (url: string): Script => sh`kadm_url=${url}
case $kadm_said in
*EXPKEYSIG*) kadm_why="the signature of the package repository $kadm_url is by a key that has expired" ;;
*NO_PUBKEY* | *BADSIG* | *'is not signed'* | *'Sub-process'*'sqv'* | *REVKEYSIG*) kadm_why="the package repository $kadm_url is not signed by the pinned key" ;;
*'404  Not Found'* | *'does not have a Release file'*) kadm_why="there is no package repository at $kadm_url" ;;
*'ertificate verif'*) kadm_why="this host does not trust the certificate of $kadm_url" ;;
*'resolv'* | *'onnect'* | *'timed out'* | *'Failed to fetch'*) kadm_why="this host cannot reach the package repository $kadm_url" ;;
*) kadm_why="the package repository $kadm_url cannot be used" ;;
esac
printf '%s: %s\n' "$kadm_why" "$(${aptReason})" >&2`
